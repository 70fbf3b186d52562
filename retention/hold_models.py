"""Legal holds, and the copies of recordings that they keep."""

import uuid
from typing import Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q

from lockport.access import Person, ScopedQuerySet
from retention.registry import holding_of


class HoldQuerySet(ScopedQuerySet["Hold"]):
    def visible_to(self, person: Person) -> Self:
        """Those of what the person may see anyway: a hold says where and when. (Who answers for holds reads all.)"""
        alerts, recordings = holding_of("alerts/"), holding_of("recordings/")
        named = Q(pk__in=[])
        if alerts is not None and alerts.visible is not None:
            named |= Q(alert__in=alerts.visible(person).values("pk"))
        if recordings is not None and recordings.visible is not None:
            named |= Q(camera__in=recordings.visible(person).values("pk"))
        return self.filter(named)

    def in_force(self) -> "HoldQuerySet":
        """Approved and not over. (When one is over says the purge, whose clock cannot be set back.)"""
        return self.filter(approved_by__isnull=False, ended_at__isnull=True)


class Hold(models.Model):
    """What must outlive its day for a court: one alert, or one camera's recordings in a period; by two people."""

    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Retention knows neither alerts nor cameras: numbers and the words of the day of the request.
    alert = models.BigIntegerField(null=True)
    camera = models.BigIntegerField(null=True)
    period_start = models.DateTimeField(null=True)
    period_end = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, help_text="What is held, in words.")
    reason = models.TextField()
    instrument = models.CharField(max_length=300, help_text="The court order, subpoena or preservation letter.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    copied_to = models.DateTimeField(
        null=True, help_text="Recordings up to here are under the hold's own key; later ones are spared until they are."
    )
    ended_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("approve_hold", "Can approve a hold that somebody else requested")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")), name="hold_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(alert__isnull=False, camera__isnull=True, period_start__isnull=True)
                | Q(alert__isnull=True, camera__isnull=False, period_start__isnull=False, period_end__isnull=False),
                name="hold_of_one_alert_or_one_period",
            ),
            models.CheckConstraint(
                condition=Q(period_start__isnull=True) | Q(period_end__gt=F("period_start")),
                name="hold_period_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} on {self.words}"

    @property
    def owner(self) -> str:
        """Whose data key encrypts the copies that this hold keeps."""
        return f"holds/{self.handle}"


def copy_name(copy: "HeldCopy", filename: str) -> str:
    return f"{copy.hold.owner}/{filename}"


class HeldCopy(models.Model):
    """A recorded segment, encrypted anew under the hold's key, so that the day's key can die on its day."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="copies")
    source = models.CharField(max_length=200, help_text="The name in the vault that it was copied from.")
    file = models.FileField(storage=storages["vault"], upload_to=copy_name, max_length=200)
    start = models.DateTimeField()
    end = models.DateTimeField()
    size = models.PositiveBigIntegerField(help_text="Bytes of the ciphertext.")
    about = models.JSONField(default=dict, help_text="What its holder must still know to show it.")

    class Meta:
        ordering = ["start"]
        verbose_name_plural = "held copies"
        constraints = [models.UniqueConstraint(fields=["hold", "source"], name="held_copy_once_per_hold")]

    def __str__(self) -> str:
        return f"{self.source} for {self.hold}"
