"""Segments into the vault and the index, gaps beside them: the recorder's `Keeper`. Runs in the recorder's thread."""

import logging
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction

from cameras.models import Gap
from cameras.models import Segment as Row
from cameras.recording import state
from cameras.recording.disk import missing_bytes
from cameras.recording.mux import segment_bytes
from cameras.recording.reasons import Reason, RecordingState
from cameras.recording.recorder import NearlyFull
from cameras.recording.shortening import shorten
from cameras.recording.slicing import Segment

logger = logging.getLogger(__name__)

SEAMLESS = timedelta(seconds=1)  # less than this between two segments is no gap
ALARM_EVERY = 60.0


class VaultKeeper:
    """Stores in the vault named in the settings."""

    def __init__(self) -> None:
        self._alarmed_at = float("-inf")

    def keep(self, camera: int, segment: Segment) -> None:
        """Encrypt and store a segment, then its row: a crash in between leaves a file that the sweeper finds.

        Raises NearlyFull, OSError or DatabaseError.
        """
        content = segment_bytes(segment.track, segment.samples)
        self._make_room(len(content))
        try:
            segment_store(camera, segment, content)
        except DatabaseError:
            connection.close()  # or the next attempt would use the broken one
            raise

    def leave_out(self, camera: int, since: float | None, reason: Reason) -> None:
        gap_open(camera, None if since is None else _time(since), reason)

    def report(self, camera: int, state_now: RecordingState) -> None:
        state.report(camera, state_now)

    def _make_room(self, wanted: int) -> None:
        missing = missing_bytes(wanted)
        if missing and settings.LOCKPORT_DISK_FULL == "shorten":
            shorten(missing)
            missing = missing_bytes(wanted)
        if missing:
            if time.monotonic() - self._alarmed_at >= ALARM_EVERY:
                self._alarmed_at = time.monotonic()
                logger.critical(
                    "Recording has stopped on this machine: the disk of the vault is nearly full (%.1f GB more are "
                    "needed). Matching goes on. Free some space, or set LOCKPORT_DISK_FULL=shorten.",
                    missing / 1e9,
                )
            raise NearlyFull("The disk of the vault is nearly full.")


def segment_store(camera_id: int, segment: Segment, content: bytes) -> Row:
    """Write the file, then the row, and close the gap before it."""
    start, end = _time(segment.start), _time(segment.end)
    row = Row(
        camera_id=camera_id,
        start=start,
        end=end,
        codec=segment.track.codec,
        track=segment.track.mark,
        size=len(content),
        has_motion=segment.has_motion,
    )
    vault = storages["vault"]
    saved = vault.save(row.name, ContentFile(content))
    if saved != row.name:  # our clock came by here before
        vault.delete(saved)
        raise FileExistsError(f"{row.name} is there already.")
    try:
        with transaction.atomic():
            _close_gap(camera_id, start)
            row.save(force_insert=True)
    except DatabaseError:
        vault.delete(row.name)
        raise
    return row


def _close_gap(camera_id: int, start: datetime) -> None:
    """End the gap that goes on; where there is none, and a hole all the same, nobody was there to note it."""
    open_gap = Gap.objects.filter(camera_id=camera_id, end=None).first()
    if open_gap is not None and open_gap.start < start - SEAMLESS:
        Gap.objects.filter(pk=open_gap.pk).update(end=start)
        return
    if open_gap is not None:
        open_gap.delete()
        return
    last = last_end(camera_id)
    if last is not None and start - last > SEAMLESS:
        Gap.objects.create(camera_id=camera_id, start=last, end=start, reason=Reason.WORKER)


def gap_open(camera_id: int, since: datetime | None, reason: Reason) -> None:
    """Note that nothing is recorded from `since` (or the last segment's end) on; another reason begins another gap."""
    now = datetime.now(UTC)
    with transaction.atomic():
        last = last_end(camera_id)
        start = since or last or now
        if last is not None:
            start = max(start, last)
        before = Gap.objects.filter(camera_id=camera_id, end=None).first()
        if before is not None:
            if before.reason == reason:
                return
            start = max(since or now, before.start)
            Gap.objects.filter(pk=before.pk).update(end=start)
        Gap.objects.create(camera_id=camera_id, start=start, reason=reason)


def last_end(camera_id: int) -> datetime | None:
    """Where the newest segment of a camera ends."""
    return Row.objects.filter(camera_id=camera_id).order_by("-start").values_list("end", flat=True).first()


def segment_delete(row: Row) -> None:
    """The file first, then the row: what is interrupted is finished by the next attempt."""
    storages["vault"].delete(row.name)
    row.delete()


def _time(unix_seconds: float) -> datetime:
    return datetime.fromtimestamp(unix_seconds, UTC)
