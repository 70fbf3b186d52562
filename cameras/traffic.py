"""How many people pass, and what a false-alarm budget means at a school in a week. Counts only."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import F, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.models import Camera, School, Traffic
from lockport.access import Person
from lockport.saying import grouped

DAYS = 28  # that are looked back on


def traffic_add(*, camera_id: int, day: date, passers_by: int) -> None:
    """Add to a camera's day; what a removed camera counted is dropped. To be called in a transaction."""
    if not Camera.objects.filter(pk=camera_id).exists():
        return
    Traffic.objects.get_or_create(camera_id=camera_id, day=day)
    Traffic.objects.filter(camera_id=camera_id, day=day).update(passers_by=F("passers_by") + passers_by)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the budget means at one school: `passers_by` and `false_alarms` are for a week.

    `in_part` where only some of its cameras were granted, and these numbers are of those.
    """

    school: School
    passers_by: float
    false_alarms: float
    in_part: bool = False

    @property
    def words(self) -> str:
        if self.false_alarms < 0.5:
            weeks = round(1 / self.false_alarms)
            if weeks >= 100:
                return _("hardly any")
            return _("fewer than 1 false alarm a week (about 1 in %(weeks)s weeks)") % {"weeks": weeks}
        if self.alarms == 1:
            return _("about 1 false alarm a week")
        return _("about %(number)s false alarms a week") % {"number": grouped(self.alarms)}

    @property
    def alarms(self) -> int:
        return round(self.false_alarms)


def budget_words() -> str:
    """The false-alarm budget as a sentence's object: "1 in 1,000"."""
    return _("1 in %(number)s") % {"number": grouped(1 / settings.LOCKPORT_FALSE_ALARM_BUDGET)}


def expectations(person: Person, *, today: date | None = None) -> list[Expectation]:
    """For each school of which this person may see cameras and people have been counted.

    The mean of the days since counting began, weekends with nobody included, of the last four weeks.
    """
    today = today or timezone.localdate()
    rows = (
        Traffic.objects.visible_to(person)
        .filter(day__gt=today - timedelta(days=DAYS), day__lte=today)
        .values("camera__school")
        .annotate(total=Sum("passers_by"), first=Min("day"))
    )
    schools = School.objects.in_bulk([row["camera__school"] for row in rows])
    whole = set(School.objects.visible_to(person).values_list("pk", flat=True)) if schools else set()
    found = []
    for row in rows:
        week = 7 * row["total"] / ((today - row["first"]).days + 1)
        if week > 0:
            alarms = week * settings.LOCKPORT_FALSE_ALARM_BUDGET
            number = row["camera__school"]
            found.append(Expectation(schools[number], week, alarms, in_part=number not in whole))
    return sorted(found, key=lambda one: one.school.name)
