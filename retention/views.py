"""The privacy officer's pages: what is stored and until when, and legal holds."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from audit.lists import in_runs, record_list
from audit.services import Actor, record_access
from lockport.access import require
from lockport.posting import post_only
from lockport.step_up import step_up_required
from retention import clock, selectors
from retention.forms import HoldForm
from retention.holds import Refused, hold_approve, hold_end, hold_request, holds_for
from retention.models import Hold, PurgeRun
from retention.zones import with_zones

SEE = ["retention.view_purgerun"]
SEE_HOLDS = ["retention.view_hold"]


@require_GET
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """What is stored per kind and day, the runs, the last certificate, and what is wrong."""
    require(request.user, SEE)
    runs = list(PurgeRun.objects.all()[:24])
    record_list(actor=Actor.from_request(request), what="retention, runs", numbers=in_runs(run.pk for run in runs))
    context = {
        "stored": selectors.stored(clock.now()),
        "alarms": selectors.alarms(),
        "purge": selectors.last_run(PurgeRun.Kind.PURGE),
        "sweep": selectors.last_run(PurgeRun.Kind.SWEEP),
        "certificate": selectors.last_certificate(),
        "holds": selectors.holds_in_force(),
        "log": selectors.log_kept(clock.now()),
        "runs": runs,
    }
    return render(request, "retention/overview.html", context)


@require_GET
@never_cache
def certificate(request: HttpRequest) -> HttpResponse:
    """The newest certificate as it was signed, for whoever wants to check it."""
    require(request.user, SEE)
    record_access(actor=Actor.from_request(request), action="looked at", subject="the last destruction certificate")
    row = selectors.last_certificate()
    return render(request, "retention/certificate.html", {"certificate": row})


@require_http_methods(["GET", "POST"])
@never_cache
@step_up_required
def holds(request: HttpRequest) -> HttpResponse:
    """All holds, and the form to request one."""
    require(request.user, SEE_HOLDS if request.method == "GET" else ["retention.add_hold"])
    form = HoldForm(request.POST or None, person=request.user, initial=_named(request))
    if request.method == "POST" and form.is_valid():
        try:
            hold_request(
                alert=form.cleaned_data["alert"],
                span=form.span,
                reason=form.cleaned_data["reason"],
                instrument=form.cleaned_data["instrument"],
                until=form.until,
                by=cast(User, request.user),
                actor=Actor.from_request(request),
            )
            return redirect("retention:holds")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _holds_page(request, form, 422 if request.method == "POST" else 200)


@post_only("retention:holds")
@step_up_required
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve somebody else's request."""
    require(request.user, ["retention.approve_hold"])
    hold = get_object_or_404(Hold, pk=pk)
    if request.POST.get("read") != "yes":
        return _holds_page(
            request, HoldForm(person=request.user), 422, gettext("Say that you have read the legal instrument.")
        )
    try:
        hold_approve(hold=hold, by=cast(User, request.user), actor=Actor.from_request(request))
    except Refused as refusal:
        return _holds_page(request, HoldForm(person=request.user), 422, str(refusal))
    return redirect("retention:holds")


@post_only("retention:holds")
@step_up_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a hold, for a reason that is recorded."""
    require(request.user, ["retention.approve_hold"])
    hold = get_object_or_404(Hold, pk=pk)
    try:
        hold_end(hold=hold, reason=request.POST.get("reason", ""), actor=Actor.from_request(request))
    except Refused as refusal:
        return _holds_page(request, HoldForm(person=request.user), 422, str(refusal))
    return redirect("retention:holds")


def _named(request: HttpRequest) -> dict[str, str]:
    """What the page of an alert or a camera wants held."""
    return {name: request.GET[name] for name in ("alert", "camera") if request.GET.get(name, "").isdecimal()}


def _holds_page(request: HttpRequest, form: HoldForm, status: int, problem: str = "") -> HttpResponse:
    rows = holds_for(request.user).select_related("requested_by", "approved_by")
    not_ended = with_zones(rows.filter(ended_at__isnull=True))
    ended = with_zones(rows.filter(ended_at__isnull=False)[:50])
    numbers = [row.pk for row in [*not_ended, *ended]]
    record_list(actor=Actor.from_request(request), what="list of legal holds", numbers=numbers)
    context = {
        "form": form,
        "problem": problem,
        "open": not_ended,
        "ended": ended,
        "in_force": selectors.holds_in_force(),
    }
    return render(request, "retention/holds.html", context, status=status)
