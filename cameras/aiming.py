"""What a camera looks at: its masks and zones, its usual view, and its place on the school's plan."""

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import IO

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from audit.services import Actor, record_access
from cameras.models import Camera, CameraArea, FloorPlan, School
from cameras.vision import types
from cameras.vision.areas import Areas
from cameras.vision.view import SIZE
from lockport.saying import in_storage_language

LARGEST_PLAN = 1600  # pixels of the longer side that is kept
MOST_PIXELS = 60_000_000  # of an uploaded plan: more is refused before it is unpacked


def areas_of(camera: Camera) -> Areas:
    """The camera's masks and zones for the pipeline."""
    rows = list(camera.areas.all())

    def polygons(kind: str) -> tuple[tuple[tuple[float, float], ...], ...]:
        return tuple(tuple((x, y) for x, y in row.points) for row in rows if row.kind == kind)

    return Areas(privacy=polygons(CameraArea.Kind.PRIVACY), zones=polygons(CameraArea.Kind.ZONE))


@transaction.atomic
def area_add(*, camera: Camera, kind: str, name: str, points: Sequence[Sequence[float]], actor: Actor) -> CameraArea:
    """A new mask or zone, in force within seconds. Raises ValidationError."""
    if not points:
        raise ValidationError(_("Draw the corners of the area in the picture first, then keep it."))
    area = CameraArea(camera=camera, kind=kind, name=name.strip(), points=[list(point) for point in points])
    area.full_clean()
    with in_storage_language():
        record_access(actor=actor, action="drew an area for", subject=camera, reason=str(area))
    area.save()
    _watch_anew(camera)
    return area


@transaction.atomic
def area_remove(*, area: CameraArea, actor: Actor) -> None:
    with in_storage_language():
        record_access(actor=actor, action="removed an area of", subject=area.camera, reason=str(area))
    area.delete()
    _watch_anew(area.camera)


@transaction.atomic
def view_accept(*, camera: Camera, actor: Actor) -> None:
    """What the camera shows now is the right view: learn it anew."""
    record_access(actor=actor, action="accepted the view of", subject=camera)
    Camera.objects.filter(pk=camera.pk).update(usual_view=None)
    _watch_anew(camera)


@transaction.atomic
def camera_place(*, camera: Camera, x: float, y: float, actor: Actor) -> None:
    """Where the camera hangs, as shares (0..1) of its school's plan. Raises ValidationError."""
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValidationError(_("The camera's place must lie on the plan."))
    record_access(actor=actor, action="placed on the plan", subject=camera)
    Camera.objects.filter(pk=camera.pk).update(plan_x=x, plan_y=y)


def usual_view_of(camera: Camera) -> types.Image | None:
    """The learned coarse picture (36, 64) uint8, or None."""
    if camera.usual_view is None or len(camera.usual_view) != SIZE[0] * SIZE[1]:
        return None
    return np.frombuffer(bytes(camera.usual_view), np.uint8).reshape(SIZE[1], SIZE[0])


def usual_view_keep(camera_id: int, view: types.Image) -> None:
    """Remember what a watch has learned, so that the next one notices a camera that was turned meanwhile."""
    Camera.objects.filter(pk=camera_id, usual_view__isnull=True).update(usual_view=view.tobytes())


def plan_set(*, school: School, file: IO[bytes], actor: Actor) -> FloorPlan:
    """Keep a new plan of the school: the pixels alone, nothing else of the file. Raises ValidationError."""
    picture = _readable_plan(file)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    values = {
        "picture": base64.b64encode(out.getvalue()).decode(),
        "width": picture.width,
        "height": picture.height,
    }
    with transaction.atomic():
        record_access(actor=actor, action="changed the plan of", subject=school)
        plan, _ = FloorPlan.objects.update_or_create(school=school, defaults=values)
    return plan


def _readable_plan(file: IO[bytes]) -> Image.Image:
    try:
        upload = Image.open(file, formats=["PNG", "JPEG", "WEBP"])
        if upload.width * upload.height > MOST_PIXELS:
            raise ValidationError(
                _("This picture is too large. Make it smaller: 1600 pixels wide is enough for a plan.")
            )
        picture = upload.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise ValidationError(_("This file is not a picture. Save the plan as PNG, JPEG or WebP.")) from None
    picture.thumbnail((LARGEST_PLAN, LARGEST_PLAN))
    return picture


def plan_picture(plan: FloorPlan) -> bytes:
    """The plan as a PNG file. Raises Unreadable."""
    return base64.b64decode(str(plan.picture))


def _watch_anew(camera: Camera) -> None:
    """A running watch ends when it sees another version, and the next one starts with what is stored now."""
    Camera.objects.filter(pk=camera.pk).update(version=F("version") + 1)
