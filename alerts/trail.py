"""Where on a school's plan the same person may have been seen within a day, numbered in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.cards import Card
from cameras.models import FloorPlan
from lockport.access import Person

SHOWN_WIDTH = 960  # pixels of a plan on a desk's screen


@dataclass(frozen=True, slots=True)
class Stop:
    """A camera on the plan, in the plan's pixels, with the numbers of the alerts there ("1, 3")."""

    x: float
    y: float
    numbers: str
    name: str


@dataclass(frozen=True, slots=True)
class Trail:
    """The plan and its stops; `line` joins them in the order of time; `unit` is a screen's pixel in the plan."""

    plan: FloorPlan
    stops: list[Stop]
    line: str

    @property
    def unit(self) -> float:
        return self.plan.width / SHOWN_WIDTH


def trail_of(person: Person, card: Card, day: Sequence[Card]) -> Trail | None:
    """The trail at this alert's school; None without a plan, or where none of its cameras has a place on it."""
    school = card.alert.camera.school_id
    placed = [
        (number, one.alert.camera)
        for number, one in enumerate(day, start=1)
        if one.alert.camera.school_id == school
        and one.alert.camera.plan_x is not None
        and one.alert.camera.plan_y is not None
    ]
    plan = FloorPlan.objects.visible_to(person).filter(school=school).defer("picture").first() if placed else None
    if plan is None:
        return None
    points = [((camera.plan_x or 0) * plan.width, (camera.plan_y or 0) * plan.height) for _, camera in placed]
    numbers: dict[int, list[int]] = {}
    for number, camera in placed:
        numbers.setdefault(camera.pk, []).append(number)
    cameras = {camera.pk: (camera, point) for (_, camera), point in zip(placed, points, strict=True)}
    stops = [
        Stop(*point, ", ".join(str(number) for number in numbers[pk]), camera.name)
        for pk, (camera, point) in cameras.items()
    ]
    return Trail(plan, stops, " ".join(f"{x:.1f},{y:.1f}" for x, y in points))
