"""What expires when. Pure: settings go in as numbers, moments come out; nothing here reads a clock.

All lengths are whole days of 24 hours in UTC, so that neither a change of the clocks in spring nor a time zone makes
one day longer than another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_DAYS = 60  # recordings, alerts and evidence; a setting may only shorten it
EXPORT_DAYS = 7
ACCESS_LOG_YEARS = 6
GRACE = timedelta(hours=1)  # nothing exists, or can be read, longer than its limit and this


@dataclass(frozen=True, slots=True)
class Policy:
    """How long each kind is kept. Raises ValueError for what is longer than allowed, or not a length."""

    recording_days: int = LONGEST_DAYS
    alert_days: int = LONGEST_DAYS
    export_days: int = EXPORT_DAYS

    def __post_init__(self) -> None:
        for name, most in (("recording", LONGEST_DAYS), ("alert", LONGEST_DAYS), ("export", EXPORT_DAYS)):
            days = getattr(self, f"{name}_days")
            if not 1 <= days <= most:
                raise ValueError(
                    f"{name.capitalize()}s are kept 1 to {most} days, not {days}: a setting only shortens."
                )

    @property
    def recordings(self) -> timedelta:
        return timedelta(days=self.recording_days)

    @property
    def alerts(self) -> timedelta:
        return timedelta(days=self.alert_days)

    @property
    def exports(self) -> timedelta:
        return timedelta(days=self.export_days)


def cutoff(now: datetime, keep: timedelta) -> datetime:
    """What ended at this moment or before is to be destroyed at `now`."""
    return now - keep


def entry_ends(own_date: datetime, approved_at: datetime, category_days: int) -> datetime:
    """When a watchlist entry ends: at its own date or its category's limit after the approval, whichever is first."""
    return min(own_date, approved_at + timedelta(days=category_days))


def access_record_ends(written_at: datetime) -> datetime:
    """When a record of the access log may be archived away: six years of 365.25 days after it was written."""
    return written_at + timedelta(days=round(ACCESS_LOG_YEARS * 365.25))


def overdue(first_due: datetime | None, now: datetime) -> bool:
    """Whether something exists that should have been destroyed more than the grace of an hour ago."""
    return first_due is not None and now > first_due + GRACE
