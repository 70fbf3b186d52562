"""The hours in which a camera is watched, on the school's own clock."""

from datetime import UTC, datetime, time

import pytest

from cameras.hours import EVERY_DAY, is_within
from cameras.models import Camera

MONDAY, SATURDAY, SUNDAY = datetime(2026, 11, 23), datetime(2026, 11, 28), datetime(2026, 11, 29)


@pytest.mark.parametrize(
    ("clock", "inside"),
    [((6, 59, 59), False), ((7, 0, 0), True), ((17, 29, 59), True), ((17, 30, 0), False)],
)
def test_hours_begin_on_the_second_and_end_before_it(clock, inside):
    moment = MONDAY.replace(hour=clock[0], minute=clock[1], second=clock[2])
    assert is_within(moment, "12345", time(7), time(17, 30)) is inside


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (SATURDAY.replace(hour=18), False),
        (SATURDAY.replace(hour=2), True),  # the night that began on Friday
        (SUNDAY.replace(hour=2), False),
        (MONDAY.replace(hour=2), False),  # Sunday's night is not watched
        (MONDAY.replace(hour=23), True),
        (MONDAY.replace(hour=12), False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(moment, inside):
    assert is_within(moment, "12345", time(18), time(6)) is inside


def test_without_hours_a_day_counts_in_full():
    assert is_within(MONDAY, EVERY_DAY, None, None)
    assert not is_within(SUNDAY, "12345", None, None)


def test_the_school_s_clock_counts_also_when_it_changes(north):
    camera = Camera(school=north, name="Gym", watch_from=time(7), watch_until=time(15))  # New York
    before, after = datetime(2026, 10, 31, 11, 0, tzinfo=UTC), datetime(2026, 11, 1, 11, 59, tzinfo=UTC)
    assert camera.is_due(before), "07:00 in summer time"
    assert not camera.is_due(after), "06:59 in winter time"
    assert camera.is_due(datetime(2026, 11, 1, 12, 0, tzinfo=UTC))
