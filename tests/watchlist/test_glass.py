"""Break-glass: an hour at one school, with a reason, recorded as such, and on show until a privacy officer answers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from alerts.models import Alert
from audit.models import AccessRecord
from audit.services import Actor
from lockport.break_glass import glass_seen, open_ones
from lockport.models import TimeLimit
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast, signed_in
from watchlist.glass import LASTS, glass_break
from watchlist.grants import grants_held
from watchlist.services import Refused

pytestmark = pytest.mark.django_db

WHY = "Fire at North Park, the principal cannot be reached"


def press(client: Client, school, reason: str = WHY):
    return client.post("/watchlist/break-glass/", {"school": school.pk, "reason": reason})


def test_a_superuser_sees_no_face_until_the_glass_is_broken_and_then_for_an_hour(
    cast: Cast, north, south, front_door, banned
):
    alert = make_alert(make_entry(cast, banned), front_door)
    root = signed_in(cast.superuser)
    assert root.get(f"/alerts/{alert.pk}/").status_code == 404
    assert press(root, north)["Location"] == "/"
    assert root.get(f"/alerts/{alert.pk}/face").status_code == 200
    ends = TimeLimit.objects.values_list("valid_until", flat=True)
    assert all(timezone.now() + LASTS - timedelta(minutes=1) < end <= timezone.now() + LASTS for end in ends)
    TimeLimit.objects.update(valid_until=timezone.now())
    assert root.get(f"/alerts/{alert.pk}/face").status_code == 404


def test_it_opens_that_school_only(cast: Cast, north, south):
    press(signed_in(cast.superuser), north)
    schools = [grant.row for grant in grants_held(cast.superuser) if grant.row in (north, south)]
    assert schools == [north]


def test_longer_grants_stay_as_they_are(cast: Cast, north, south):
    press(signed_in(cast.north_principal), south)
    ends = {grant.row: grant.until for grant in grants_held(cast.north_principal)}
    assert ends[north] is None and ends[south] is not None
    assert [until for row, until in ends.items() if row not in (north, south)] == [None] * 5


def test_it_is_recorded_as_what_it_is_with_the_reason(cast: Cast, north):
    press(signed_in(cast.superuser), north)
    record = AccessRecord.objects.get(action="broke the glass")
    assert (record.actor_name, record.subject, record.reason) == ("root", "North Park", WHY)


@pytest.mark.parametrize("reason", ["", "fire", "               x               "])
def test_without_a_reason_it_stays_whole(cast: Cast, north, reason):
    assert press(signed_in(cast.superuser), north, reason).status_code == 422
    assert not grants_held(cast.superuser) and not open_ones().exists()
    with pytest.raises(Refused):
        glass_break(person=cast.superuser, school=north, reason=reason, actor=Actor.from_person(cast.superuser))


def test_it_rings_at_the_privacy_officer_until_they_have_answered(cast: Cast, north):
    press(signed_in(cast.superuser), north)
    priya = signed_in(cast.privacy_officer)
    glass = open_ones().get()
    shown = priya.get("/watchlist/who-can-see/").content.decode()
    ends = glass.until.astimezone(north.zone)
    assert WHY in shown and f"to {ends:%H:%M %Z}" in shown, "by the clock of its school"
    priya.post(f"/watchlist/break-glass/{glass.pk}/seen/")
    assert not open_ones().exists()
    assert "The glass was broken" not in priya.get("/watchlist/who-can-see/").content.decode()
    assert AccessRecord.objects.filter(action="saw that the glass was broken by", subject="root").count() == 1


def test_nobody_answers_for_their_own(cast: Cast, north):
    press(signed_in(cast.superuser), north)
    glass = open_ones().get()
    assert signed_in(cast.superuser).post(f"/watchlist/break-glass/{glass.pk}/seen/").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        glass_seen(glass=glass, by=cast.superuser, actor=Actor.from_person(cast.superuser))
    assert open_ones().exists()
    assert not Alert.objects.exists()
