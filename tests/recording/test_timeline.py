"""A day of the school as spans of time, right across the changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cameras.recording.timeline import NOT_KEPT, Day, NoSuchTime, clock_words, moment_at, spans

NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN, USUAL = date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 2)


def at(hour: int, minute: int = 0, second: int = 0, *, day: date = USUAL) -> datetime:
    return datetime.combine(day, time(hour, minute, second), NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (USUAL, 24), (AUTUMN, 25)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int):
    found = Day(day, NEW_YORK)
    assert found.seconds == hours * 3600
    assert found.end == Day(day + timedelta(days=1), NEW_YORK).start
    assert len(found.hours) == hours
    assert found.has_hour_twice == (hours == 25)


def test_in_autumn_an_hour_comes_twice_and_both_can_be_told_apart():
    first = moment_at(AUTUMN, time(1, 30), NEW_YORK)
    second = moment_at(AUTUMN, time(1, 30), NEW_YORK, second=True)
    assert second - first == timedelta(hours=1)
    assert clock_words(first, NEW_YORK) == "01:30:00 EDT"
    assert clock_words(second, NEW_YORK) == "01:30:00 EST"
    day = Day(AUTUMN, NEW_YORK)
    assert (day.offset(first), day.offset(second)) == (5400, 9000)
    assert [f"{hour:%H}" for hour in day.hours[:4]] == ["00", "01", "01", "02"]


def test_in_spring_an_hour_is_missing_and_cannot_be_asked_for():
    with pytest.raises(NoSuchTime, match="the clocks went forward"):
        moment_at(SPRING, time(2, 30), NEW_YORK)
    day = Day(SPRING, NEW_YORK)
    assert moment_at(SPRING, time(3), NEW_YORK) - moment_at(SPRING, time(1, 59, 59), NEW_YORK) == timedelta(seconds=1)
    assert [f"{hour:%H}" for hour in day.hours[:4]] == ["00", "01", "03", "04"]
    assert day.offset(at(12, day=SPRING)) == 11 * 3600


def test_the_second_time_is_ignored_where_the_clock_showed_it_once():
    assert moment_at(USUAL, time(1, 30), NEW_YORK, second=True) == at(1, 30)


def test_consecutive_segments_are_one_span_and_gaps_say_why():
    segments = [(at(8) + timedelta(seconds=10 * n), at(8) + timedelta(seconds=10 * n + 10), n >= 3) for n in range(6)]
    gaps = [(at(8, 1), at(8, 5), "nothing came from the camera")]
    later = [(at(8, 5), at(9), False)]
    found = spans(Day(USUAL, NEW_YORK), segments + later, gaps, now=at(23))
    assert [(one.start, one.end, one.has_motion, one.reason) for one in found] == [
        (at(0), at(8), False, NOT_KEPT),
        (at(8), at(8, 0, 30), False, ""),
        (at(8, 0, 30), at(8, 1), True, ""),
        (at(8, 1), at(8, 5), False, "nothing came from the camera"),
        (at(8, 5), at(9), False, ""),
        (at(9), at(23), False, NOT_KEPT),
    ]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_day_recorded_across_a_change_of_the_clocks_has_no_hole(day: date):
    found = Day(day, NEW_YORK)
    step = timedelta(seconds=10)
    segments = [(found.start + step * n, found.start + step * (n + 1), False) for n in range(found.seconds // 10)]
    result = spans(found, segments, [], now=found.end + timedelta(days=1))
    assert [(one.start, one.end, one.is_recorded) for one in result] == [(found.start, found.end, True)]


def test_a_gap_that_goes_on_lasts_until_now():
    segments = [(at(8), at(9), False)]
    found = spans(Day(USUAL, NEW_YORK), segments, [(at(9), None, "the disk was nearly full")], now=at(10))
    assert (found[-1].start, found[-1].end, found[-1].reason) == (at(9), at(10), "the disk was nearly full")


def test_the_seconds_that_are_not_stored_yet_are_no_gap():
    found = spans(Day(USUAL, NEW_YORK), [(at(0), at(9), False)], [], now=at(9, 0, 20))
    assert [one.is_recorded for one in found] == [True]


def test_a_segment_over_midnight_belongs_to_both_days():
    segment = [(at(23, 59, 55), at(23, 59, 55) + timedelta(seconds=10), False)]
    today, tomorrow = Day(USUAL, NEW_YORK), Day(USUAL + timedelta(days=1), NEW_YORK)
    assert spans(today, segment, [], now=tomorrow.end)[-1].end == today.end
    assert spans(tomorrow, segment, [], now=tomorrow.end)[0].start == tomorrow.start


def test_spans_never_overlap_even_when_our_clock_was_set_back():
    segments = [(at(8), at(8, 10), False), (at(8, 5), at(8, 15), False), (at(8, 7), at(8, 9), False)]
    found = spans(Day(USUAL, NEW_YORK), segments, [], now=at(12))
    for before, after in zip(found, found[1:], strict=False):
        assert before.end == after.start
