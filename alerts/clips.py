"""The clip of an alert: from ten seconds before to twenty after, cut from the recording, kept with the alert's key.

A task looks every few seconds for alerts that have none yet, so a worker that was away, or a message that was lost,
costs nothing but time.
"""

import logging
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from alerts.models import Alert, Clip
from audit.services import Actor, record_access
from cameras.models import Gap
from cameras.recording.reasons import Reason
from cameras.recording.selectors import segments_between, video_between
from cameras.recording.slicing import Mode
from cameras.recording.storing import last_end
from retention.keys import Unreadable

logger = logging.getLogger(__name__)

BEFORE, AFTER = timedelta(seconds=10), timedelta(seconds=20)
PATIENCE = timedelta(seconds=60)  # after the clip's end: by then what is recorded is stored
LOOK_BACK = timedelta(hours=6)  # an alert may have waited in a worker's outbox
AT_ONCE = 20

NO_RECORDING = "There is no recording: "


def clips_cut(now: datetime | None = None) -> int:
    """Cut the clips that can be cut now; return how many."""
    now = now or timezone.now()
    due = Alert.objects.filter(clip=None, first_seen__lte=now - AFTER, created_at__gte=now - LOOK_BACK)
    rows = due.select_related("camera__school").order_by("first_seen")[:AT_ONCE]
    return sum(clip_cut(row, now) for row in rows)


def clip_cut(alert: Alert, now: datetime) -> bool:
    """Cut one clip, or note why there is none; False while more of the recording is still to come."""
    start, end = alert.first_seen - BEFORE, alert.first_seen + AFTER
    is_recorded = alert.camera.recording_mode is not Mode.OFF
    stored = last_end(alert.camera_id)
    if is_recorded and now < end + PATIENCE and (stored is None or stored < end):
        return False
    try:
        content = video_between(alert.camera, start, end) if segments_between(alert.camera, start, end) else b""
    except (FileNotFoundError, Unreadable):
        content = b""
    clip = Clip(alert=alert, start=start, end=end)
    if content:
        clip.file = ContentFile(content, name="clip.mp4")
    else:
        clip.problem = why_not(alert, start, end)
    try:
        with transaction.atomic():
            record_access(actor=Actor.worker(), action="cut a clip for", subject=alert, reason=clip.problem)
            clip.save()
    except (IntegrityError, FileExistsError):  # another worker was first
        logger.info("The clip of alert %s was there already", alert.pk)
    return True


def why_not(alert: Alert, start: datetime, end: datetime) -> str:
    """Why there is no clip, in a sentence as it is stored; cards.py says it in the language of the page."""
    if alert.camera.recording_mode is Mode.OFF:
        return gettext_noop("This camera is not recorded.")
    gaps = Gap.objects.filter(camera=alert.camera, start__lt=end).exclude(end__lte=start)
    gap = gaps.order_by("-start").first()
    return (
        f"{NO_RECORDING}{Reason(gap.reason).words}." if gap else gettext_noop("There is no recording of these seconds.")
    )
