"""A message that is to be sent, and its words: place and time, never a face; a name only where a setting allows it."""

import re
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from alerts import words
from alerts.destinations import Destination
from alerts.models import Alert, AlertEvent
from lockport.access import ScopedQuerySet


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    grants: ClassVar[dict[str, str]] = {
        "alert__camera__school": "cameras.review_school",
        "alert__category": "watchlist.review_category",
    }


class Notice(models.Model):
    """One message to one destination about one event. Its words are made when it is sent, and are not kept."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("possible match")
        ESCALATED = "escalated", _("not decided in time")
        CONFIRMED = "confirmed", _("confirmed")
        RETRACTED = "retracted", _("no longer confirmed")
        TEST = "test", _("test")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        CANCELLED = "cancelled", _("not needed any more")

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

    @property
    def problem_words(self) -> str:
        return problem_words(self.problem)


FAILED = "The service failed (%(kind)s)."  # as it is stored
_FAILED = re.compile(re.escape(FAILED).replace(re.escape("%(kind)s"), r"(?P<kind>\w+)"))


def problem_words(problem: str) -> str:
    """What went wrong with a notice, which is stored in English, in the language of the page."""
    failed = _FAILED.fullmatch(problem)
    return gettext("The service failed (%(kind)s).") % failed.groupdict() if failed else gettext(problem)


def text_of(notice: Notice) -> str:
    """The whole message, in the language of its destination."""
    with override(notice.destination.language):
        return _text(notice)


def _text(notice: Notice) -> str:
    """Before two people have confirmed it says no more than that somebody should look."""
    alert = notice.alert
    if alert is None:
        return gettext("This is a test from Lockport: notifications reach you here. Nothing happened.")
    zone, now = alert.camera.school.zone, timezone.now()
    place = f"{alert.camera.school.name}, {alert.camera.name}"
    where = f"{place}, {words.clock(alert.first_seen, zone, now=now, seconds=False)}"
    link = settings.LOCKPORT_URL.rstrip("/") + reverse("alerts:alert", args=[alert.pk])
    said = {"where": where, "link": link}
    match notice.kind:
        case Notice.Kind.CONFIRMED:
            category = gettext(alert.category.name)
            said["who"] = f"{alert.entry.name} ({category})" if _may_name(alert) else category
            text = gettext("Confirmed by two people: %(who)s, at %(where)s. Sign in for what to do now: %(link)s")
        case Notice.Kind.RETRACTED:
            text = gettext("No longer confirmed: the match at %(where)s was corrected. Sign in to read why: %(link)s")
        case Notice.Kind.ESCALATED:
            minutes = notice.minutes or 0
            said["number"] = str(minutes)
            text = ngettext(
                "Not decided after %(number)s minute: possible match at %(where)s. Sign in to verify: %(link)s",
                "Not decided after %(number)s minutes: possible match at %(where)s. Sign in to verify: %(link)s",
                minutes,
            )
        case _other:
            text = gettext("Possible match at %(where)s. Sign in to verify: %(link)s")
    twice = gettext("(This may reach you twice.)")
    return f"{text % said} {twice}" if notice.may_be_second else text % said


def _may_name(alert: Alert) -> bool:
    return settings.LOCKPORT_NAMES_IN_NOTICES and not alert.entry.has_ended
