from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from audit.filters import Filter, FilterForm

NEW_YORK = ZoneInfo("America/New_York")


def form(**data: str) -> FilterForm:
    return FilterForm(data, zones={"America/New_York", "UTC"}, usual=NEW_YORK)


def test_everything_can_be_asked_for_at_once_and_comes_back_from_the_address():
    asked = {
        "who": "7",
        "about": "entry 5",
        "subject": "alert 1042",
        "school": "North Park",
        "act": "looked at",
        "result": "refused",
        "since": "2026-11-01",
        "until": "2026-11-08",
        "zone": "UTC",
    }
    given = form(**asked)
    assert given.is_valid(), given.errors
    wanted = given.cleaned()
    assert wanted == Filter(
        **(asked | {"since": date(2026, 11, 1), "until": date(2026, 11, 8), "zone": ZoneInfo("UTC")})
    )
    assert wanted.query() == "&".join(f"{k}={v.replace(' ', '+')}" for k, v in asked.items())


def test_a_day_is_the_zones_own_also_when_the_clocks_change():
    # On 1 November 2026 clocks go back at 02:00: that day has 25 hours.
    wanted = Filter(since=date(2026, 11, 1), until=date(2026, 11, 1), zone=NEW_YORK)
    assert wanted.begins == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert wanted.ends == datetime(2026, 11, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("who", "maria"),
        ("who", "1" * 19),
        ("about", "Robin Vale"),
        ("subject", "1042"),
        ("subject", "alert 1042; drop"),
        ("result", "maybe"),
        ("since", "yesterday"),
        ("since", "0001-01-01"),
        ("until", "9999-12-31"),
        ("zone", "Mars/Olympus"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(field, value):
    given = form(**{field: value})
    assert not given.is_valid()
    assert list(given.errors) == [field]


def test_a_period_that_ends_before_it_begins_is_refused():
    assert "until" in form(since="2026-11-08", until="2026-11-01").errors


@pytest.mark.parametrize("typed", ["5", "entry 5", " Entry 5 ", "005"])
def test_an_entry_can_be_named_by_its_number_alone(typed):
    given = form(about=typed)
    assert given.is_valid()
    assert given.cleaned().about == "entry 5"


def test_the_filter_says_itself_for_the_record_of_who_asked():
    wanted = Filter(who="7", school="North Park", act="look", since=date(2026, 11, 1), zone=NEW_YORK)
    words = "acts of Maria Lopez (account 7), at North Park, of the kind “Looking”, from 2026-11-01"
    assert wanted.words("Maria Lopez") == f"{words} (days in America/New_York)"
    assert Filter().words() == "everything"


def test_one_thing_can_be_asked_for_no_longer():
    wanted = Filter(who="7", since=date(2026, 11, 1))
    assert wanted.widened("since") == Filter(who="7")
    assert wanted.widened("who") == Filter(since=date(2026, 11, 1))
