"""How long cameras watched: counted by the minute, once, and said with what nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest

from cameras import health
from cameras.models import Camera, Uptime
from cameras.uptime import uptime_count, uptimes_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, 0, 20, tzinfo=UTC)


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def watched(camera: Camera, at: datetime) -> None:
    health.report(camera.pk, state="watching", last_frame_at=datetime.now(UTC).timestamp())
    uptime_count(at)


def away(camera: Camera, at: datetime) -> None:
    health.report(camera.pk, state="frozen")
    uptime_count(at)


def test_a_minute_is_counted_once_however_often_it_is_asked_for(front_door):
    watched(front_door, NOON)
    assert uptime_count(minutes(0.5)) == 0
    row = Uptime.objects.get()
    assert (row.watching, row.away, row.resting) == (1, 0, 0)


def test_time_away_is_told_from_time_that_nobody_counted(front_door, cast, north):
    for number in range(3):
        watched(front_door, minutes(number))
    away(front_door, minutes(3))
    [found] = uptimes_of(cast.north_principal, north, NOON.date(), minutes(10))
    assert (found.camera, found.watching, found.away, found.unknown) == (front_door, 3, 1, 6)
    assert found.share == 0.75


def test_hours_in_which_it_is_not_meant_to_watch_are_no_time_away(front_door, cast, north):
    watched(front_door, NOON)
    Camera.objects.update(enabled=False)
    uptime_count(minutes(1))
    [found] = uptimes_of(cast.north_principal, north, NOON.date(), minutes(2))
    assert (found.share, found.unknown) == (1, 0)


def test_a_new_day_begins_at_nothing(front_door):
    watched(front_door, NOON)
    watched(front_door, NOON + timedelta(days=1))
    assert list(Uptime.objects.values_list("watching", flat=True)) == [1, 1]


def test_while_the_cache_is_away_nothing_is_counted(front_door, settings):
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert uptime_count(NOON) == 0


def test_other_schools_are_not_spoken_of(front_door, cast, south):
    watched(front_door, NOON)
    assert uptimes_of(cast.south_principal, south, NOON.date(), minutes(1)) == []
    assert uptimes_of(cast.south_principal, front_door.school, NOON.date(), minutes(1)) == []


def test_the_figures_page_says_and_draws_it(front_door, cast, client):
    now = datetime.now(UTC)
    watched(front_door, now - timedelta(minutes=1))
    away(front_door, now)
    client.force_login(cast.north_principal)
    text = client.get("/figures/").content.decode()
    assert "they watched 50.0 % of the time in which they should have" in text
    assert '<th scope="row">Front door</th><td>50.0 %</td><td>1 min</td>' in text
