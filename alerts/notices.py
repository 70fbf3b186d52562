"""A message that is to be sent, and its words: place and time, never a face; a name only where a setting allows it."""

import re
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from alerts import words
from alerts.destinations import Destination
from alerts.models import Alert, AlertEvent
from audit.places import zone_of
from lockport.access import ScopedQuerySet
from lockport.saying import name_of

BY_MAIL = "E-mail"


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    grants: ClassVar[dict[str, str]] = {
        "alert__camera": "cameras.review_camera",
        "alert__category": "watchlist.review_category",
    }


class Notice(models.Model):
    """One message to one destination about one event. Its words are made when it is sent, and are not kept."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("possible match")
        ESCALATED = "escalated", _("not decided in time")
        CONFIRMED = "confirmed", _("confirmed")
        RETRACTED = "retracted", _("no longer confirmed")
        GLASS = "glass", _("broken glass")
        TEST = "test", _("test")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        CANCELLED = "cancelled", _("not needed any more")

    # To a place that somebody set up, or else to the e-mail address of somebody's account.
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, null=True, related_name="notices")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    glass = models.ForeignKey("lockport.BrokenGlass", on_delete=models.CASCADE, null=True, related_name="+")
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
        constraints = [
            models.UniqueConstraint(fields=["event", "destination"], name="notice_once_per_event"),
            models.UniqueConstraint(fields=["glass", "destination"], name="notice_once_per_glass_and_place"),
            models.UniqueConstraint(fields=["glass", "to"], name="notice_once_per_glass_and_person"),
            models.CheckConstraint(
                condition=models.Q(destination__isnull=False) ^ models.Q(to__isnull=False),
                name="notice_has_one_way_to_go",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"], condition=models.Q(state__in=["waiting", "sending"]), name="notice_to_be_sent"
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}: {self.get_kind_display()}, {self.get_state_display()}"

    @property
    def made_words(self) -> str:
        """When it was made, by the clock of the alert's school; a test has no school, and goes by the page's."""
        zone = self.alert.camera.school.zone if self.alert else timezone.get_current_timezone()
        return words.clock(self.created_at, zone, now=timezone.now(), seconds=False)

    @property
    def person(self) -> AbstractUser:
        """Who is told."""
        return self.destination.owner if self.destination else self.to  # type: ignore[return-value]

    @property
    def way(self) -> str:
        return self.destination.kind_words if self.destination else BY_MAIL

    @property
    def problem_words(self) -> str:
        return problem_words(self.problem)


FAILED = "The service failed (%(kind)s)."  # as it is stored
_FAILED = re.compile(re.escape(FAILED).replace(re.escape("%(kind)s"), r"(?P<kind>\w+)"))


def problem_words(problem: str) -> str:
    """What went wrong with a notice, which is stored in English, in the language of the page."""
    failed = _FAILED.fullmatch(problem)
    return gettext("The service failed (%(kind)s).") % failed.groupdict() if failed else gettext(problem)


def path_of(notice: Notice) -> str:
    """The page that a notice leads to."""
    if notice.glass_id is not None:
        return reverse("watchlist:who")
    return reverse("alerts:queue") if notice.alert_id is None else reverse("alerts:alert", args=[notice.alert_id])


def text_of_glass(notice: Notice) -> str:
    """Who, where and until when. Not why: the reason may name somebody, and is read after signing in."""
    glass = notice.glass
    assert glass is not None  # noqa: S101 - only called for one
    zone = zone_of(glass.school)
    values = {
        "person": name_of(glass.person),
        "school": glass.school,
        "at": f"{glass.at.astimezone(zone):%Y-%m-%d %H:%M}",
        "until": f"{glass.until.astimezone(zone):%H:%M %Z}",
        "link": settings.LOCKPORT_URL.rstrip("/") + path_of(notice),
    }
    return (
        gettext(
            "The glass was broken: %(person)s may see everything at %(school)s from %(at)s to %(until)s. "
            "Sign in to read why, and to say that you have seen it: %(link)s"
        )
        % values
    )


def text_of(notice: Notice) -> str:
    """The whole message, in the language of its destination."""
    with override(notice.destination.language if notice.destination else settings.LANGUAGE_CODE):
        return _text(notice)


def _text(notice: Notice) -> str:
    """Before two people have confirmed it says no more than that somebody should look."""
    alert = notice.alert
    if notice.kind == Notice.Kind.GLASS:
        return _twice(notice, text_of_glass(notice))
    if alert is None:
        return gettext("This is a test from Lockport: notifications reach you here. Nothing happened.")
    zone, now = alert.camera.school.zone, timezone.now()
    place = f"{alert.camera.school.name}, {alert.camera.name}"
    where = f"{place}, {words.clock(alert.first_seen, zone, now=now, seconds=False)}"
    link = settings.LOCKPORT_URL.rstrip("/") + path_of(notice)
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
    return _twice(notice, text % said)


def _twice(notice: Notice, text: str) -> str:
    twice = gettext("(This may reach you twice.)")
    return f"{text} {twice}" if notice.may_be_second else text


def pushed(notice: Notice) -> dict[str, str]:
    """The message for a browser, which makes the link itself. By its tag a second copy takes the first one's place."""
    address = path_of(notice)
    words = text_of(notice).replace(settings.LOCKPORT_URL.rstrip("/") + address, "").rstrip(" :")
    return {"title": "Lockport", "body": words, "url": address, "tag": f"notice-{notice.pk}"}


def _may_name(alert: Alert) -> bool:
    return settings.LOCKPORT_NAMES_IN_NOTICES and not alert.entry.has_ended
