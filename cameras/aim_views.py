"""The page on which a camera is aimed: a snapshot without faces, masks and zones, its place on the plan."""

import json
from typing import Any

import redis
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from audit.services import Actor, record_access
from cameras.aiming import area_add, area_remove, camera_place, plan_picture, view_accept
from cameras.models import Camera, CameraArea, FloorPlan, School
from cameras.selectors import overview_of
from cameras.snapshots import snapshot_ask, snapshot_of
from lockport.access import require
from lockport.posting import post_only

MAY_AIM = ["cameras.change_camera"]


def _camera(request: HttpRequest, number: int) -> Camera:
    """The camera, for those who look after all cameras. Raises PermissionDenied and Http404."""
    require(request.user, MAY_AIM)
    return get_object_or_404(Camera.objects.select_related("school", "school__plan").defer("address"), pk=number)


def _page(request: HttpRequest, camera: Camera, *, problem: str = "", status: int = 200) -> HttpResponse:
    plan = getattr(camera.school, "plan", None)
    view = overview_of(Camera.objects.filter(pk=camera.pk)).cameras[0]
    context = {"camera": camera, "view": view, "areas": camera.areas.all(), "plan": plan, "problem": problem}
    context["typed"] = request.POST  # of an area that was refused, so that its name need not be typed again
    return render(request, "cameras/aim.html", context | {"kinds": CameraArea.Kind.choices}, status=status)


@require_GET
@never_cache
def aim(request: HttpRequest, camera: int) -> HttpResponse:
    """Snapshot, masks and zones of one camera."""
    row = _camera(request, camera)
    record_access(actor=Actor.from_request(request), action="looked at", subject=row)
    return _page(request, row)


@require_GET
@never_cache
def snapshot(request: HttpRequest, camera: int) -> HttpResponse:
    """The picture with every face in cells; 204 until the watch has made it. `?new=1` asks for another one."""
    row = _camera(request, camera)
    try:
        if request.GET.get("new"):
            record_access(actor=Actor.from_request(request), action="asked for a snapshot of", subject=row)
            snapshot_ask(row.pk)
        picture = snapshot_of(row.pk)
    except redis.RedisError:
        return HttpResponse(_("The workers cannot be asked for a picture now: Redis is away."), status=503)
    return HttpResponse(picture, content_type="image/jpeg") if picture else HttpResponse(status=204)


@post_only("cameras:aim", "camera")
def areas(request: HttpRequest, camera: int) -> HttpResponse:
    """Draw a mask or zone."""
    row = _camera(request, camera)
    try:
        area_add(
            camera=row,
            kind=request.POST.get("kind", ""),
            name=request.POST.get("name", ""),
            points=_points(request.POST.get("points", "")),
            actor=Actor.from_request(request),
        )
    except ValidationError as error:
        return _page(request, row, problem=" ".join(error.messages), status=422)
    return redirect("cameras:aim", row.pk)


@post_only("cameras:cameras")
def area_gone(request: HttpRequest, area: int) -> HttpResponse:
    """Remove a mask or zone."""
    require(request.user, MAY_AIM)
    row = get_object_or_404(CameraArea.objects.select_related("camera__school").defer("camera__address"), pk=area)
    area_remove(area=row, actor=Actor.from_request(request))
    return redirect("cameras:aim", row.camera_id)


@post_only("cameras:aim", "camera")
def right_view(request: HttpRequest, camera: int) -> HttpResponse:
    """Say that what the camera shows now is what it should show."""
    row = _camera(request, camera)
    view_accept(camera=row, actor=Actor.from_request(request))
    return redirect("cameras:aim", row.pk)


@post_only("cameras:aim", "camera")
def place(request: HttpRequest, camera: int) -> HttpResponse:
    """Put the camera on its school's plan."""
    row = _camera(request, camera)
    try:
        points = _points(request.POST.get("points", ""))
        if len(points) != 1:
            raise ValidationError(_("Choose one place on the plan."))
        camera_place(camera=row, x=points[0][0], y=points[0][1], actor=Actor.from_request(request))
    except ValidationError as error:
        return _page(request, row, problem=" ".join(error.messages), status=422)
    return redirect("cameras:aim", row.pk)


@require_GET
@never_cache
def plan(request: HttpRequest, school: int) -> HttpResponse:
    """The picture of a school's plan, for its reviewers and for those who aim cameras."""
    visible = School.objects.within_reach_of(request.user).filter(pk=school).exists()
    if not visible and not request.user.has_perm(MAY_AIM[0]):
        raise Http404(_("There is nothing here that you may see."))
    row = get_object_or_404(FloorPlan.objects.select_related("school"), school=school)
    record_access(actor=Actor.from_request(request), action="looked at", subject=row)
    return HttpResponse(plan_picture(row), content_type="image/png")


def _points(text: str) -> list[Any]:
    try:
        points = json.loads(text or "[]")
    except ValueError:
        points = None
    ok = isinstance(points, list) and all(isinstance(point, list) and len(point) == 2 for point in points)
    if points is None or not ok or not all(isinstance(number, int | float) for point in points for number in point):
        raise ValidationError(_("The corners did not arrive. Draw the area again."))
    return points
