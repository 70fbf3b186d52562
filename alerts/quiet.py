"""Quiet hours by a school's clock. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_ends(moment: datetime, zone: ZoneInfo, hours: tuple[time, time] | None) -> datetime:
    """When a message of `moment` may be sent: at once, or when the quiet hours it falls into end (UTC).

    Hours may pass midnight ("21:00 to 06:30"). They are those on the wall: on the day of a clock change the night is
    an hour longer or shorter, and the end a wall clock skips is the moment after the gap (PEP 495).
    """
    if hours is None or hours[0] == hours[1]:
        return moment
    begin, end = hours
    local = moment.astimezone(zone)
    now = local.time().replace(tzinfo=None)
    over_midnight = begin > end
    is_quiet = (now >= begin or now < end) if over_midnight else begin <= now < end
    if not is_quiet:
        return moment
    day = local.date() + timedelta(days=1 if over_midnight and now >= begin else 0)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
