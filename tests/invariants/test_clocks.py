"""Invariant 2 across changes of the clock: daylight saving, and a clock that is set back or disagrees."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from retention import clock
from retention.clock import advance
from retention.purging import purge
from tests.invariants.recordings import LENGTH, can_be_read

pytestmark = pytest.mark.django_db(transaction=True)
NEW_YORK = ZoneInfo("America/New_York")
SIXTY = timedelta(days=60)
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 2, 20, 2, 30, tzinfo=NEW_YORK),  # the clocks go forward on 8 March
        datetime(2026, 10, 1, 1, 30, tzinfo=NEW_YORK),  # and back on 1 November
        datetime(2026, 11, 1, 1, 30, fold=0, tzinfo=NEW_YORK),  # in the hour that comes twice: the first time
        datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK),  # and the second
    ],
)
def test_sixty_days_are_sixty_times_24_hours_whatever_the_wall_clock_at_the_school_shows(wall, recordings, moment):
    wall.now = moment.astimezone(UTC)
    name = recordings.add(wall.now)
    end = wall.now + LENGTH
    wall.now = end + SIXTY - timedelta(seconds=1)
    purge()
    assert can_be_read(name)
    wall.now = end + SIXTY
    purge()
    assert not can_be_read(name)


def test_a_clock_that_is_set_back_keeps_nothing_longer(wall, recordings):
    name = recordings.add(wall.now)
    wall.pass_by(days=40)
    purge()
    wall.pass_by(days=-30)  # somebody sets it back; it is looked at every minute
    clock.tick()
    for _ in range(19 * 24):
        wall.pass_by(hours=1)
        clock.tick()
    purge()
    assert can_be_read(name), "59 days have passed"
    wall.pass_by(days=1, hours=1)
    purge()
    assert not can_be_read(name), "the clock shows 30 days, but 60 have passed"


def test_a_clock_that_is_set_back_destroys_nothing_early(wall, recordings):
    wall.pass_by(days=30)
    name = recordings.add(wall.now)
    purge()
    wall.pass_by(days=-20)
    purge()
    assert can_be_read(name)
    wall.pass_by(days=59)
    purge()
    assert can_be_read(name)


def test_a_clock_that_was_corrected_after_being_ahead_is_accepted_by_command_and_that_is_recorded(wall):
    from audit.models import AccessRecord

    wall.pass_by(days=365)
    clock.tick()
    wall.pass_by(days=-365)
    assert clock.behind() == timedelta(days=365)
    call_command("clock_corrected", "The battery was empty.")
    assert clock.behind() == timedelta(0)
    assert AccessRecord.objects.get(subject="retention's clock").reason == "The battery was empty."


@given(st.lists(st.integers(-10_000, 10_000), max_size=50))
def test_the_time_never_goes_back_and_never_stands_still_while_the_clock_goes(steps):
    latest = wall = START
    for step in steps:
        now = wall + timedelta(seconds=step)
        later = advance(latest, wall, now)
        assert later >= latest and later >= now
        assert later - latest >= timedelta(seconds=step) or later == now
        latest, wall = later, now


@pytest.mark.services
def test_nothing_is_destroyed_while_the_database_servers_clock_disagrees(recordings, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no clock of its own")
    name = recordings.add(datetime.now(UTC))
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.now(UTC) + timedelta(days=400))
    run = purge()
    assert "Set the wrong one right" in run.errors[0]
    assert can_be_read(name)
