"""A hold is asked for by the clock of the school whose camera it names, and shown by it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from cameras.models import Camera
from retention.models import Hold
from tests.alerts.conftest import make_alert, make_entry

pytestmark = pytest.mark.django_db(transaction=True)
HOLDS = "/retention/holds/"
WORDS = {"instrument": "Order 9", "reason": "A suit", "last_day": "2099-06-30"}


@pytest.fixture
def officer(cast) -> Client:
    client = Client()
    client.force_login(cast.privacy_officer)
    return client


def asked(officer: Client, camera: Camera, start: str, end: str) -> Hold:
    given = WORDS | {"camera": camera.pk, "start": start, "end": end}
    assert officer.post(HOLDS, given).status_code == 302
    return Hold.objects.latest("pk")


def test_the_clock_is_the_schools_and_it_is_named(officer, front_door):
    assert "by the clock of the school: America/New_York." in officer.get(HOLDS).content.decode()
    hold = asked(officer, front_door, "2026-07-01T08:00", "2026-07-01T09:00")
    assert hold.period_start == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert hold.until == datetime(2099, 7, 1, 4, tzinfo=UTC), "the end of the last day at the school"
    shown = officer.get(HOLDS).content.decode()
    assert "2026-07-01 08:00 EDT to 2026-07-01 09:00 EDT" in shown and "2099-07-01 00:00 EDT" in shown


def test_of_schools_in_two_zones_each_goes_by_its_own(officer, front_door, south):
    door = Camera.objects.create(school=south, name="South door", address="usb:0")
    shown = officer.get(HOLDS).content.decode()
    assert "(America/Chicago)" in shown and "(America/New_York)" in shown and "named beside each camera" in shown
    hold = asked(officer, door, "2026-07-01T08:00", "2026-07-01T09:00")
    assert hold.period_start == datetime(2026, 7, 1, 13, tzinfo=UTC)
    assert "2026-07-01 08:00 CDT" in officer.get(HOLDS).content.decode()


def test_when_clocks_change_nothing_that_was_asked_for_is_lost(officer, front_door):
    twice = asked(officer, front_door, "2026-11-01T01:00", "2026-11-01T01:30")
    assert (twice.period_end - twice.period_start).total_seconds() == 90 * 60, "the first and the second half past one"
    never = asked(officer, front_door, "2026-03-08T02:30", "2026-03-08T03:30")
    assert never.period_start <= datetime(2026, 3, 8, 7, tzinfo=UTC) and never.period_end.hour == 7


def test_an_alert_is_held_by_its_own_schools_clock(officer, cast, banned, south):
    alert = make_alert(
        make_entry(cast, banned), Camera.objects.create(school=south, name="South door", address="usb:0")
    )
    officer.post(HOLDS, WORDS | {"alert": alert.pk})
    assert Hold.objects.get().until == datetime(2099, 7, 1, 5, tzinfo=UTC)
    assert "CDT" in officer.get(HOLDS).content.decode()


@pytest.mark.parametrize("name", ["last_day", "end"])
def test_a_hold_takes_no_day_at_the_end_of_the_calendar(officer, front_door, name):
    given = WORDS | {"camera": front_door.pk, "start": "2026-07-01T08:00", "end": "2026-07-01T09:00"}
    far = {"last_day": "9999-12-31", "end": "9999-12-31T23:59"}
    answer = officer.post(HOLDS, given | {name: far[name]})
    assert answer.status_code == 422 and "Give a year from 1900" in answer.content.decode()
