"""A day of one camera as spans of time: recorded, with motion, and gaps with their reason. Pure: values in and out.

A day is the school's: 23 or 25 hours long when the clocks change. All moments are aware; the school's zone is asked
only for words and for where a day begins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cameras.vision.marking import gettext_noop

SEAMLESS = timedelta(seconds=1)
BEING_STORED = timedelta(seconds=40)  # the newest seconds are not stored yet, and no gap
NOT_KEPT = gettext_noop("nothing is kept of this time")


class NoSuchTime(ValueError):  # noqa: N818 - reads as what happened
    """The clocks skipped this time of day. Its message is fit for people."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time. `reason` is empty for what is recorded."""

    start: datetime
    end: datetime
    has_motion: bool = False
    reason: str = ""

    @property
    def is_recorded(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class Day:
    """From midnight to midnight at the school, as UTC moments."""

    date: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return datetime.combine(self.date, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.date + timedelta(days=1), time(), self.zone).astimezone(UTC)

    @property
    def seconds(self) -> int:
        return round((self.end - self.start).total_seconds())

    def offset(self, moment: datetime) -> int:
        """Seconds since the day began, within the day."""
        return min(max(round((moment - self.start).total_seconds()), 0), self.seconds)

    @property
    def hours(self) -> list[datetime]:
        """The moment at which each hour of the day begins, in the school's zone."""
        return [(self.start + timedelta(hours=number)).astimezone(self.zone) for number in range(self.seconds // 3600)]

    @property
    def has_hour_twice(self) -> bool:
        return self.seconds > 24 * 3600


def moment_at(day: date, clock: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """The UTC moment of a time of day at the school; of a time that comes twice, the `second` one if so asked.

    Raises NoSuchTime for one that the clocks skipped.
    """
    local = datetime.combine(day, clock, zone).replace(fold=1 if second else 0)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(
            f"On {day:%-d %B %Y} there was no {clock:%H:%M}: the clocks went forward. Choose another time."
        )
    return moment


def clock_words(moment: datetime, zone: ZoneInfo) -> str:
    """ "01:30:00 EDT": with the zone's short name, for an hour may come twice."""
    return f"{moment.astimezone(zone):%H:%M:%S %Z}"


def spans(
    day: Day,
    segments: Iterable[tuple[datetime, datetime, bool]],
    gaps: Sequence[tuple[datetime, datetime | None, str]],
    *,
    now: datetime,
) -> list[Span]:
    """The day up to now without a hole: consecutive segments (start, end, has motion) as one span, and what is between.

    `segments` and `gaps` (start, end or None, reason in words) are in order of time.
    """
    until = min(day.end, now)
    found: list[Span] = []
    at = day.start
    for start, end, has_motion in segments:
        if start - at > SEAMLESS:
            found += _hole(at, min(start, until), gaps)
        start, end = max(start, at), min(end, until)
        if end <= start:
            continue
        last = found[-1] if found else None
        if last is not None and last.is_recorded and last.has_motion == has_motion and start - last.end <= SEAMLESS:
            found[-1] = Span(last.start, end, has_motion)
        else:
            found.append(Span(start, end, has_motion))
        at = end
    is_current = bool(found) and now < day.end and until - at <= BEING_STORED
    if until - at > SEAMLESS and not is_current:
        found += _hole(at, until, gaps)
    return found


def _hole(start: datetime, end: datetime, gaps: Sequence[tuple[datetime, datetime | None, str]]) -> list[Span]:
    """What is known of a time without recording."""
    found: list[Span] = []
    at = start
    for gap_start, gap_end, reason in gaps:
        since, until = max(gap_start, at), min(gap_end or end, end)
        if until - since <= SEAMLESS:
            continue
        if since - at > SEAMLESS:
            found.append(Span(at, since, reason=NOT_KEPT))
        found.append(Span(at if since - at <= SEAMLESS else since, until, reason=reason))
        at = until
    if end - at > SEAMLESS:
        found.append(Span(at, end, reason=NOT_KEPT))
    return found
