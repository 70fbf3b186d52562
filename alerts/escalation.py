"""Who is told when an alert of a school is not decided in time."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from alerts.models import Alert
from cameras.models import School
from lockport.access import ScopedQuerySet, granted
from watchlist.models import Category


class EscalationRuleQuerySet(ScopedQuerySet["EscalationRule"]):
    grants: ClassVar[dict[str, str]] = {"school": "cameras.review_school"}


class EscalationRule(models.Model):
    """After so many minutes without a decision, one more person is told. No category means every category."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="escalation_rules")
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, help_text="None means every category."
    )
    minutes = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(24 * 60)], help_text="Without a decision."
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Needs the role and the grants to see the alert, and a notification set up for themselves.",
    )

    objects = EscalationRuleQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "minutes", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "category", "to"], name="escalation_once_per_person"),
            models.UniqueConstraint(
                fields=["school", "to"],
                condition=models.Q(category__isnull=True),
                name="escalation_of_everything_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        what = self.category or "every category"
        return f"{self.school}, {what}: after {self.minutes} min to {self.to}"

    def clean(self) -> None:
        """Raises ValidationError for somebody who could not open the alert they are told of."""
        if self.school_id is None or self.to_id is None:
            return
        missing = []
        if not self.to.has_perm("alerts.add_decision"):
            missing.append("a role that decides on alerts")
        if not granted(self.to, "cameras.review_school").filter(pk=self.school_id).exists():
            missing.append(f"the grant for {self.school}")
        categories = granted(self.to, "watchlist.review_category")
        if self.category_id and not categories.filter(pk=self.category_id).exists():
            missing.append(f"the grant for “{self.category}”")
        if missing:
            raise ValidationError({"to": f"{self.to} could not open such an alert and lacks: {', '.join(missing)}."})


class EscalationQuerySet(ScopedQuerySet["Escalation"]):
    grants: ClassVar[dict[str, str]] = {
        "alert__camera": "cameras.review_camera",
        "alert__category": "watchlist.review_category",
    }


class Escalation(models.Model):
    """An alert was brought to somebody by a rule. The pair is unique: however many workers look, it happens once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="escalations")
    rule = models.ForeignKey(EscalationRule, on_delete=models.SET_NULL, null=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "to"], name="escalated_once_per_person")]

    def __str__(self) -> str:
        return f"{self.alert} brought to {self.to} after {self.minutes} min"
