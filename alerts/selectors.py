"""Reading alerts: what a person may see of them, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from alerts.answers import OPEN
from alerts.cards import TIMELY
from alerts.filters import EVERYTHING, Filter
from alerts.models import Alert, AlertEvent, AlertQuerySet, Decision
from cameras.models import Camera, School
from lockport.access import Person
from watchlist.models import Entry, Photograph

# Cards of what waits for a person, and of each other section; the rest is counted. A page of hundreds of cards takes
# the server, and whoever looks, longer than it helps.
MOST_SHOWN, MOST_BELOW = 15, 5
MOST_OF_A_DAY = 50
# Opening a camera's sealed address for every card would cost more than the rest of the row.
UNSHOWN = ("camera__address", "camera__usual_view")
GRAVEST_FIRST = ("-category__severity", "-first_seen", "-pk")
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
    """A person's alerts: those they have not answered, those they have and others must, those decided today, and
    those that were not decided while it mattered."""

    yours: Section
    others: Section
    decided: Section
    unanswered: Section

    @property
    def shown(self) -> list[Alert]:
        return [*self.yours.alerts, *self.others.alerts, *self.decided.alerts, *self.unanswered.alerts]


def readable(rows: AlertQuerySet, person: Person) -> AlertQuerySet:
    """The rows with everything a card shows this person, in a fixed number of queries."""
    photographs = Photograph.objects.order_by("-quality", "pk").only("pk", "entry", "face")
    decisions = Decision.objects.select_related("by")
    rows = rows.select_related("camera__school", "category", "entry", "runner_up__category").defer(*UNSHOWN)
    rows = rows.annotate(other_is_visible=Exists(Entry.objects.visible_to(person).filter(pk=OuterRef("runner_up"))))
    return rows.prefetch_related(Prefetch("entry__photographs", photographs), Prefetch("decisions", decisions))


def open_alerts(person: Person) -> AlertQuerySet:
    rows = Alert.objects.visible_to(person).filter(status__in=OPEN)
    # With the entry its photograph is gone: there is nothing left to compare, and nobody to look for.
    return rows.exclude(entry__status__in=[Entry.Status.WITHDRAWN, Entry.Status.EXPIRED])


def unanswered_by(person: Person) -> AlertQuerySet:
    """The open alerts that this person has not answered (or has taken the answer back), whenever they were raised."""
    return open_alerts(person).exclude(pk__in=_answers_of(person).values("alert"))


def waiting_for(person: Person, now: datetime | None = None) -> AlertQuerySet:
    """Those of the last 24 hours, the gravest and then the newest first."""
    since = (now or timezone.now()) - TIMELY
    return unanswered_by(person).filter(first_seen__gt=since).order_by(*GRAVEST_FIRST)


def waiting_outside(person: Person, chosen: Filter, now: datetime | None = None) -> list[int]:
    """The numbers of what waits for this person and is not shown to them because they chose a part; asks only then."""
    if not chosen.is_set:
        return []
    waiting = waiting_for(person, now)
    return list(waiting.exclude(pk__in=chosen.of(waiting).order_by().values("pk")).values_list("pk", flat=True))


def waiting_for_others(person: Person) -> AlertQuerySet:
    """The open alerts that this person has answered and somebody else must."""
    return open_alerts(person).filter(pk__in=_answers_of(person).values("alert")).order_by(*GRAVEST_FIRST)


def _answers_of(person: Person) -> QuerySet[Decision]:
    """What the person says now."""
    return Decision.objects.filter(by=person.pk, corrected_by__isnull=True).exclude(answer=Decision.Answer.UNDONE)


def queue_for(person: Person, now: datetime | None = None, chosen: Filter = EVERYTHING) -> Queue:
    """What the review room shows. "Today" is the school's own."""
    now = now or timezone.now()
    late = unanswered_by(person).filter(first_seen__lte=now - TIMELY).order_by(*GRAVEST_FIRST)
    parts = [
        (waiting_for(person, now), MOST_SHOWN),
        (waiting_for_others(person), MOST_BELOW),
        (decided_today(person, now), MOST_BELOW),
        (late, MOST_BELOW),
    ]
    # All of them are sorted by number only; whole rows are read once, and only those that are shown.
    numbers = [list(chosen.of(rows).values_list("pk", flat=True)) for rows, _ in parts]
    shown = [found[:most] for found, (_, most) in zip(numbers, parts, strict=True)]
    wanted = Alert.objects.filter(pk__in=[number for part in shown for number in part])
    rows = {row.pk: row for row in readable(wanted, person)}
    sections = [
        Section([rows[number] for number in part if number in rows], len(found))
        for part, found in zip(shown, numbers, strict=True)
    ]
    return Queue(*sections)


def decided_today(person: Person, now: datetime) -> AlertQuerySet:
    """What was decided since midnight at its school, the latest first."""
    zones = School.objects.within_reach_of(person).values_list("time_zone", flat=True).order_by().distinct()
    today = Q(pk__in=[])
    for name in zones:
        midnight = datetime.combine(now.astimezone(ZoneInfo(name)).date(), time(), ZoneInfo(name))
        today |= Q(camera__school__time_zone=name, settled_at__gte=midnight)
    settled = Alert.objects.visible_to(person).filter(settled_at__gt=now - LONGEST_DAY).filter(today)
    return settled.exclude(status__in=OPEN).order_by("-settled_at", "-pk")


def last_seen(person: Person) -> tuple[datetime, ZoneInfo] | None:
    """When somebody on the list was last seen, as far as this person may know, and the zone of the school."""
    # Asked camera by camera, so that the index answers: sorting every alert of sixty days takes a third of a second.
    newest = Alert.objects.visible_to(person).filter(camera=OuterRef("pk")).order_by("-last_seen")
    cameras = Camera.objects.visible_to(person).annotate(at=Subquery(newest.values("last_seen")[:1]))
    found = cameras.exclude(at=None).order_by("-at").values_list("at", "school__time_zone").first()
    return None if found is None else (found[0], ZoneInfo(found[1]))


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


def others_of_the_day(person: Person, alert: Alert) -> list[Alert]:
    """This entry's alerts within a day of this one that the person may see, this one too, in the order of time."""
    day = timedelta(hours=24)
    near = Alert.objects.visible_to(person).filter(
        entry=alert.entry_id, first_seen__gt=alert.first_seen - day, first_seen__lt=alert.first_seen + day
    )
    rows = readable(near, person).order_by("first_seen", "pk")
    return list(rows[:MOST_OF_A_DAY])
