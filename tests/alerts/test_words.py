"""Numbers become words that claim no more than was measured."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts import words

NEW_YORK = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 20, 13, 14, 7, tzinfo=UTC)


def test_a_time_is_the_schools_with_its_zone():
    assert words.clock(MORNING, NEW_YORK, now=MORNING) == "08:14:07 EST"


def test_a_time_of_another_day_has_its_date():
    assert words.clock(MORNING, NEW_YORK, now=MORNING + timedelta(days=1)) == "Fri 20 Nov, 08:14:07 EST"


def test_the_day_is_the_schools_own_and_not_that_of_utc():
    late = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    assert words.clock(late, NEW_YORK, now=late - timedelta(hours=3)) == "21:00:00 EST"


def test_the_hour_that_summer_time_repeats_is_told_apart():
    before = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    after = before + timedelta(hours=1)
    assert words.clock(before, NEW_YORK, now=after) == "01:30:00 EDT"
    assert words.clock(after, NEW_YORK, now=after) == "01:30:00 EST"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-3, "just now"),
        (40, "40 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "1 day ago"),
        (86_400 * 4, "4 days ago"),
    ],
)
def test_how_long_ago_is_rounded_down(seconds: int, text: str):
    assert words.ago(MORNING, MORNING + timedelta(seconds=seconds)) == text


def test_a_closer_face_is_never_said_to_be_less_alike():
    bars = [words.likeness(distance / 100, -0.1).filled for distance in range(-60, -10)]
    assert bars == sorted(bars, reverse=True)
    assert words.likeness(-0.11, -0.1).sentence == "Only just closer than the limit"
    assert words.likeness(-0.16, -0.1).sentence == "Closer than the limit"
    assert words.likeness(-0.40, -0.1).sentence == "Much closer than the limit"


def test_what_is_over_the_limit_is_not_called_close():
    assert words.likeness(0.0, -0.1).sentence == "Farther than the limit"


def test_every_likeness_comes_with_its_doubt_and_never_as_a_percentage():
    for distance in (-0.5, -0.2, -0.1, 0.0, 0.2, 0.6):
        said = words.likeness(distance, -0.1)
        assert "stranger" in said.doubt
        assert "%" not in said.sentence + said.doubt


def test_no_more_strangers_are_claimed_than_were_counted():
    assert words.strangers(-0.9) == "fewer than 1 stranger in 30,000 looks this alike"


def test_a_longer_list_is_likelier_to_hold_a_look_alike():
    assert words.strangers(-0.9, gallery=1) != words.strangers(-0.06, gallery=1)
    assert "somebody on the list" in words.strangers(-0.06, gallery=100)


def test_rates_are_rounded_to_what_is_known():
    assert [words.rounded(count) for count in (1.6, 12.4, 137.0, 4_380.0)] == [2, 12, 100, 4000]


def test_telephone_numbers_in_a_protocol_can_be_called():
    steps = words.protocol_steps("Call 911, then the office (716 555-0134).\n\n Wait. ")
    assert [part.telephone for part in steps[0]] == ["", "911", "", "7165550134", ""]
    assert "".join(part.text for part in steps[0]) == "Call 911, then the office (716 555-0134)."
    assert [part.text for part in steps[1]] == ["Wait."]


def test_years_and_numbers_of_orders_are_not_telephone_numbers():
    assert all(not part.telephone for part in words.protocol_steps("Order 12 of 2026, room 204.")[0])
