"""Deleting the oldest recordings when the disk is nearly full: only where LOCKPORT_DISK_FULL says "shorten"."""

import logging
from datetime import UTC, datetime, timedelta

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import OuterRef, Subquery

from audit.services import Actor, record_access
from cameras.models import Camera, Gap, Segment
from cameras.recording.reasons import Reason
from retention.holding import spared

logger = logging.getLogger(__name__)

AT_ONCE = 200  # segments that are deleted, and recorded in the access log, together


def shorten(missing: int) -> int:
    """Delete the oldest recordings until `missing` bytes are free; the bytes that were. Recorded in the access log.

    Today's (UTC) are never deleted: a recording that ends with what was recorded an hour ago is none.
    """
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    freed = 0
    while freed < missing:
        rows = _oldest(today)
        if not rows:
            break
        freed += _delete(rows)
    return freed


def _oldest(before: datetime) -> list[Segment]:
    """The oldest segments of the camera whose recordings reach back farthest."""
    first = Segment.objects.filter(camera=OuterRef("pk")).order_by("start").values("start")[:1]
    held = spared().spans  # named by a legal hold, and not yet copied
    for camera in Camera.objects.annotate(first=Subquery(first)).filter(first__lt=before).order_by("first"):
        rows = Segment.objects.filter(camera=camera, start__lt=before)
        for span in held:
            rows = rows.exclude(camera=span.camera, start__lt=span.end, end__gt=span.start)
        if found := list(rows.select_related("camera__school").order_by("start")[:AT_ONCE]):
            return [row for row in found if row.start < found[0].start + timedelta(days=1)]
    return []


def _delete(rows: list[Segment]) -> int:
    camera, start, end = rows[0].camera, rows[0].start, rows[-1].end
    words = f"{len(rows)} recordings of {camera}, {start:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC"
    record_access(
        actor=Actor.worker(), action="deleted early", subject=words, reason="The disk of the vault was nearly full."
    )
    logger.warning("The disk is nearly full: deleting %s", words)
    vault = storages["vault"]
    for row in rows:
        vault.delete(row.name)
    with transaction.atomic():
        Segment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        before = Gap.objects.filter(camera=camera, reason=Reason.SHORTENED, end=start).first()
        if before is not None:
            Gap.objects.filter(pk=before.pk).update(end=end)
        else:
            Gap.objects.create(camera=camera, start=start, end=end, reason=Reason.SHORTENED)
    return sum(row.size for row in rows)
