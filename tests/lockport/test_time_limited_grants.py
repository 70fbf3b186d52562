"""A grant for a time counts until its last moment, and is then gone at once, whoever has cleared it away or not."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import Camera, School
from lockport.access import granted
from lockport.models import TimeLimit
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast
from watchlist.grants import grant_set, grants_expire, grants_give, grants_held, grants_of
from watchlist.models import Category
from watchlist.services import Refused
from watchlist.tasks import expire_grants

pytestmark = pytest.mark.django_db

OTTO = Actor(kind="person", name="Otto Lang", id=10**6)


@pytest.fixture
def clock(monkeypatch):
    """Sets what time it is, everywhere."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def until(cast: Cast, north: School) -> datetime:
    """Nobody (the outsider) was granted North Park until this moment, an hour from now."""
    moment = timezone.now() + timedelta(hours=1)
    grants_give(to=cast.outsider, rows=[north], actor=OTTO, until=moment, reason="Incident 12")
    return moment


def test_it_counts_a_second_before_its_end_and_not_a_second_after(cast: Cast, north: School, until: datetime, clock):
    clock(until - timedelta(seconds=1))
    assert list(granted(cast.outsider, "cameras.review_school")) == [north]
    assert grants_of(cast.outsider) == [north]
    clock(until)
    assert not granted(cast.outsider, "cameras.review_school").exists()
    clock(until + timedelta(seconds=1))
    assert not School.objects.visible_to(cast.outsider).exists()
    assert grants_of(cast.outsider) == []
    assert UserObjectPermission.objects.filter(user=cast.outsider).exists(), "it was not cleared away, and counts not"


def test_alerts_and_their_pictures_go_with_it(cast: Cast, north: School, banned: Category, clock):
    door = Camera.objects.create(school=north, name="Front door", address="usb:0")
    alert = make_alert(make_entry(cast, banned), door)
    moment = timezone.now() + timedelta(hours=1)
    grant_set(to=cast.north_principal, row=north, actor=OTTO, until=moment)
    client = Client()
    client.force_login(cast.north_principal)
    places = [
        f"/alerts/{alert.pk}/",
        f"/alerts/{alert.pk}/face",
        f"/watchlist/photograph/{alert.entry.photographs.get().pk}/",
    ]
    assert [client.get(place).status_code for place in places] == [200, 200, 200]
    TimeLimit.objects.update(valid_until=timezone.now())
    assert [client.get(place).status_code for place in places] == [404, 404, 404]


def test_another_way_to_the_same_grant_still_counts(cast: Cast, north: School, until: datetime, clock):
    group = Group.objects.create(name="Everybody here")
    cast.outsider.groups.add(group)
    assign_perm("cameras.review_school", group, north)
    clock(until + timedelta(seconds=1))
    assert list(granted(cast.outsider, "cameras.review_school")) == [north]


def test_the_schedule_clears_away_what_has_ended_and_nothing_else(cast: Cast, north: School, until: datetime, clock):
    before = UserObjectPermission.objects.count()
    assert grants_expire(actor=Actor.worker()) == 0
    clock(until + timedelta(seconds=1))
    expire_grants()
    assert UserObjectPermission.objects.count() == before - 1
    assert not TimeLimit.objects.exists()
    assert "school North Park, which ended" in AccessRecord.objects.get(action="cleared away").reason


def test_its_end_and_reason_are_recorded_and_shown(cast: Cast, north: School, until: datetime):
    record = AccessRecord.objects.get(action="granted", subject="nobody")
    assert record.reason == f"school North Park, until {until:%Y-%m-%d %H:%M} UTC, Incident 12"
    assert grants_held(cast.outsider)[0].until == until


def test_an_ended_grant_can_be_given_again_and_a_permanent_one_be_limited(cast: Cast, north: School, until, clock):
    clock(until + timedelta(seconds=1))
    assert grants_give(to=cast.outsider, rows=[north], actor=OTTO) == 1
    assert grants_held(cast.outsider)[0].until is None
    limited = until + timedelta(hours=1)
    assert grants_give(to=cast.outsider, rows=[north], actor=OTTO, until=limited) == 1
    assert grants_held(cast.outsider)[0].until == limited


def test_a_grant_cannot_end_before_it_begins(cast: Cast, north: School):
    with pytest.raises(Refused, match="in the future"):
        grants_give(to=cast.outsider, rows=[north], actor=OTTO, until=timezone.now())
    with pytest.raises(CommandError, match="in the future"):
        call_command("grant", "nobody", "--school", "North Park", "--until", "2020-01-01")
    with pytest.raises(CommandError, match="no date"):
        call_command("grant", "nobody", "--school", "North Park", "--until", "tomorrow")


def test_the_command_takes_an_end_and_a_reason(cast: Cast, north: School):
    call_command("grant", "nobody", "--school", "North Park", "--until", "2999-12-01T14:30", "--reason", "Incident 12")
    limit = TimeLimit.objects.get()
    assert (f"{limit.valid_until:%Y-%m-%d %H:%M}", limit.reason) == ("2999-12-01 14:30", "Incident 12")


def test_the_page_takes_an_end_for_what_is_newly_ticked_and_leaves_the_rest(cast: Cast, north: School, south: School):
    otto = Client()
    otto.force_login(cast.system_administrator)
    address = f"/admin/auth/user/{cast.north_principal.pk}/grants/"
    ticked = {"schools": [north.pk, south.pk], "categories": [row.pk for row in Category.objects.all()]}
    otto.post(address, ticked | {"until": "2999-12-01T14:30", "reason": "Incident 12"})
    ends = {grant.row: grant.until for grant in grants_held(cast.north_principal)}
    assert ends[north] is None and f"{ends[south]:%Y-%m-%d %H:%M}" == "2999-12-01 19:30", "half past two at the schools"
    assert "South Hill (until 2999-12-01 14:30 EST)" in otto.get(address).content.decode()
    assert "is past" in otto.post(address, ticked | {"until": "2020-01-01T00:00"}).content.decode()


def test_a_grant_until_the_end_of_the_calendar_is_a_slip_of_the_keyboard(cast: Cast, north: School):
    otto = Client()
    otto.force_login(cast.system_administrator)
    address = f"/admin/auth/user/{cast.north_principal.pk}/grants/"
    answer = otto.post(address, {"schools": [north.pk], "until": "9999-12-31T23:59"})
    assert "Give a year from" in answer.content.decode()
