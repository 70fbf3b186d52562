"""A school's figures of the last 60 days: what became of alerts, how often they were wrong, how long people took."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts import words
from alerts.answers import OPEN
from alerts.models import Alert
from cameras.models import School, Traffic
from cameras.vision.evaluation_statistics import wilson
from lockport.access import Person
from lockport.saying import grouped

DAYS = 60
MOST_TIMED = 1000  # the latest of them; a figure over more says the same and keeps people waiting

Status = Alert.Status
OUTCOMES = [
    (Status.CONFIRMED, _("Confirmed by two people")),
    (Status.REJECTED, _("Not this person")),
    (Status.ENDED, _("Entry ended first")),
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many alerts had one outcome."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Alerts that people rejected, of all passers-by counted in the same days. The interval is Wilson's, 95 %."""

    rejected: int
    passers_by: int
    budget: float

    @property
    def is_known(self) -> bool:
        return self.passers_by >= max(1, self.rejected)

    @property
    def rate(self) -> float:
        return self.rejected / self.passers_by

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.rejected, self.passers_by)

    @property
    def sentence(self) -> str:
        if not self.is_known:
            return gettext("Too few passers-by have been counted to say how often alerts were wrong.")
        low, high = self.interval
        if low > self.budget:
            held = gettext("the rate is over its budget of %(budget)s.")
        elif high <= self.budget:
            held = gettext("the rate keeps within its budget of %(budget)s.")
        else:
            held = gettext("the rate cannot yet be told from its budget of %(budget)s.")
        counted = gettext("%(wrong)s of %(people)s people walking past raised an alert that was wrong:")
        numbers = {"wrong": grouped(self.rejected), "people": grouped(self.passers_by), "budget": one_in(self.budget)}
        return f"{counted} {held}" % numbers


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in seconds from when the alert was raised: half within `median`, 90 % within `most`."""

    name: str
    number: int
    median: float
    most: float

    @property
    def median_words(self) -> str:
        return lasted(self.median)

    @property
    def most_words(self) -> str:
        return lasted(self.most)


@dataclass(frozen=True, slots=True)
class Figures:
    school: School
    since: datetime
    outcomes: list[Outcome]
    false_alarms: FalseAlarms
    times: list[Times]

    @property
    def total(self) -> int:
        return sum(outcome.number for outcome in self.outcomes)


def figures_of(person: Person, school: School, now: datetime | None = None) -> Figures:
    """The figures of the alerts at this school that the person may see."""
    now = now or timezone.now()
    since = now - timedelta(days=DAYS)
    rows = Alert.objects.visible_to(person).filter(camera__school=school, first_seen__gt=since)
    counts = dict(rows.order_by().values_list("status").annotate(number=Count("pk")))
    outcomes = [Outcome(str(name), counts.get(status, 0)) for status, name in OUTCOMES]
    outcomes.append(Outcome(gettext("Not decided yet"), sum(counts.get(status, 0) for status in OPEN)))
    first_day, last_day = (timezone.localdate(moment) for moment in (since, now))  # the days that traffic is kept by
    passed = Traffic.objects.visible_to(person).filter(camera__school=school, day__gt=first_day, day__lte=last_day)
    alarms = FalseAlarms(
        rejected=counts.get(Status.REJECTED, 0),
        passers_by=passed.aggregate(sum=Sum("passers_by"))["sum"] or 0,
        budget=settings.LOCKPORT_FALSE_ALARM_BUDGET,
    )
    columns = ("created_at", "looked_at", "answered_at", "settled_at", "status")
    # The latest are found in the index; only their rows are read.
    latest = rows.order_by("-first_seen").values("pk")[:MOST_TIMED]
    timed = list(Alert.objects.filter(pk__in=latest).order_by().values_list(*columns))
    return Figures(school, since, outcomes, alarms, _times(timed))


def _times(rows: list[tuple]) -> list[Times]:
    kinds: list[tuple[str, Callable[[tuple], datetime | None]]] = [
        (gettext("To the first look"), lambda row: row[1]),
        (gettext("To the first answer"), lambda row: row[2]),
        (gettext("To the decision"), lambda row: row[3] if row[4] in {Status.CONFIRMED, Status.REJECTED} else None),
        (gettext("To the confirmation"), lambda row: row[3] if row[4] == Status.CONFIRMED else None),
    ]
    found = []
    for name, end in kinds:
        ends = [(end(row), row[0]) for row in rows]
        seconds = [max(0.0, (moment - began).total_seconds()) for moment, began in ends if moment is not None]
        if seconds:
            median, most = np.quantile(seconds, (0.5, 0.9))
            found.append(Times(name, len(seconds), float(median), float(most)))
    return found


def lasted(seconds: float) -> str:
    """ "40 s", "3 min 20 s", "2 h 5 min", "3 days"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return gettext("%(number)s days") % {"number": whole // 86400}


def one_in(rate: float) -> str:
    """A rate as people say it, in as few figures as it deserves: "1 in 1,000"."""
    if rate <= 0:
        return gettext("none")
    return gettext("1 in %(number)s") % {"number": grouped(words.rounded(1 / rate))}
