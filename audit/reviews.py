"""The weekly review of the access log: what was pointed out is ticked off, a note is written, an officer signs."""

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as in_format
from django.utils.translation import gettext, ngettext

from audit.models import AccessRecord, Finding, WeeklyReview
from audit.services import Actor, record_access
from audit.state import log_state

WEEK = re.compile(r"(20\d\d)-W(\d\d)")
WEEKS_SHOWN = 12
LONGEST_NOTE = 1000


class NotSigned(Exception):
    """The review was not signed; the message says why, for the officer."""


def week_of(day: date) -> str:
    """The ISO 8601 week that a day is in: "2026-W47"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def bounds(week: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of an ISO week in a zone, and the first after it. Raises ValueError for what is no week."""
    found = WEEK.fullmatch(week)
    if not found:
        raise ValueError(f"{week} is not a week such as 2026-W47.")
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return datetime.combine(monday, time(), zone), datetime.combine(monday + timedelta(days=7), time(), zone)


def weeks(zone: ZoneInfo, now: datetime | None = None) -> list[str]:
    """The newest weeks that are over, the newest first."""
    today = (now or timezone.now()).astimezone(zone).date()
    return [week_of(today - timedelta(weeks=back)) for back in range(1, WEEKS_SHOWN + 1)]


def weeks_to_review(zone: ZoneInfo) -> list[str]:
    """Those of the newest weeks in which there was a log already, and those that somebody signed all the same."""
    first = AccessRecord.objects.order_by("pk").values_list("at", flat=True).first()
    began = week_of((first or timezone.now()).astimezone(zone).date())
    names = weeks(zone)
    signed = set(WeeklyReview.objects.filter(week__in=names).values_list("week", flat=True))
    return [name for name in names if name >= began or name in signed]


def to_tick(week: str, zone: ZoneInfo) -> QuerySet[Finding]:
    """What was pointed out in a week, and what nobody has ticked of the weeks before it."""
    begins, ends = bounds(week, zone)
    return Finding.objects.filter(Q(first_at__gte=begins) | Q(reviews=None), first_at__lt=ends).distinct()


def worth_a_look(limit: int) -> list[Finding]:
    """The newest of what was pointed out and nobody has ticked."""
    ticked = WeeklyReview.findings.through.objects.filter(finding=OuterRef("pk"))
    return list(Finding.objects.filter(~Exists(ticked))[:limit])  # stops at the newest: a join would sort them all


def review_sign(
    *, week: str, zone: ZoneInfo, officer: User, ticked: Collection[str], note: str, actor: Actor
) -> WeeklyReview:
    """Sign a week's review. Raises NotSigned where something is missing, and ValueError for what is no week."""
    note = note.strip()
    _, ends = bounds(week, zone)
    if ends > timezone.now():
        words = gettext("The week %(week)s is not over yet. It can be signed from %(moment)s.")
        raise NotSigned(words % {"week": week, "moment": in_format(ends, gettext("l, d F, H:i T"))})
    if not note:
        raise NotSigned(
            gettext("Write a note: what you looked into and what you found, or that nothing was out of order.")
        )
    if len(note) > LONGEST_NOTE:
        words = gettext("The note is too long: %(length)s characters of %(longest)s. Nothing was signed.")
        raise NotSigned(words % {"length": len(note), "longest": LONGEST_NOTE})
    try:
        with transaction.atomic():
            return _sign(week, zone, officer, ticked, note, actor)
    except IntegrityError:
        raise NotSigned(gettext("You have signed this week already. A signed review is never changed.")) from None


def _sign(week: str, zone: ZoneInfo, officer: User, ticked: Collection[str], note: str, actor: Actor) -> WeeklyReview:
    findings = list(to_tick(week, zone))
    missing = sum(str(finding.pk) not in ticked for finding in findings)
    if missing:
        words = ngettext(
            "%(missing)s of %(all)s are not ticked. Look at each of them, tick it, then sign.",
            "%(missing)s of %(all)s are not ticked. Look at each of them, tick it, then sign.",
            missing,
        )
        raise NotSigned(words % {"missing": missing, "all": len(findings)})
    review = WeeklyReview.objects.create(
        week=week,
        officer=officer,
        officer_name=actor.name[:200],
        note=note,
        pointed_out=[finding.words for finding in findings],
        log_state=log_state().words[:400],
    )
    review.findings.set(findings)
    reason = f"{len(findings)} pointed out; {note}"
    record_access(actor=actor, action="signed off", subject=review, reason=reason)
    return review
