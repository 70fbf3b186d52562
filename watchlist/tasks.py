"""What the work worker does for the watchlist."""

from celery import shared_task

from audit.services import Actor
from watchlist.grants import grants_expire
from watchlist.services import entry_expire


@shared_task
def expire_entries() -> None:
    """End the entries whose day has come, and finish what was interrupted."""
    entry_expire(actor=Actor.worker())


@shared_task
def expire_grants() -> None:
    """Clear away the grants that have ended. Nobody waits for this: they count for nothing from their last moment."""
    grants_expire(actor=Actor.worker())
