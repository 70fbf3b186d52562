"""Turning sightings into alerts: one for each person, camera and suppression window, whoever reports them."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F

from alerts.events import announce
from alerts.models import Alert, AlertEvent
from alerts.models import Sighting as SightingRow
from alerts.sightings import Sighting
from audit.services import Actor, record_access
from cameras.models import Camera
from retention.vault import discard
from watchlist.models import Entry

# How much better a later shot must be before it replaces the evidence that somebody may be looking at.
CLEARLY_BETTER = 0.1


def alert_raise(sighting: Sighting) -> Alert | None:
    """Raise an alert for the sighting, or add it to the one that is open. Delivered twice, it counts once.

    Returns None, and keeps nothing, when the entry was withdrawn or expired meanwhile, or the camera hangs where nobody
    is recognised. Raises DatabaseError or OSError when it cannot be stored: then the caller keeps the sighting (see
    outbox.py).
    """
    with transaction.atomic():
        earlier = SightingRow.objects.filter(handle=sighting.handle).select_related("alert").first()
        if earlier is not None:
            return earlier.alert
        # The lock makes workers that see one person at once take turns: the second finds the first one's alert.
        # (SQLite has no row locks and needs none: there a transaction is alone from its beginning.)
        entry = Entry.objects.active().select_for_update(no_key=True).filter(pk=sighting.entry).first()
        is_refused = not Camera.objects.filter(pk=sighting.camera, place__in=Camera.RECOGNISED_PLACES).exists()
        if entry is None or is_refused:
            return None
        seen_at = _time(sighting.seen_at)
        windows = Alert.objects.filter(entry=entry, camera_id=sighting.camera)
        windows.filter(window_open=True, window_ends__lte=seen_at).update(window_open=False)
        alert = windows.filter(first_seen__lte=seen_at, window_ends__gt=seen_at).first()
        is_new = alert is None
        if alert is None:
            alert = _create(sighting, entry)
        SightingRow.objects.create(alert=alert, handle=sighting.handle, seen_at=seen_at, distance=sighting.distance)
        if is_new:  # told to the browsers; that somebody is still there is no news, and each telling is a recorded look
            announce(alert, AlertEvent.Kind.RAISED)
        else:
            _update(alert, sighting)
        return alert


def _create(sighting: Sighting, entry: Entry) -> Alert:
    first_seen = _time(sighting.first_seen)
    ends = _time(sighting.seen_at) + timedelta(seconds=settings.LOCKPORT_SUPPRESSION_SECONDS)
    newer_is_open = Alert.objects.filter(entry=entry, camera_id=sighting.camera, window_open=True).exists()
    alert = Alert(
        entry=entry,
        category_id=entry.category_id,
        camera_id=sighting.camera,
        first_seen=first_seen,
        last_seen=_time(sighting.seen_at),
        window_ends=ends,
        # A sighting that waited in the outbox may be older than the open window: then its own is over already.
        window_open=not newer_is_open,
        gallery_size=sighting.gallery_size,
        gallery_version=sighting.gallery_version,
        model=sighting.model,
    )
    _set_evidence(alert, sighting)
    try:
        with transaction.atomic():
            alert.save()
    except BaseException:
        discard(alert.owner, _files(alert), alert.face.storage)
        raise
    record_access(actor=Actor.worker(), action="raised", subject=alert)
    return alert


def _update(alert: Alert, sighting: Sighting) -> None:
    Alert.objects.filter(pk=alert.pk).update(sightings=F("sightings") + 1)
    alert.refresh_from_db()
    alert.last_seen = max(alert.last_seen, _time(sighting.seen_at))
    changed = ["last_seen"]
    if alert.status == Alert.Status.WAITING and sighting.quality > alert.quality + CLEARLY_BETTER:
        outdated = _files(alert)
        _set_evidence(alert, sighting)
        changed += ["face", "frame", "runner_up", *EVIDENCE_VALUES]
        transaction.on_commit(lambda: _delete(alert.face.storage, outdated))
    alert.save(update_fields=changed)


EVIDENCE_VALUES = [
    "distance",
    "raw_distance",
    "threshold",
    "frames_used",
    "quality",
    "runner_up_distance",
    "cannot_separate",
]


def _set_evidence(alert: Alert, sighting: Sighting) -> None:
    for value in EVIDENCE_VALUES:
        setattr(alert, value, getattr(sighting, value))
    # An entry that has ended meanwhile is nobody any more; that two matched stays true.
    alert.runner_up = Entry.objects.active().filter(pk=sighting.runner_up).first() if sighting.runner_up else None
    alert.face = ContentFile(sighting.face, name="face.jpg")
    alert.frame = ContentFile(sighting.frame, name="frame.jpg")


def _files(alert: Alert) -> list[str]:
    return [str(alert.face.name), str(alert.frame.name)]


def _delete(storage: Storage, names: list[str]) -> None:
    for name in names:
        storage.delete(name)


def _time(unix_seconds: float) -> datetime:
    return datetime.fromtimestamp(unix_seconds, UTC)
