"""What the pages of retention show: how much is stored from which day, when runs were, and what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.models import AccessRecord
from audit.stored import shown
from retention import clock
from retention.holding import spared
from retention.models import Certificate, Destruction, Hold, PurgeRun
from retention.policy import ACCESS_LOG_YEARS, GRACE, LONGEST_DAYS, access_record_ends, overdue
from retention.registry import DayStored, Holding, holdings

LATE = timedelta(hours=2)  # runs are hourly
CLOCK_TOLERANCE = timedelta(minutes=5)
CERTIFICATE_LATE = timedelta(days=2)
PURGE, SWEEP = PurgeRun.Kind.PURGE, PurgeRun.Kind.SWEEP
NEVER = {
    PURGE: _("The purge has never come to its end. It runs every hour: is its process running?"),
    SWEEP: _("The sweeper has never come to its end. It runs every hour: is its process running?"),
}
OVERDUE = {
    PURGE: _("The purge is late: it last finished at %(moment)s, and is due every hour."),
    SWEEP: _("The sweeper is late: it last finished at %(moment)s, and is due every hour."),
}
INCOMPLETE = {
    PURGE: _("The last purge could not do everything: %(errors)s."),
    SWEEP: _("The last sweep could not do everything: %(errors)s."),
}
FOUND = {
    PURGE: _("The last purge found what should not have been there: %(findings)s."),
    SWEEP: _("The last sweep found what should not have been there: %(findings)s."),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One of sixty days: how much is stored of it, and how tall its bar is, in tenths of the tallest (0..10)."""

    day: date
    count: int
    size: int
    tenths: int


@dataclass(frozen=True, slots=True)
class Stored:
    """How much of one kind is stored, for how long, and from which days."""

    title: str
    days: int | None
    count: int
    size: int
    bars: list[Bar]
    older: int  # from before the sixty days: held, or entries, which have dates of their own


def stored(now: datetime) -> list[Stored]:
    """What is stored, by kind."""
    return [_stored(holding, now.date()) for holding in holdings()]


def last_run(kind: str) -> PurgeRun | None:
    """The newest run of this kind that came to its end."""
    return PurgeRun.objects.filter(kind=kind, ended_at__isnull=False).first()


def last_certificate() -> Certificate | None:
    return Certificate.objects.first()


def holds_in_force() -> int:
    """How many holds there are now: this number is public."""
    return Hold.objects.in_force().count()


@dataclass(frozen=True, slots=True)
class LogKept:
    """How long the access log is kept: years, and of the oldest record when it was written and may go."""

    years: int
    oldest: datetime | None
    ends: datetime | None
    is_over: bool


def log_kept(now: datetime) -> LogKept:
    """One look at the log's oldest record."""
    oldest = AccessRecord.objects.order_by("pk").values_list("at", flat=True).first()
    ends = None if oldest is None else access_record_ends(oldest)
    return LogKept(ACCESS_LOG_YEARS, oldest, ends, ends is not None and ends <= now)


def alarms() -> list[str]:
    """What is wrong, in sentences for the privacy officer; nothing when all is well."""
    now = clock.now()
    return [*_late(now), *_overdue(now), *_clock_alarm(), *_run_alarms()]


def _late(now: datetime) -> Iterator[str]:
    for kind in (PurgeRun.Kind.PURGE, PurgeRun.Kind.SWEEP):
        run = last_run(kind)
        if run is None:
            yield str(NEVER[kind])
        elif run.ended_at is not None and now - max(run.ended_at, run.cut_off) > LATE:
            yield OVERDUE[kind] % {"moment": _clock(run.ended_at)}
    first = PurgeRun.objects.order_by("pk").first()
    newest = last_certificate()
    since = newest.day if newest is not None else first.cut_off.date() if first is not None else now.date()
    if now.date() - since > CERTIFICATE_LATE:
        yield gettext("No destruction certificate was signed since %(day)s.") % {"day": since}


def _overdue(now: datetime) -> Iterator[str]:
    spare = spared()
    for holding in holdings():
        first = holding.first_due(spare)
        if first is not None and overdue(first, now):
            words = gettext("%(what)s: something is older than its limit; it was due at %(moment)s.")
            yield words % {"what": holding.title, "moment": _clock(first)}
    waiting = Destruction.objects.filter(done_at__isnull=True, asked_at__lt=now - GRACE).count()
    if waiting:
        words = ngettext(
            "%(count)s key was to be destroyed more than an hour ago and is still there.",
            "%(count)s keys were to be destroyed more than an hour ago and are still there.",
            waiting,
        )
        yield words % {"count": waiting}


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"


def _clock_alarm() -> Iterator[str]:
    behind = clock.behind()
    if behind > CLOCK_TOLERANCE:
        words = gettext(
            "This machine's clock was set back by %(hours)s hours. Nothing is kept longer for it. Set it right; if "
            "it is "
            "right now and was ahead before, run: manage.py clock_corrected"
        )
        yield words % {"hours": f"{behind.total_seconds() / 3600:.1f}"}


def _run_alarms() -> Iterator[str]:
    for kind in (PurgeRun.Kind.PURGE, PurgeRun.Kind.SWEEP):
        run = last_run(kind)
        if run is not None and run.errors:
            yield INCOMPLETE[kind] % {"errors": "; ".join(shown(error) for error in run.errors[:3])}
        if run is not None and run.findings:
            yield FOUND[kind] % {"findings": "; ".join(shown(finding) for finding in run.findings[:3])}


def _stored(holding: Holding, today: date) -> Stored:
    keep = holding.keep()
    found = {row.day: row for row in holding.stored_per_day()}
    days = [today - timedelta(days=back) for back in range(LONGEST_DAYS, -1, -1)]
    most = max((found[day].count for day in days if day in found), default=1)
    bars = [_bar(found.get(day, DayStored(day, 0, 0)), most) for day in days]
    return Stored(
        title=str(holding.title),
        days=None if keep is None else keep.days,
        count=sum(row.count for row in found.values()),
        size=sum(row.size for row in found.values()),
        bars=bars,
        older=sum(row.count for row in found.values() if row.day < days[0]),
    )


def _bar(row: DayStored, most: int) -> Bar:
    tenths = -(-10 * row.count // most) if row.count else 0  # rounded up: what is there is seen
    return Bar(row.day, row.count, row.size, tenths)
