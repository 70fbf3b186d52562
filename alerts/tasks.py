"""What the workers do. Each task is a few lines; the work is in watching.py, services.py and outbox.py."""

import logging

from celery import shared_task
from django.core.cache import cache

from alerts.clips import clips_cut
from alerts.escalating import alerts_end, alerts_escalate
from alerts.outbox import deliver_kept
from alerts.ringing import glass_ring
from alerts.sending import notices_send
from alerts.services import alert_raise
from alerts.telling import notices_make
from alerts.watching import redis_connection, run_watch
from cameras.leases import is_held
from cameras.selectors import cameras_due

logger = logging.getLogger(__name__)

# A message that no worker takes within this time is dropped; by then the next one is on its way.
WAITING_SECONDS = 4


@shared_task
def dispatch_watches() -> int:
    """Ask for a watch of each camera that is on and that nobody watches; return how many were asked for."""
    connection = redis_connection()
    wanted = [pk for pk in cameras_due() if not is_held(connection, pk)]
    # `add` succeeds once in WAITING_SECONDS: the queue never holds two messages for one camera.
    asked = [pk for pk in wanted if cache.add(f"watch-asked:{pk}", 1, WAITING_SECONDS)]
    for pk in asked:
        watch_camera.apply_async((pk,), expires=WAITING_SECONDS)
    return len(asked)


@shared_task(acks_late=False)
def watch_camera(camera_id: int) -> None:
    """Watch one camera for as long as it lasts; a worker thread is busy with it all that time."""
    logger.info("Camera %s: watch ended: %s", camera_id, run_watch(camera_id))


@shared_task
def deliver_outbox() -> int:
    """Deliver the sightings that waited for the database."""
    return deliver_kept(alert_raise)


@shared_task
def cut_clips() -> int:
    """Cut the clips of alerts that have none yet."""
    return clips_cut()


@shared_task
def send_notices() -> None:
    """Tell people of what happened, and try again what did not get through."""
    notices_make()
    glass_ring()
    notices_send()


@shared_task
def tend_alerts() -> None:
    """Close alerts whose entry has ended; bring those that nobody decided in time to somebody else."""
    alerts_end()
    alerts_escalate()
