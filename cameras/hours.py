"""The hours in which a camera is watched. Pure: local times in, yes or no out."""

from datetime import datetime, time

EVERY_DAY = "1234567"  # Monday to Sunday, as isoweekday() counts


def is_within(local: datetime, days: str, begin: time | None, end: time | None) -> bool:
    """Whether `local`, a time on the school's own clock, lies within the hours; `end` itself is outside.

    Without `begin` and `end` a day counts in full. An `end` that is not after `begin` is that of the next morning,
    which belongs to the day on which the night began.
    """
    today = str(local.isoweekday()) in days
    if begin is None or end is None:
        return today
    clock = local.time()
    if begin < end:
        return today and begin <= clock < end
    yesterday = str((local.isoweekday() - 2) % 7 + 1) in days
    return (today and clock >= begin) or (yesterday and clock < end)
