"""Counting for how long cameras watch, minute by minute, and saying what that comes to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import F, Min, Sum
from django.utils import timezone

from cameras.models import Camera, School, Uptime
from cameras.selectors import overview_of
from lockport.access import Person

MINUTE = timedelta(minutes=1)
# Which column a camera's state counts in; a minute in which nothing is known of it is counted in none.
COLUMNS = {"watching": "watching", "blind": "away", "resting": "resting", "off": "resting", "refused": "resting"}


def uptime_count(now: datetime | None = None) -> int:
    """Count this minute for every camera; return for how many. Asked twice in a minute, it counts once."""
    minute = (now or timezone.now()).astimezone(UTC).replace(second=0, microsecond=0)
    states: dict[str, list[int]] = defaultdict(list)
    for view in overview_of(Camera.objects.all()).cameras:
        if column := COLUMNS.get(view.state):
            states[column].append(view.camera.pk)
    numbers = [pk for found in states.values() for pk in found]
    known = set(Uptime.objects.filter(day=minute.date()).values_list("camera", flat=True))
    new = [
        Uptime(camera_id=pk, day=minute.date(), began_at=minute, counted_at=minute - MINUTE)
        for pk in numbers
        if pk not in known
    ]
    Uptime.objects.bulk_create(new, ignore_conflicts=True)
    counted = 0
    for column, cameras in states.items():
        rows = Uptime.objects.filter(camera__in=cameras, day=minute.date(), counted_at__lt=minute)
        counted += rows.update(**{column: F(column) + 1}, counted_at=minute)
    return counted


@dataclass(frozen=True, slots=True)
class CameraUptime:
    """One camera over some days, in minutes."""

    camera: Camera
    watching: int
    away: int
    unknown: int

    @property
    def share(self) -> float:
        """Of the time in which it should have watched and that was counted."""
        return self.watching / (self.watching + self.away)


def uptimes_of(person: Person, school: School, since: date, now: datetime | None = None) -> list[CameraUptime]:
    """The school's cameras that should have watched since that day, the one that was away most first."""
    now = now or timezone.now()
    rows = Uptime.objects.visible_to(person).filter(camera__school=school, day__gte=since).order_by()
    sums = rows.values("camera").annotate(
        began=Min("began_at"), watched=Sum("watching"), lacked=Sum("away"), rested=Sum("resting")
    )
    cameras = Camera.objects.visible_to(person).filter(school=school).defer("address", "usual_view").in_bulk()
    found = []
    for row in sums:
        counted = row["watched"] + row["lacked"] + row["rested"]
        unknown = max(0, round((now - row["began"]) / MINUTE) - counted)
        if row["watched"] + row["lacked"]:
            found.append(CameraUptime(cameras[row["camera"]], row["watched"], row["lacked"], unknown))
    return sorted(found, key=lambda one: (one.share, one.camera.name))
