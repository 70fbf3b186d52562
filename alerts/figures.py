"""A school's figures of the last 60 days: what became of alerts, how often they were wrong, how long people took."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from alerts import words
from alerts.answers import OPEN
from alerts.models import Alert
from cameras.models import School, Traffic
from cameras.vision.evaluation_statistics import wilson
from lockport.access import Person

DAYS = 60
MOST_TIMED = 1000  # the latest of them; a figure over more says the same and keeps people waiting

Status = Alert.Status
OUTCOMES = [
    (Status.CONFIRMED, "Confirmed by two people"),
    (Status.REJECTED, "Not this person"),
    (Status.ENDED, "Entry ended first"),
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
            return "Too few passers-by have been counted to say how often alerts were wrong."
        low, high = self.interval
        held = (
            "is over its budget"
            if low > self.budget
            else "keeps within its budget"
            if high <= self.budget
            else "cannot yet be told from its budget"
        )
        return (
            f"{self.rejected:,} of {self.passers_by:,} people walking past raised an alert that was wrong: the rate "
            f"{held} of {one_in(self.budget)}."
        )


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
    outcomes = [Outcome(name, counts.get(status, 0)) for status, name in OUTCOMES]
    outcomes.append(Outcome("Not decided yet", sum(counts.get(status, 0) for status in OPEN)))
    first_day, last_day = (timezone.localdate(moment) for moment in (since, now))  # the days that traffic is kept by
    passed = Traffic.objects.visible_to(person).filter(camera__school=school, day__gt=first_day, day__lte=last_day)
    alarms = FalseAlarms(
        rejected=counts.get(Status.REJECTED, 0),
        passers_by=passed.aggregate(sum=Sum("passers_by"))["sum"] or 0,
        budget=settings.LOCKPORT_FALSE_ALARM_BUDGET,
    )
    columns = ("created_at", "looked_at", "answered_at", "settled_at", "status")
    timed = list(rows.order_by("-first_seen").values_list(*columns)[:MOST_TIMED])
    return Figures(school, since, outcomes, alarms, _times(timed))


def _times(rows: list[tuple]) -> list[Times]:
    kinds: list[tuple[str, Callable[[tuple], datetime | None]]] = [
        ("To the first look", lambda row: row[1]),
        ("To the first answer", lambda row: row[2]),
        ("To the decision", lambda row: row[3] if row[4] in {Status.CONFIRMED, Status.REJECTED} else None),
        ("To the confirmation", lambda row: row[3] if row[4] == Status.CONFIRMED else None),
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
    return f"{whole // 86400} days"


def one_in(rate: float) -> str:
    """A rate as people say it, in as few figures as it deserves: "1 in 1,000"."""
    return "none" if rate <= 0 else f"1 in {words.rounded(1 / rate):,}"
