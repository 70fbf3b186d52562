"""What the timeline's page shows: spans and marks as numbers for a drawing and as words for a list."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cameras.models import Camera
from cameras.recording.selectors import day_spans
from cameras.recording.timeline import Day, Span, clock_words
from lockport.access import Person
from retention.holding import held_periods

MOST_LISTED = 200
LEAST_DRAWN = 120  # seconds: so that a short recording in an empty day is seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as it is drawn, in seconds since the day began, and said."""

    kind: str  # recorded, motion, or gap
    left: int
    width: int
    start: str
    end: str
    words: str
    at: str  # the time of day to watch from; empty for a gap
    second: bool  # whether that is the second time the clock showed it


@dataclass(frozen=True, slots=True)
class Mark:
    """An alert on the timeline."""

    left: int
    at: str
    pk: int
    clock: str
    second: bool


@dataclass(frozen=True, slots=True)
class HeldPeriod:
    """What is kept for a legal hold: the day and time of day to watch from, in words, and its last moment."""

    day: date
    at: str
    second: bool
    start: str
    end: str
    until: datetime


def timeline_context(camera: Camera, day: Day, now: datetime) -> dict[str, object]:
    bars = [_bar(span, day) for span in day_spans(camera, day, now)]
    return {
        "camera": camera,
        "day": day,
        "bars": bars,
        "listed": bars[:MOST_LISTED],
        "unlisted": max(0, len(bars) - MOST_LISTED),
        "hours": [{"left": day.offset(hour), "word": f"{hour:%H}"} for hour in day.hours if hour.hour % 3 == 0],
        "zone_words": _(" and ").join(dict.fromkeys(f"{hour:%Z}" for hour in day.hours)),
        "before": day.date - timedelta(days=1),
        "held": _held(camera, day.zone),
        "after": day.date + timedelta(days=1) if day.end <= now else None,
    }


def marks(camera: Camera, day: Day, person: Person) -> list[Mark]:
    """The alerts of this day that the person may see. (The camera's side of the relation: alerts are a room above.)"""
    rows = camera.alerts.visible_to(person).filter(first_seen__gte=day.start, first_seen__lt=day.end)
    return [
        Mark(
            left=day.offset(row.first_seen),
            at=clock_words(row.first_seen, day.zone),
            pk=row.pk,
            clock=f"{row.first_seen.astimezone(day.zone):%H:%M:%S}",
            second=bool(row.first_seen.astimezone(day.zone).fold),
        )
        for row in rows.order_by("first_seen").only("pk", "first_seen", "camera")
    ]


def _held(camera: Camera, zone: ZoneInfo) -> list[HeldPeriod]:
    found = []
    for start, end, until in held_periods(camera.pk):
        local = start.astimezone(zone)
        words = clock_words(start, zone), clock_words(end, zone)
        found.append(HeldPeriod(local.date(), f"{local:%H:%M:%S}", bool(local.fold), *words, until))
    return found


def _bar(span: Span, day: Day) -> Bar:
    left = day.offset(span.start)
    local = span.start.astimezone(day.zone)
    kind = "gap" if span.reason else "motion" if span.has_motion else "recorded"
    return Bar(
        kind=kind,
        left=left,
        width=max(LEAST_DRAWN if not span.reason else 1, day.offset(span.end) - left),
        start=clock_words(span.start, day.zone),
        end=clock_words(span.end, day.zone),
        words=_words(kind, span),
        at="" if span.reason else f"{local:%H:%M:%S}",
        second=bool(local.fold),
    )


def _words(kind: str, span: Span) -> str:
    if kind == "gap":
        return _("No recording: %(reason)s") % {"reason": _(span.reason)}
    return _("Recorded, with motion") if kind == "motion" else _("Recorded")
