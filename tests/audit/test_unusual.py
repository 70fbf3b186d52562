"""Each rule of what is worth a look, by itself: what it points out, and what it must not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit import unusual
from audit.unusual import Act, Pointed

NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)  # a Wednesday, 12:00 in New York, 11:00 in Chicago
ZONES = {"North Park": ZoneInfo("America/New_York"), "South Hill": ZoneInfo("America/Chicago")}


def act(minutes: float = 0, **changes) -> Act:
    values = {"actor_id": 7, "actor_name": "Maria Lopez", "subject": "alert 1", "school": "North Park"}
    return Act(at=NOON + timedelta(minutes=minutes), **(values | changes))


def keys(pointed: list[Pointed]) -> list[str]:
    return [found.key for found in pointed]


def test_the_first_act_at_a_school_is_pointed_out_and_no_later_one():
    found = unusual.first_times([act(), act(1), act(2, school="South Hill"), act(3, actor_id=8)], {(8, "North Park")})
    assert keys(found) == ["7:North Park", "7:South Hill"]
    assert found[0].words == "Maria Lopez used something of North Park for the first time."


def test_a_refused_act_is_no_first_time():
    assert unusual.first_times([act(refused=True), act(school="")], set()) == []


@pytest.mark.parametrize(
    ("local", "is_night"),
    [("21:59", False), ("22:00", True), ("02:14", True), ("05:59", True), ("06:00", False), ("12:00", False)],
)
@pytest.mark.parametrize("school", ZONES)
def test_night_is_from_ten_to_six_by_the_schools_own_clock(school, local, is_night):
    hour, minute = map(int, local.split(":"))
    at = datetime(2026, 11, 18, hour, minute, tzinfo=ZONES[school])
    assert bool(unusual.at_night([Act(at, 7, "Maria Lopez", school=school)], ZONES)) is is_night


def test_one_night_is_one_line_though_midnight_is_in_it():
    before, after = act(11 * 60), act(14 * 60)  # 23:00 and 02:00
    (found,) = unusual.at_night([before, after], ZONES)
    assert found.words == "Maria Lopez used something of North Park at night, 2 times, first at 23:00 EST."
    assert found.acts == (before, after)
    assert len(unusual.at_night([before, after, act(38 * 60)], ZONES)) == 2


def test_the_night_the_clocks_go_back_is_one_night():
    early = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 EDT
    acts = [
        Act(early, 7, "Maria", school="North Park"),
        Act(early + timedelta(hours=1), 7, "Maria", school="North Park"),
    ]
    assert len(unusual.at_night(acts, ZONES)) == 1


def looks(count: int, *, apart: float, **changes) -> list[Act]:
    return [act(number * apart, subject=f"alert {number}", **changes) for number in range(count)]


def test_many_different_things_in_ten_minutes_are_pointed_out():
    (found,) = unusual.many_in_a_row(looks(40, apart=0.25))
    assert found.words == "Maria Lopez looked at 40 different things in a row."


@pytest.mark.parametrize(
    "acts",
    [
        looks(39, apart=0.1),
        looks(200, apart=0.3),
        [act(number * 0.01) for number in range(500)],
        looks(60, apart=0.1, action="decided"),
        looks(60, apart=0.1, refused=True),
        [*looks(30, apart=0.1), *looks(30, apart=0.1, actor_id=8)],
    ],
    ids=["too few", "too slowly", "always the same", "no looks", "refused", "two people"],
)
def test_a_busy_morning_is_not_many_in_a_row(acts):
    assert unusual.many_in_a_row(acts) == []


def test_the_longest_row_of_a_day_speaks_for_the_day():
    acts = [*looks(40, apart=0.1), *[act(60 + n * 0.1, subject=f"entry {n}") for n in range(40)]]
    assert len(unusual.many_in_a_row(acts)) == 1


def test_a_school_with_which_somebody_has_little_to_do_is_pointed_out_once_a_week():
    habits = {7: {"North Park": 95, "South Hill": 5}}
    found = unusual.elsewhere([act(school="South Hill"), act(1, school="South Hill"), act(2)], habits)
    assert keys(found) == ["7:South Hill:2026-W47"]
    assert found[0].words == "Maria Lopez, mostly at North Park, used something of South Hill."


@pytest.mark.parametrize("habits", [{}, {7: {"North Park": 19}}, {7: {"North Park": 90, "South Hill": 10}}])
def test_who_is_new_or_has_both_schools_is_not_elsewhere(habits):
    assert unusual.elsewhere([act(school="South Hill")], habits) == []


def test_looks_in_the_day_before_a_grant_ended_are_pointed_out():
    ended = NOON + timedelta(hours=24)
    acts = [act(-1), act(0), act(60, subject="alert 2"), act(61, school="South Hill"), act(62, actor_id=8)]
    (found,) = unusual.before_the_end(acts, [(7, "school North Park", ended)])
    assert found.words == "Maria Lopez looked at 2 different things in the day before a grant ended: school North Park."
    assert unusual.before_the_end([act(-1), act(24 * 60 + 1)], [(7, "school North Park", ended)]) == []


def test_each_refusal_of_a_person_counts_and_those_of_strangers_by_address():
    strangers = [act(n, actor_id=None, actor_name="Somebody", refused=True, address="192.0.2.9") for n in range(5)]
    found = unusual.refusals([act(), act(1, refused=True), *strangers])
    assert [pointed.words for pointed in found] == [
        "Maria Lopez was refused once.",
        "Somebody from 192.0.2.9 was refused 5 times.",
    ]
    assert unusual.refusals(strangers[:4]) == []
