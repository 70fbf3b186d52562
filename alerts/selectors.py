"""Reading alerts: what a person may see of them, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from alerts.deciding import OPEN
from alerts.models import Alert, AlertEvent, AlertQuerySet, Decision
from lockport.access import Person
from watchlist.models import Entry, Photograph

MOST_SHOWN = 50  # of a section of the queue; the rest is counted
LONGEST_DAY = timedelta(hours=26)  # a school's today began at most this long ago, daylight saving included


@dataclass(frozen=True, slots=True)
class Section:
    """Some alerts of a kind: those shown, and how many there are in all."""

    alerts: list[Alert]
    total: int

    @property
    def left_off(self) -> int:
        return self.total - len(self.alerts)


@dataclass(frozen=True, slots=True)
class Queue:
    """A person's alerts: those they have not answered, those they have and others must, and those decided today."""

    yours: Section
    others: Section
    decided: Section

    @property
    def shown(self) -> list[Alert]:
        return [*self.yours.alerts, *self.others.alerts, *self.decided.alerts]


def readable(rows: AlertQuerySet) -> AlertQuerySet:
    """The rows with everything a card shows, in a fixed number of queries."""
    photographs = Photograph.objects.order_by("-quality", "pk").only("pk", "entry", "face")
    decisions = Decision.objects.select_related("by")
    return rows.select_related("camera__school", "category", "entry", "runner_up__category").prefetch_related(
        Prefetch("entry__photographs", photographs), Prefetch("decisions", decisions)
    )


def open_alerts(person: Person) -> AlertQuerySet:
    rows = Alert.objects.visible_to(person).filter(status__in=OPEN)
    # With the entry its photograph is gone: there is nothing left to compare, and nobody to look for.
    return rows.exclude(entry__status__in=[Entry.Status.WITHDRAWN, Entry.Status.EXPIRED])


def waiting_for(person: Person) -> AlertQuerySet:
    """The open alerts that this person has not answered yet, the gravest and then the newest first."""
    mine = Decision.objects.filter(by=person.pk).values("alert")
    return open_alerts(person).exclude(pk__in=mine).order_by("-category__severity", "-first_seen", "-pk")


def waiting_for_others(person: Person) -> AlertQuerySet:
    """The open alerts that this person has answered and somebody else must."""
    return open_alerts(person).filter(decisions__by=person.pk).order_by("-category__severity", "-first_seen", "-pk")


def queue_for(person: Person, now: datetime | None = None) -> Queue:
    """What the review room shows. "Today" is the school's own."""
    now = now or timezone.now()
    return Queue(
        yours=_section(waiting_for(person)), others=_section(waiting_for_others(person)), decided=_today(person, now)
    )


def _section(rows: AlertQuerySet) -> Section:
    shown = list(readable(rows)[: MOST_SHOWN + 1])
    total = len(shown) if len(shown) <= MOST_SHOWN else rows.count()
    return Section(shown[:MOST_SHOWN], total)


def _today(person: Person, now: datetime) -> Section:
    rows = (
        Alert.objects.visible_to(person)
        .exclude(status__in=OPEN)
        .annotate(decided_at=Max("decisions__at"))
        .filter(decided_at__gt=now - LONGEST_DAY)
        .order_by("-decided_at", "-pk")
    )
    today = [
        alert
        for alert in readable(rows)
        if _decided_at(alert).astimezone(alert.camera.school.zone).date()
        == now.astimezone(alert.camera.school.zone).date()
    ]
    return Section(today[:MOST_SHOWN], len(today))


def _decided_at(alert: Alert) -> datetime:
    return max(decision.at for decision in alert.decisions.all())


def last_seen(person: Person) -> Alert | None:
    """The alert of the latest sighting that this person may know of."""
    return Alert.objects.visible_to(person).select_related("camera__school").order_by("-last_seen").first()


def latest_event() -> int:
    """The number from which a page that is being made now should be followed; 0 where nothing happened yet."""
    return AlertEvent.objects.aggregate(Max("pk"))["pk__max"] or 0


def events_after(person: Person, after: int, *, known: set[int], again_since: datetime) -> QuerySet[AlertEvent]:
    """The events that a stream which has come to `after` should send.

    Besides the newer ones these are older ones, written since `again_since`, that are not in `known`: with several
    writers a lower number can become visible after a higher one.
    """
    rows = AlertEvent.objects.visible_to(person)
    newer = rows.filter(pk__gt=after)
    late = rows.filter(pk__lte=after, at__gte=again_since).exclude(pk__in=known)
    return (newer | late).order_by("pk")
