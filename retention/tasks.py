"""What the work worker does every hour. The sweeper is another process: manage.py sweep."""

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
    """Destroy what is due."""
    purging.purge()
