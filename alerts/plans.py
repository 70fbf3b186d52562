"""The map: a school's plan with its cameras, how each is doing, and where alerts wait."""

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alerts.selectors import open_alerts
from audit.services import Actor, record_access
from cameras.models import Camera, FloorPlan, School
from cameras.selectors import CameraView, Overview, only_some_cameras, overview
from cameras.views import HtmxRequest
from lockport.access import Person, opened_or_404, require

SHOWN_WIDTH = 960  # pixels of a plan on a desk's screen


@dataclass(frozen=True, slots=True)
class Marker:
    """A camera on the plan: its place in the plan's pixels (None: not placed yet), and how many alerts wait there.

    `number` stands for it on the plan and in the list, because the names of thirty cameras would cover each other.
    """

    number: int
    view: CameraView
    x: float | None
    y: float | None
    waiting: int


def markers(person: Person, school: School, plan: FloorPlan | None, seen: Overview) -> list[Marker]:
    """The school's cameras among those that this person may see."""
    views = [view for view in seen.cameras if view.camera.school_id == school.pk]
    waiting = Counter(open_alerts(person).filter(camera__school=school).values_list("camera", flat=True))
    views.sort(key=lambda view: view.camera.name)
    return [
        Marker(number, view, *_on(plan, view.camera), waiting[view.camera.pk])
        for number, view in enumerate(views, start=1)
    ]


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
def map_of(request: HtmxRequest, school: int) -> HttpResponse:
    """One school's map."""
    require(request.user, ["cameras.view_camera", "alerts.view_alert"])
    schools = School.objects.within_reach_of(request.user)
    row = opened_or_404(schools.select_related("plan").defer("plan__picture"), pk=school)
    record_access(actor=Actor.from_request(request), action="looked at the map of", subject=row)
    plan = getattr(row, "plan", None)
    cameras = overview(request.user)
    context = {
        "school": row,
        "schools": [] if request.htmx else list(schools),
        "cameras": cameras,  # for the frame around the page, which would ask again
        "plan": plan,
        "part": only_some_cameras(request.user, row),
        "markers": markers(request.user, row, plan, cameras),
        "unit": plan.width / SHOWN_WIDTH if plan else 1.0,  # markers are as large on every plan
    }
    return render(request, "alerts/_map.html" if request.htmx else "alerts/map.html", context)
