"""Recordings in the review room: a day's timeline, and the video of a time that somebody gave a reason for."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import Actor, record_access
from cameras.models import Camera
from cameras.recording.forms import PeriodForm
from cameras.recording.pages import marks, timeline_context
from cameras.recording.ranges import video_response
from cameras.recording.selectors import Chunk, chunks, segments_between, video_between
from cameras.recording.timeline import Day, clock_words
from lockport.access import require, visible_or_404
from lockport.years import refuse_year
from retention.keys import Unreadable

MOST_VIEWINGS = 20  # remembered in a session; each was recorded when it was asked for
WATCH = "cameras.watch_recording"


def watchable_camera(request: HttpRequest, pk: int) -> Camera:
    """The camera, if the role watches recordings and the school is granted. Raises Http404 or PermissionDenied."""
    camera = visible_or_404(Camera.objects.select_related("school").defer("address"), request.user, pk=pk)
    require(request.user, [WATCH])
    return camera


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """A day of one camera: what is recorded, what is not and why. Posted: the time somebody wants to watch."""
    camera = watchable_camera(request, pk)
    now = timezone.now()
    day = Day(requested_day(request, camera, now), camera.school.zone)
    if request.method != "POST":
        record_access(
            actor=Actor.from_request(request), action="looked at the timeline of", subject=camera, reason=str(day.date)
        )
    posted = request.POST if request.method == "POST" else None
    form = PeriodForm(posted, camera=camera, day=day, initial=_initial(request, day))
    if request.method == "POST" and form.is_valid():
        return redirect("cameras:viewing", _begin_viewing(request, camera, form))
    context = timeline_context(camera, day, now) | {"form": form, "marks": marks(camera, day, request.user)}
    return render(request, "cameras/recording.html", context, status=422 if form.is_bound else 200)


@require_safe
@never_cache
def viewing(request: HttpRequest, handle: uuid.UUID) -> HttpResponse:
    """The player for a time whose viewing was recorded."""
    found = _viewing(request, handle)
    zone = found.camera.school.zone
    context = {
        "viewing": found,
        "handle": handle,
        "day": found.start.astimezone(zone).date(),
        "from": clock_words(found.start, zone),
        "to": clock_words(found.end, zone),
        "chunks": [
            {"start": chunk.start.isoformat(), "end": chunk.end.isoformat(), "words": clock_words(chunk.start, zone)}
            for chunk in found.chunks
        ],
        "codecs": sorted({row.codec for row in segments_between(found.camera, found.start, found.end)}),
    }
    return render(request, "cameras/viewing.html", context)


@require_safe
def chunk(request: HttpRequest, handle: uuid.UUID, number: int) -> HttpResponse:
    """A part of the viewing as a file; each request for it is recorded before its first byte is sent."""
    found = _viewing(request, handle)
    parts = found.chunks
    if number >= len(parts):
        raise Http404(_("There is nothing here that you may see."))
    part = parts[number]
    _record(request, found.camera, (part.start, part.end), found.reason)
    try:
        content = video_between(found.camera, part.start, part.end)
    except (FileNotFoundError, Unreadable):
        content = b""
    if not content:
        raise Http404(_("This recording has been destroyed."))
    return video_response(request, content, tag=f"{handle}-{number}-{len(content)}")


@dataclass(frozen=True, slots=True)
class Viewing:
    """A time of one camera that somebody said why they watch."""

    camera: Camera
    start: datetime
    end: datetime
    reason: str

    @property
    def chunks(self) -> list[Chunk]:
        rows = segments_between(self.camera, self.start, self.end)
        return chunks(rows, start=self.start, end=self.end)


def _begin_viewing(request: HttpRequest, camera: Camera, form: PeriodForm) -> uuid.UUID:
    start, end, reason = form.start, form.end, form.cleaned_data["reason"]
    assert start and end  # noqa: S101 - a valid form has both
    _record(request, camera, (start, end), reason, action="asked to watch")
    handle = uuid.uuid4()
    kept: dict[str, Any] = request.session.get("viewings", {})
    kept[str(handle)] = [camera.pk, start.isoformat(), end.isoformat(), reason]
    request.session["viewings"] = dict(list(kept.items())[-MOST_VIEWINGS:])
    return handle


def _viewing(request: HttpRequest, handle: uuid.UUID) -> Viewing:
    """The viewing of this session, while its person still may. Raises Http404 or PermissionDenied."""
    kept = request.session.get("viewings", {}).get(str(handle))
    if kept is None:
        raise Http404(_("There is nothing here that you may see."))
    camera = watchable_camera(request, kept[0])
    return Viewing(camera, datetime.fromisoformat(kept[1]), datetime.fromisoformat(kept[2]), kept[3])


def _record(
    request: HttpRequest, camera: Camera, period: tuple[datetime, datetime], reason: str, action: str = "watched"
) -> None:
    words = " to ".join(f"{moment:%Y-%m-%d %H:%M:%S}" for moment in period)
    record_access(actor=Actor.from_request(request), action=action, subject=camera, reason=f"{words} UTC: {reason}")


def requested_day(request: HttpRequest, camera: Camera, now: datetime) -> date:
    """The day that was asked for; today at the school where that is none."""
    try:
        day = date.fromisoformat(request.POST.get("date") or request.GET.get("day", ""))
        refuse_year(day)
        return day
    except (ValueError, ValidationError):
        return now.astimezone(camera.school.zone).date()


def _initial(request: HttpRequest, day: Day) -> dict[str, Any]:
    return {"date": day.date, "clock": request.GET.get("at", ""), "second": request.GET.get("second") == "1"}
