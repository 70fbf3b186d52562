"""Quiet hours by the clock on a school's wall."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from alerts.quiet import quiet_ends

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = (time(21), time(6, 30))


def ends(moment: str, hours=NIGHT) -> str:
    local = datetime.fromisoformat(moment).replace(tzinfo=NEW_YORK)
    return quiet_ends(local.astimezone(UTC), NEW_YORK, hours).astimezone(NEW_YORK).strftime("%m-%d %H:%M %Z")


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-01-15 20:59", "01-15 20:59 EST"),
        ("2026-01-15 21:00", "01-16 06:30 EST"),
        ("2026-01-16 00:30", "01-16 06:30 EST"),
        ("2026-01-16 06:29", "01-16 06:30 EST"),
        ("2026-01-16 06:30", "01-16 06:30 EST"),
        ("2026-12-31 23:00", "01-01 06:30 EST"),
        # The nights in which clocks change are an hour shorter and an hour longer, and end at the same time.
        ("2026-03-07 23:00", "03-08 06:30 EDT"),
        ("2026-10-31 23:00", "11-01 06:30 EST"),
    ],
)
def test_a_night_ends_in_the_morning_by_the_school_s_clock(moment: str, sent: str):
    assert ends(moment) == sent


def test_hours_within_a_day():
    assert ends("2026-01-15 12:30", (time(12), time(13))) == "01-15 13:00 EST"
    assert ends("2026-01-15 13:00", (time(12), time(13))) == "01-15 13:00 EST"


def test_without_quiet_hours_nothing_waits():
    assert ends("2026-01-15 23:00", None) == "01-15 23:00 EST"
    assert ends("2026-01-15 23:00", (time(9), time(9))) == "01-15 23:00 EST"
