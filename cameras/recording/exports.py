"""Exports: asked for with a reason, decided by a second person where faces stay as they are, made by a worker."""

import hashlib
import json
import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.services import Actor, record_access
from cameras.models import Camera, Export
from cameras.recording.blurring import Find, Watermark, faces_with, made_fit
from cameras.recording.kept import Recorded
from cameras.recording.mux import joined
from cameras.recording.selectors import chunks, pieces_of, segments_between
from cameras.recording.timeline import clock_words
from cameras.vision.detect import BlazeDetector, DetectOptions
from lockport.saying import name_of
from retention.checks import policy
from retention.keys import Unreadable

logger = logging.getLogger(__name__)

MOST_MINUTES = 10
SMALLEST_FACE = 32  # pixels: far smaller than what is recognised, for people recognise more than machines
Status = Export.Status


class NotAllowed(Exception):
    """What was asked for is not possible; the message is fit for people."""


@transaction.atomic
def export_request(
    *,
    camera: Camera,
    period: tuple[datetime, datetime],
    reason: str,
    is_blurred: bool,
    clip: str = "",
    by: User,
    actor: Actor,
) -> Export:
    """Ask for an export. One with faces blurred may be made at once; another one waits for a second person."""
    start, end = period
    if end - start > timedelta(minutes=MOST_MINUTES):
        raise NotAllowed(
            _("An export is at most %(minutes)s minutes long. Ask for several.") % {"minutes": MOST_MINUTES}
        )
    export = Export.objects.create(
        camera=camera,
        start=start,
        end=end,
        clip=clip,
        reason=reason,
        is_blurred=is_blurred,
        asked_by=by,
        status=Status.MAKING if is_blurred else Status.WAITING,
    )
    faces = "faces blurred" if is_blurred else "faces not blurred"
    words = f"{start:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC, {faces}: {reason}"
    record_access(actor=actor, action="asked for", subject=export, reason=words)
    return export


@transaction.atomic
def export_decide(*, export: Export, agrees: bool, by: User, actor: Actor) -> Export:
    """Agree to an export with faces as they are, or refuse it. Raises NotAllowed for whoever asked for it."""
    export = Export.objects.select_for_update().get(pk=export.pk)
    if export.status != Status.WAITING:
        raise NotAllowed(_("This export waits for nobody: somebody has decided already."))
    if export.asked_by_id == by.pk:
        raise NotAllowed(_("You asked for this export yourself. Somebody else has to agree: nobody decides alone."))
    export.status = Status.MAKING if agrees else Status.REFUSED
    export.decided_by = by
    export.save(update_fields=["status", "decided_by"])
    record_access(actor=actor, action="agreed to" if agrees else "refused", subject=export, reason=export.reason)
    return export


def export_make(export_id: int, *, find: Find | None = None) -> Export | None:
    """Make the file of an export and its manifest, in memory, into the vault; None when there is nothing to make.

    `find` looks for faces; by default the detector. Where it cannot run nothing is made.
    """
    export = Export.objects.select_related("camera__school", "asked_by", "decided_by").filter(pk=export_id).first()
    if export is None or export.status != Status.MAKING:
        return None
    try:
        if export.is_blurred and find is None:
            find = faces_with(BlazeDetector(DetectOptions(smallest=SMALLEST_FACE)))
        videos, sources = _sources(export)
        content = made_fit(videos, find=find if export.is_blurred else None, watermark=_watermark(export))
        if not content:
            raise NotAllowed(gettext_noop("There is no recording of this time any more."))
        _keep(export, content, sources)
    except NotAllowed as problem:
        _fail(export, str(problem))
    except (FileNotFoundError, Unreadable):
        _fail(export, gettext_noop("The recording has been destroyed meanwhile."))
    except Exception as error:  # the detector, the disk, broken video: no file rather than one with faces in it
        logger.error("Export %s could not be made: %s", export.pk, type(error).__name__)
        said = gettext_noop("It could not be made. Tell your system administrator: the work worker's log says why.")
        _fail(export, said)
    return export


def _sources(export: Export) -> tuple[list[tuple[float, bytes]], list[dict[str, object]]]:
    """The video as one MP4 for each stretch without a gap, and what the manifest says of where it comes from."""
    if export.clip:
        with storages["vault"].open(export.clip) as file:
            content = file.read()
        return [(export.start.timestamp(), content)], [{"clip": export.clip, **_digest(content)}]
    rows = segments_between(export.camera, export.start, export.end)
    videos, sources = [], []
    for part in chunks(rows, start=export.start, end=export.end):
        own = [row for row in rows if row.start < part.end and row.end > part.start]
        pieces = list(pieces_of(own))
        sources += [_source(row, piece.content) for row, piece in zip(own, pieces, strict=True)]
        start = max(part.start.timestamp(), pieces[0].start)
        videos.append((start, joined(pieces, start=start, end=part.end.timestamp())))
    return videos, sources


def _source(row: Recorded, content: bytes) -> dict[str, object]:
    return {"start": row.start.isoformat(), "end": row.end.isoformat(), **_digest(content)}


def _digest(content: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _watermark(export: Export) -> Watermark:
    zone, where = export.camera.school.zone, str(export.camera)
    asked = export.asked_at.astimezone(zone)
    who = name_of(export.asked_by)

    def line(at: float) -> str:
        moment = datetime.fromtimestamp(at, zone)
        return f"{where} · {moment:%Y-%m-%d} {clock_words(moment, zone)}"

    words = f"Exported by {who}, {asked:%Y-%m-%d %H:%M %Z}: {export.reason}"
    return Watermark(line=line, who=words, across=f"{who} · {asked:%Y-%m-%d}")


def manifest(export: Export, content: bytes, sources: list[dict[str, object]]) -> dict[str, object]:
    """What the file is, whence it comes and who answers for it: to be handed over with it."""
    decided_by = name_of(export.decided_by) if export.decided_by else None
    return {
        "export": str(export.handle),
        "file": {"name": f"{export.handle}.mp4", **_digest(content)},
        "school": export.camera.school.name,
        "camera": export.camera.name,
        "from": export.start.isoformat(),
        "to": export.end.isoformat(),
        "faces": "blurred" if export.is_blurred else "not blurred",
        "asked by": name_of(export.asked_by),
        "asked at": export.asked_at.isoformat(),
        "reason": export.reason,
        "agreed to by": decided_by,
        "destroyed here at the latest": (export.asked_at + policy().exports).isoformat(),
        "made from": sources,
    }


def _keep(export: Export, content: bytes, sources: list[dict[str, object]]) -> None:
    text = json.dumps(manifest(export, content, sources), indent=1, ensure_ascii=False)
    export.file = ContentFile(content, name="video.mp4")
    export.manifest = ContentFile(text.encode(), name="manifest.json")
    export.status = Status.READY
    with transaction.atomic():
        record_access(actor=Actor.worker(), action="made", subject=export)
        export.save(update_fields=["file", "manifest", "status"])


def _fail(export: Export, problem: str) -> None:
    Export.objects.filter(pk=export.pk).update(status=Status.FAILED, problem=problem)
    export.refresh_from_db()
