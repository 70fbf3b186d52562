"""The map: a school's plan with its cameras, how each is doing, and where alerts wait."""

from collections import Counter
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alerts.selectors import open_alerts
from audit.services import Actor, record_access
from cameras.models import Camera, FloorPlan, School
from cameras.selectors import CameraView, only_some_cameras, overview
from lockport.access import Person, require


@dataclass(frozen=True, slots=True)
class Marker:
    """A camera on the plan: its place in the plan's pixels (None: not placed yet), and how many alerts wait there."""

    view: CameraView
    x: float | None
    y: float | None
    waiting: int


def markers(person: Person, school: School, plan: FloorPlan | None) -> list[Marker]:
    """The school's cameras, for somebody who may see them."""
    views = [view for view in overview(person).cameras if view.camera.school_id == school.pk]
    waiting = Counter(open_alerts(person).filter(camera__school=school).values_list("camera", flat=True))
    return [Marker(view, *_on(plan, view.camera), waiting[view.camera.pk]) for view in views]


def _on(plan: FloorPlan | None, camera: Camera) -> tuple[float | None, float | None]:
    if plan is None or camera.plan_x is None or camera.plan_y is None:
        return None, None
    return camera.plan_x * plan.width, camera.plan_y * plan.height


@require_GET
@never_cache
def first_map(request: HttpRequest) -> HttpResponse:
    """The map of the first school one may see."""
    require(request.user, ["cameras.view_camera", "alerts.view_alert"])
    school = School.objects.within_reach_of(request.user).first()
    if school is None:
        return render(request, "alerts/map.html", {"school": None})
    return redirect("alerts:map", school.pk)


@require_GET
@never_cache
def map_of(request: HttpRequest, school: int) -> HttpResponse:
    """One school's map."""
    require(request.user, ["cameras.view_camera", "alerts.view_alert"])
    row = School.objects.within_reach_of(request.user).select_related("plan").filter(pk=school).first()
    if row is None:
        raise Http404("There is nothing here that you may see.")
    record_access(actor=Actor.from_request(request), action="looked at the map of", subject=row)
    plan = getattr(row, "plan", None)
    context = {
        "school": row,
        "schools": School.objects.within_reach_of(request.user),
        "plan": plan,
        "part": only_some_cameras(request.user, row),
        "markers": markers(request.user, row, plan),
    }
    return render(request, "alerts/map.html", context)
