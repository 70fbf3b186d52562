"""A message that is to be sent, and its words: place and time, never a face; a name only where a setting allows it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from alerts import words
from alerts.destinations import Destination
from alerts.models import Alert, AlertEvent
from lockport.access import ScopedQuerySet

SIGN_IN = "Sign in to verify:"


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    grants: ClassVar[dict[str, str]] = {
        "alert__camera": "cameras.review_camera",
        "alert__category": "watchlist.review_category",
    }


class Notice(models.Model):
    """One message to one destination about one event. Its words are made when it is sent, and are not kept."""

    class Kind(models.TextChoices):
        RAISED = "raised", "possible match"
        ESCALATED = "escalated", "not decided in time"
        CONFIRMED = "confirmed", "confirmed"
        RETRACTED = "retracted", "no longer confirmed"
        TEST = "test", "test"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"
        CANCELLED = "cancelled", "not needed any more"

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(AlertEvent, on_delete=models.CASCADE, null=True, related_name="notices")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind)
    minutes = models.PositiveSmallIntegerField(null=True, help_text="Undecided for so long, where that is the news.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    may_be_second = models.BooleanField(default=False, help_text="A worker died sending it; it may have been sent.")
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "destination"], name="notice_once_per_event")]
        indexes = [
            models.Index(
                fields=["not_before"], condition=models.Q(state__in=["waiting", "sending"]), name="notice_to_be_sent"
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}: {self.get_kind_display()}, {self.get_state_display()}"


def text_of(notice: Notice) -> str:
    """The whole message. Before two people have confirmed it says no more than that somebody should look."""
    alert = notice.alert
    if alert is None:
        return "This is a test from Lockport: notifications reach you here. Nothing happened."
    zone, now = alert.camera.school.zone, timezone.now()
    place = f"{alert.camera.school.name}, {alert.camera.name}"
    where = f"{place}, {words.clock(alert.first_seen, zone, now=now, seconds=False)}"
    link = settings.LOCKPORT_URL.rstrip("/") + reverse("alerts:alert", args=[alert.pk])
    match notice.kind:
        case Notice.Kind.CONFIRMED:
            who = f"{alert.entry.name} ({alert.category.name})" if _may_name(alert) else alert.category.name
            text = f"Confirmed by two people: {who}, at {where}. Sign in for what to do now: {link}"
        case Notice.Kind.RETRACTED:
            text = f"No longer confirmed: the match at {where} was corrected. Sign in to read why: {link}"
        case Notice.Kind.ESCALATED:
            waited = words.counted(notice.minutes or 0, "minute")
            text = f"Not decided after {waited}: possible match at {where}. {SIGN_IN} {link}"
        case _:
            text = f"Possible match at {where}. {SIGN_IN} {link}"
    return f"{text} (This may reach you twice.)" if notice.may_be_second else text


def _may_name(alert: Alert) -> bool:
    return settings.LOCKPORT_NAMES_IN_NOTICES and not alert.entry.has_ended
