"""What was pointed out in the access log, and the weekly reviews that a privacy officer signs."""

from django.conf import settings
from django.db import models

from audit.models import AppendOnlyModel


class Finding(models.Model):
    """Something worth a look: a rule of audit/unusual.py that applied. Made from the log, and can be made anew.

    `key` says what must not be pointed out twice under the same rule, such as one person's one night.
    """

    rule = models.CharField(max_length=30)
    key = models.CharField(max_length=200)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    school = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=400)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-first_at", "-pk"]
        indexes = [models.Index(fields=["first_at"], name="finding_first_at")]
        constraints = [models.UniqueConstraint(fields=["rule", "key"], name="finding_once")]

    def __str__(self) -> str:
        return self.words


class WeeklyReview(AppendOnlyModel):
    """A week of the log, looked through and signed by one officer. What was pointed out is copied as text."""

    week = models.CharField(max_length=8, help_text="ISO 8601, such as 2026-W47.")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    officer_name = models.CharField(max_length=200)
    note = models.CharField(max_length=1000)
    pointed_out = models.JSONField(default=list, help_text="The sentences that were ticked, as they were then.")
    log_state = models.CharField(max_length=400, help_text="What the room said of the log when it was signed.")
    signed_at = models.DateTimeField(auto_now_add=True)
    findings = models.ManyToManyField(Finding, related_name="reviews")

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        ordering = ["-week", "pk"]
        constraints = [models.UniqueConstraint(fields=["week", "officer"], name="review_once_per_week_and_officer")]

    def __str__(self) -> str:
        return f"review of week {self.week}"
