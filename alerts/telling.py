"""From what happened to an alert to the notices about it: each event is worked off once, in one transaction.

The event's row is written in the transaction of the alert or the decision, so none is ever without the other.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from alerts.answers import OPEN
from alerts.correcting import UNDO
from alerts.destinations import Destination
from alerts.models import Alert, AlertEvent
from alerts.notices import Notice
from alerts.quiet import quiet_ends
from lockport.access import Person

BATCH = 200
Kind, State = Notice.Kind, Notice.State
UNSENT = [State.WAITING]


def notices_make() -> int:
    """Make the notices of every event that has none yet; return how many events were worked off."""
    numbers = AlertEvent.objects.filter(told=False).order_by("pk").values_list("pk", flat=True)[:BATCH]
    return sum(_work_off(number) for number in list(numbers))


@transaction.atomic
def _work_off(number: int) -> bool:
    # Whoever changes the flag makes the notices; another worker finds it changed, and waits for neither.
    if not AlertEvent.objects.filter(pk=number, told=False).update(told=True):
        return False
    event = AlertEvent.objects.select_related("alert__camera__school", "alert__category").get(pk=number)
    alert = event.alert
    if event.kind == AlertEvent.Kind.RAISED and alert.status in OPEN:
        _make(event, _wanting(alert), Kind.RAISED)
    elif event.kind == AlertEvent.Kind.DECIDED and alert.status == Alert.Status.CONFIRMED:
        _make(event, [place for place in _wanting(alert) if not _knows(place, alert)], Kind.CONFIRMED)
    elif event.kind == AlertEvent.Kind.DECIDED:
        _take_back(event)
    return True


def may_be_told(person: Person, alert: Alert) -> bool:
    """Whether this person could open the alert: of nothing else is anybody told."""
    return person.has_perm("alerts.view_alert") and Alert.objects.visible_to(person).filter(pk=alert.pk).exists()


def escalate_to(person: User, event: AlertEvent, minutes: int) -> int:
    """Notices to all of one person's destinations, quiet hours or not; return how many destinations there are."""
    places = list(Destination.objects.in_use().filter(owner=person))
    _make(event, places, Kind.ESCALATED, minutes=minutes)
    return len(places)


def _wanting(alert: Alert) -> list[Destination]:
    """The destinations at which to tell of this alert: asked for by somebody who may see it."""
    rows = Destination.objects.in_use().select_related("owner")
    rows = rows.prefetch_related("schools", "categories")
    school, category = alert.camera.school, alert.category
    asked = [
        place
        for place in rows
        if _among(school.pk, place.schools.all()) and _among(category.pk, place.categories.all())
    ]
    may = {owner.pk: may_be_told(owner, alert) for owner in {place.owner for place in asked}}
    return [place for place in asked if may[place.owner_id]]


def _among(number: int, chosen: Iterable) -> bool:
    numbers = {row.pk for row in chosen}
    return not numbers or number in numbers


def _knows(place: Destination, alert: Alert) -> bool:
    """Whether the last that is said there about this alert is that it was confirmed."""
    kinds = [Kind.CONFIRMED, Kind.RETRACTED]
    last = Notice.objects.filter(destination=place, alert=alert, kind__in=kinds).exclude(state=State.CANCELLED).last()
    return last is not None and last.kind == Kind.CONFIRMED


def _take_back(event: AlertEvent) -> None:
    """It is not (or no longer) confirmed: stop what says so before it leaves, and correct what has left."""
    said = Notice.objects.filter(alert=event.alert, kind=Kind.CONFIRMED)
    said.filter(state__in=UNSENT).update(state=State.CANCELLED, done_at=timezone.now())
    told = said.filter(state__in=[State.SENT, State.SENDING]).values("destination")
    places = [place for place in Destination.objects.filter(pk__in=told) if _knows(place, event.alert)]
    _make(event, places, Kind.RETRACTED)


def _make(event: AlertEvent, places: list[Destination], kind: Notice.Kind, *, minutes: int | None = None) -> None:
    now = timezone.now()
    # A second "same" can be taken back for some seconds: no confirmation leaves before that is over.
    earliest = now + UNDO if kind == Kind.CONFIRMED else now
    zone = event.alert.camera.school.zone
    heeds_quiet_hours = kind in {Kind.RAISED, Kind.CONFIRMED}
    Notice.objects.bulk_create(
        Notice(
            destination=place,
            event=event,
            alert=event.alert,
            kind=kind,
            minutes=minutes,
            not_before=quiet_ends(earliest, zone, place.quiet) if heeds_quiet_hours else earliest,
        )
        for place in places
    )
