"""What the work worker does for cameras."""

from celery import shared_task

from cameras.recording.exports import export_make
from cameras.uptime import uptime_count


@shared_task(acks_late=True)  # what a worker that died was making is made by another one
def make_export(export_id: int) -> None:
    """Make the file of an export."""
    export_make(export_id)


@shared_task
def count_uptime() -> int:
    """Count which cameras watch in this minute."""
    return uptime_count()
