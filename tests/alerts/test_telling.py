"""From what happened to who is told: made once, with the alert, for those who may see it."""

from datetime import time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from alerts.correcting import correct, undo
from alerts.deciding import decide
from alerts.models import Alert, AlertEvent
from alerts.notices import Notice, text_of
from alerts.services import alert_raise
from alerts.telling import notices_make
from audit.services import Actor
from cameras.models import Camera, School
from tests.alerts.notices import destination_of
from tests.alerts.sightings import sighting_of
from tests.conftest import Cast
from watchlist.models import Category, Entry

pytestmark = pytest.mark.django_db
Kind, State = Notice.Kind, Notice.State


def raise_alert(entry: Entry, camera: Camera) -> Alert:
    alert = alert_raise(sighting_of(entry, camera, timezone.now().timestamp()))
    assert alert is not None
    return alert


def answer(person, alert: Alert, what: str) -> None:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what)


def kinds() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_an_alert_makes_one_notice_for_each_place_of_those_who_may_see_it(cast: Cast, entry: Entry, front_door: Camera):
    for person in (cast.north_principal, cast.south_principal, cast.outsider, cast.superuser):
        destination_of(person)
    alert = raise_alert(entry, front_door)
    assert notices_make() == 1
    assert notices_make() == 0
    notice = Notice.objects.get()
    assert (notice.destination.owner, notice.alert, notice.kind) == (cast.north_principal, alert, Kind.RAISED)


def test_an_alert_that_is_not_stored_leaves_nothing_to_tell(cast: Cast, entry: Entry, front_door: Camera):
    destination_of(cast.north_principal)
    with pytest.raises(RuntimeError), transaction.atomic():
        raise_alert(entry, front_door)
        raise RuntimeError("the disk is full")
    assert notices_make() == 0 and not AlertEvent.objects.exists()


def test_schools_and_categories_can_be_chosen(cast: Cast, entry: Entry, front_door: Camera, south: School):
    here, elsewhere = destination_of(cast.north_principal), destination_of(cast.north_principal)
    here.schools.add(front_door.school)
    here.categories.add(entry.category)
    elsewhere.schools.add(south)
    other = destination_of(cast.north_principal)
    other.categories.add(Category.objects.exclude(pk=entry.category_id).first())
    raise_alert(entry, front_door)
    notices_make()
    assert Notice.objects.get().destination == here


def test_in_quiet_hours_it_waits_until_they_end(cast: Cast, entry: Entry, front_door: Camera):
    hour = timezone.now().astimezone(front_door.school.zone).hour
    destination_of(cast.north_principal, quiet_from=time(hour), quiet_until=time((hour + 2) % 24))
    raise_alert(entry, front_door)
    notices_make()
    ends = Notice.objects.get().not_before.astimezone(front_door.school.zone)
    assert (ends.hour, ends.minute) == ((hour + 2) % 24, 0)


def test_a_confirmation_is_told_only_when_it_can_no_longer_be_taken_back(cast: Cast, alert: Alert):
    destination_of(cast.north_principal)
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "same")
    notices_make()
    notice = Notice.objects.get()
    assert notice.kind == Kind.CONFIRMED
    assert notice.not_before - timezone.now() > timedelta(seconds=10)
    undo(person=cast.north_security, actor=Actor.from_person(cast.north_security), alert_pk=alert.pk)
    notices_make()
    assert Notice.objects.get().state == State.CANCELLED


def test_who_was_told_of_a_confirmation_is_told_that_it_was_corrected_and_once(cast: Cast, alert: Alert):
    destination_of(cast.north_principal)
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "same")
    notices_make()
    Notice.objects.update(state=State.SENT)
    for what in ("different", "unclear"):
        sam = cast.north_security
        correct(person=sam, actor=Actor.from_person(sam), alert_pk=alert.pk, answer=what, reason="I looked again")
        notices_make()
    assert kinds() == [Kind.CONFIRMED, Kind.RETRACTED]


def test_one_answer_of_two_is_told_to_nobody(cast: Cast, alert: Alert):
    destination_of(cast.north_principal)
    answer(cast.north_principal, alert, "same")
    notices_make()
    assert kinds() == []


def message(alert: Alert, kind: Notice.Kind, person, **values: object) -> str:
    return text_of(Notice(destination=destination_of(person), alert=alert, kind=kind, **values))


def test_before_two_people_have_confirmed_a_message_says_where_when_and_to_look(cast: Cast, alert: Alert, settings):
    settings.LOCKPORT_URL = "https://lockport.example.org/"
    settings.LOCKPORT_NAMES_IN_NOTICES = True
    local = alert.first_seen.astimezone(alert.camera.school.zone)
    assert message(alert, Kind.RAISED, cast.north_principal) == (
        f"Possible match at North Park, Front door, {local:%H:%M %Z}. "
        f"Sign in to verify: https://lockport.example.org/alerts/{alert.pk}/"
    )
    text = message(alert, Kind.ESCALATED, cast.north_principal, minutes=5)
    assert text.startswith("Not decided after 5 minutes: possible match at North Park, Front door")
    for said in (text, message(alert, Kind.RETRACTED, cast.north_principal)):
        assert alert.entry.name not in said and alert.category.name not in said


@pytest.mark.parametrize("allowed", [False, True])
def test_a_confirmed_message_names_the_category_and_the_person_only_where_that_is_allowed(
    cast: Cast, alert: Alert, settings, allowed: bool
):
    settings.LOCKPORT_NAMES_IN_NOTICES = allowed
    text = message(alert, Kind.CONFIRMED, cast.north_principal)
    assert text.startswith("Confirmed by two people") and alert.category.name in text
    assert (alert.entry.name in text) is allowed
