"""What the pages of retention show: how much is stored from which day, when runs were, and what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from audit.models import AccessRecord
from retention import clock
from retention.holding import spared
from retention.models import Certificate, Destruction, Hold, PurgeRun
from retention.policy import ACCESS_LOG_YEARS, GRACE, LONGEST_DAYS, access_record_ends, overdue
from retention.registry import DayStored, Holding, holdings

LATE = timedelta(hours=2)  # runs are hourly
CLOCK_TOLERANCE = timedelta(minutes=5)
CERTIFICATE_LATE = timedelta(days=2)


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
    for kind, name in ((PurgeRun.Kind.PURGE, "purge"), (PurgeRun.Kind.SWEEP, "sweeper")):
        run = last_run(kind)
        if run is None:
            yield f"The {name} has never come to its end. It runs every hour: is its process running?"
        elif run.ended_at is not None and now - max(run.ended_at, run.cut_off) > LATE:
            yield f"The {name} is late: it last finished at {run.ended_at:%Y-%m-%d %H:%M} UTC, and is due every hour."
    first = PurgeRun.objects.order_by("pk").first()
    newest = last_certificate()
    since = newest.day if newest is not None else first.cut_off.date() if first is not None else now.date()
    if now.date() - since > CERTIFICATE_LATE:
        yield f"No destruction certificate was signed since {since}."


def _overdue(now: datetime) -> Iterator[str]:
    spare = spared()
    for holding in holdings():
        first = holding.first_due(spare)
        if first is not None and overdue(first, now):
            yield f"{holding.title}: something is older than its limit; it was due at {first:%Y-%m-%d %H:%M} UTC."
    waiting = Destruction.objects.filter(done_at__isnull=True, asked_at__lt=now - GRACE).count()
    if waiting:
        yield f"{waiting} keys were to be destroyed more than an hour ago and are still there."


def _clock_alarm() -> Iterator[str]:
    behind = clock.behind()
    if behind > CLOCK_TOLERANCE:
        yield (
            f"This machine's clock was set back by {behind.total_seconds() / 3600:.1f} hours. Nothing is kept longer "
            "for it. Set it right; if it is right now and was ahead before, run: manage.py clock_corrected"
        )


def _run_alarms() -> Iterator[str]:
    for kind, name in ((PurgeRun.Kind.PURGE, "purge"), (PurgeRun.Kind.SWEEP, "sweep")):
        run = last_run(kind)
        if run is not None and run.errors:
            yield f"The last {name} could not do everything: {'; '.join(run.errors[:3])}."
        if run is not None and run.findings:
            yield f"The last {name} found what should not have been there: {'; '.join(run.findings[:3])}."


def _stored(holding: Holding, today: date) -> Stored:
    keep = holding.keep()
    found = {row.day: row for row in holding.stored_per_day()}
    days = [today - timedelta(days=back) for back in range(LONGEST_DAYS, -1, -1)]
    most = max((found[day].count for day in days if day in found), default=1)
    bars = [_bar(found.get(day, DayStored(day, 0, 0)), most) for day in days]
    return Stored(
        title=holding.title,
        days=None if keep is None else keep.days,
        count=sum(row.count for row in found.values()),
        size=sum(row.size for row in found.values()),
        bars=bars,
        older=sum(row.count for row in found.values() if row.day < days[0]),
    )


def _bar(row: DayStored, most: int) -> Bar:
    tenths = -(-10 * row.count // most) if row.count else 0  # rounded up: what is there is seen
    return Bar(row.day, row.count, row.size, tenths)
