"""What the work worker does every minute: look at the clock, and purge once an hour. The sweeper is a process apart."""

from contextlib import suppress

from celery import shared_task

from retention import clock, purging


@shared_task
def tick() -> None:
    """Look at the clock every minute: what is lost when it is set back is the time since the last look."""
    with suppress(clock.ClockProblem):  # the purge says so
        clock.tick()


@shared_task
def purge() -> None:
    """Destroy what is due, unless a purge has come to its end within the hour. A new Lockport purges at once."""
    if purging.is_due():
        purging.purge()
