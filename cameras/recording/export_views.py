"""Exports in the review room: ask, agree, fetch. Each is recorded before it happens; files before their first byte."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from audit.desk import signed_in
from audit.services import Actor, record_access
from cameras.models import Camera, Export
from cameras.recording.exports import NotAllowed, export_decide, export_request
from cameras.recording.forms import ClipExportForm, ExportForm
from cameras.recording.timeline import Day, clock_words
from cameras.recording.views import WATCH, requested_day, watchable_camera
from cameras.tasks import make_export
from lockport.access import require, visible_or_404
from lockport.posting import post_only
from lockport.step_up import step_up_required
from retention.keys import Unreadable

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a file of: an alert's clip."""

    camera: Camera
    start: datetime
    end: datetime
    clip: str
    title: str


@require_GET
@never_cache
def exports(request: HttpRequest) -> HttpResponse:
    """The exports of one's own schools, newest first."""
    require(request.user, [WATCH])
    rows = list(
        Export.objects.visible_to(request.user).select_related("camera__school", "asked_by", "decided_by")[:MOST_SHOWN]
    )
    numbers = ", ".join(str(row.pk) for row in rows[:40]) or "nothing in it"
    record_access(actor=Actor.from_request(request), action="looked at", subject=f"list of exports: {numbers}")
    shown = [
        {
            "row": row,
            "from": clock_words(row.start, row.camera.school.zone),
            "to": clock_words(row.end, row.camera.school.zone),
            "day": row.start.astimezone(row.camera.school.zone).date(),
            "may_decide": row.status == Export.Status.WAITING and row.asked_by_id != request.user.pk,
        }
        for row in rows
    ]
    return render(request, "cameras/exports.html", {"exports": shown})


@require_http_methods(["GET", "POST"])
@never_cache
@step_up_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a file of a part of one camera's recording."""
    camera = watchable_camera(request, pk)
    day = Day(requested_day(request, camera, timezone.now()), camera.school.zone)
    form = ExportForm(_posted(request), camera=camera, day=day, initial={"date": day.date})
    if form.is_bound and form.is_valid() and form.start and form.end:
        wanted = Wanted(camera, form.start, form.end, clip="", title="")
        return _ask(request, wanted, form.cleaned_data)
    context = {
        "camera": camera,
        "form": form,
        "title": _("Export a part of %(camera)s’s recording") % {"camera": camera.name},
    }
    return render(request, "cameras/export.html", context, status=422 if form.is_bound else 200)


def export_page(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    """The same for a time that is given: an alert's clip."""
    form = ClipExportForm(_posted(request))
    if form.is_bound and form.is_valid():
        return _ask(request, wanted, form.cleaned_data)
    context = {"camera": wanted.camera, "form": form, "title": wanted.title}
    return render(request, "cameras/export.html", context, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask(request: HttpRequest, wanted: Wanted, answers: dict) -> HttpResponse:
    row = export_request(
        camera=wanted.camera,
        period=(wanted.start, wanted.end),
        reason=answers["reason"],
        is_blurred=not answers["unblurred"],
        clip=wanted.clip,
        by=signed_in(request),
        actor=Actor.from_request(request),
    )
    if row.status == Export.Status.MAKING:
        transaction.on_commit(lambda: make_export.delay(row.pk))
    return redirect("cameras:exports")


@post_only("cameras:exports")
@never_cache
@step_up_required
def export_decision(request: HttpRequest, handle: uuid.UUID) -> HttpResponse:
    """Agree to faces as they are, or refuse."""
    row = _visible(request, handle)
    answer = request.POST.get("answer")
    if answer not in {"agree", "refuse"}:
        return HttpResponse(_("Say whether you agree or refuse."), status=422, content_type="text/plain")
    try:
        row = export_decide(
            export=row,
            agrees=answer == "agree",
            by=signed_in(request),
            actor=Actor.from_request(request),
        )
    except NotAllowed as problem:
        raise PermissionDenied(str(problem)) from None
    if row.status == Export.Status.MAKING:
        transaction.on_commit(lambda: make_export.delay(row.pk))
    return redirect("cameras:exports")


@require_GET
def export_file(request: HttpRequest, handle: uuid.UUID) -> HttpResponse:
    """The video, to be saved."""
    row = _visible(request, handle)
    record_access(actor=Actor.from_request(request), action="downloaded", subject=row, reason=row.reason)
    return _download(row.file, f"{row.handle}.mp4", "video/mp4")


@require_GET
def export_manifest(request: HttpRequest, handle: uuid.UUID) -> HttpResponse:
    """What belongs with the video: SHA-256, who, when, why, and what it was made from."""
    row = _visible(request, handle)
    record_access(actor=Actor.from_request(request), action="downloaded the manifest of", subject=row)
    return _download(row.manifest, f"{row.handle}.json", "application/json")


def _visible(request: HttpRequest, handle: uuid.UUID) -> Export:
    row = visible_or_404(Export.objects.select_related("camera__school"), request.user, handle=handle)
    require(request.user, [WATCH])
    return row


def _download(file: FieldFile, name: str, content_type: str) -> HttpResponse:
    if not file:
        raise Http404(_("This export has no file."))
    try:
        content = file.open().read()
    except (FileNotFoundError, Unreadable):
        raise Http404(_("This export has been destroyed.")) from None
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
