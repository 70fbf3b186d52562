"""Who is told when an alert of a school is not decided in time."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert
from cameras.models import School
from lockport.access import ScopedQuerySet, granted
from watchlist.models import Category


class EscalationRuleQuerySet(ScopedQuerySet["EscalationRule"]):
    grants: ClassVar[dict[str, str]] = {"school": "cameras.review_school"}


class EscalationRule(models.Model):
    """After so many minutes without a decision, one more person is told. No category means every category."""

    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="escalation_rules", verbose_name=_("school")
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("category"),
        help_text=_("None means every category."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text=_("Without a decision."),
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("to"),
        help_text=_("Needs the role and the grants to see the alert, and a notification set up for themselves."),
    )

    objects = EscalationRuleQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "minutes", "pk"]
        verbose_name, verbose_name_plural = _("escalation rule"), _("escalation rules")
        constraints = [
            models.UniqueConstraint(fields=["school", "category", "to"], name="escalation_once_per_person"),
            models.UniqueConstraint(
                fields=["school", "to"],
                condition=models.Q(category__isnull=True),
                name="escalation_of_everything_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        what = gettext(self.category.name) if self.category else gettext("every category")
        values = {"school": self.school, "category": what, "minutes": self.minutes, "person": self.to}
        return gettext("%(school)s, %(category)s: after %(minutes)s min to %(person)s") % values

    def clean(self) -> None:
        """Raises ValidationError for somebody who could not open the alert they are told of."""
        if self.school_id is None or self.to_id is None:
            return
        missing = []
        if not self.to.has_perm("alerts.add_decision"):
            missing.append(gettext("a role that decides on alerts"))
        if not granted(self.to, "cameras.review_school").filter(pk=self.school_id).exists():
            missing.append(gettext("the grant for %(what)s") % {"what": self.school})
        categories = granted(self.to, "watchlist.review_category")
        if self.category and not categories.filter(pk=self.category_id).exists():
            missing.append(gettext("the grant for %(what)s") % {"what": f"“{gettext(self.category.name)}”"})
        if missing:
            said = gettext("%(person)s could not open such an alert and lacks: %(missing)s.")
            raise ValidationError({"to": said % {"person": self.to, "missing": ", ".join(missing)}})


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
