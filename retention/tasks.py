"""What the work worker does every hour. The sweeper is another process: manage.py sweep."""

from celery import shared_task

from retention import purging


@shared_task
def purge() -> None:
    """Destroy what is due."""
    purging.purge()
