"""The time that retention goes by: it never goes back, whatever the machine's clock does (docs/decisions/0009).

Where the machine's clock is set back, retention's goes on from where it was by what passes from then on: nothing is
kept longer for it. A clock that moves forward is believed, because a machine that was off for weeks looks the same;
but not where the database server's own clock disagrees.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from retention.models import Clock

MOST_APART = timedelta(hours=1)  # of this machine's clock and the database server's
ROW = 1


class ClockProblem(Exception):
    """Two clocks disagree: nothing is destroyed until they agree. The message says which."""


def advance(latest: datetime, wall: datetime, now: datetime) -> datetime:
    """Retention's new time: `latest` was it when the machine's clock said `wall`; that says `now` now. Pure."""
    if now >= latest:
        return now
    return latest + max(now - wall, timedelta(0))


def tick() -> datetime:
    """Bring retention's time up to date and return it. Raises ClockProblem."""
    wall = timezone.now()
    _refuse_disagreement(wall)
    with transaction.atomic():
        row, _ = Clock.objects.select_for_update().get_or_create(pk=ROW, defaults={"latest": wall, "wall": wall})
        row.latest, row.wall = advance(row.latest, row.wall, wall), wall
        row.save(update_fields=["latest", "wall"])
        return row.latest


def now() -> datetime:
    """Retention's time, without changing anything."""
    wall = timezone.now()
    row = Clock.objects.filter(pk=ROW).first()
    return wall if row is None else advance(row.latest, row.wall, wall)


def behind() -> timedelta:
    """How far the machine's clock is behind retention's: more than seconds means that it was set back."""
    return now() - timezone.now()


def take_turn() -> None:
    """Wait until no other purger, and nobody who approves a hold, is in a transaction; needs one that is open."""
    wall = timezone.now()
    Clock.objects.get_or_create(pk=ROW, defaults={"latest": wall, "wall": wall})
    Clock.objects.select_for_update().get(pk=ROW)


def accept_wall() -> datetime:
    """Have retention go by the machine's clock again, after it was wrong in the future and has been corrected."""
    wall = timezone.now()
    Clock.objects.update_or_create(pk=ROW, defaults={"latest": wall, "wall": wall})
    return wall


def _refuse_disagreement(wall: datetime) -> None:
    if connection.vendor != "postgresql":  # SQLite has no clock of its own
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        other = cursor.fetchone()[0]
    if abs(other - wall) > MOST_APART:
        raise ClockProblem(
            f"This machine's clock says {wall:%Y-%m-%d %H:%M} UTC, the database server's {other:%Y-%m-%d %H:%M} UTC. "
            "Set the wrong one right: until then nothing is destroyed."
        )
