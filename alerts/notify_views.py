"""The page on which people say where they want to be told of alerts."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alerts.destinations import KINDS, Destination
from alerts.notices import Notice
from alerts.notify_forms import DestinationForm
from alerts.notifying import Refused, destination_add, destination_remove, destination_test
from audit.services import Actor, record_access
from cameras.addresses import AddressRefused
from lockport.access import require, visible_or_404

LOOK = ["alerts.view_alert"]
RECENT = 5


@require_http_methods(["GET", "POST"])
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    """One's own destinations with what became of the last messages; and a form for one more."""
    require(request.user, LOOK)
    form = DestinationForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _added(request, form):
        return redirect("alerts:notifications")
    record_access(actor=Actor.from_request(request), action="looked at", subject="own notifications")
    latest = Prefetch("notices", Notice.objects.order_by("-pk")[:RECENT], to_attr="latest")
    places = Destination.objects.visible_to(request.user).defer("address")
    context = {
        "places": places.prefetch_related("schools", "categories", latest),
        "names": settings.LOCKPORT_NAMES_IN_NOTICES,
        "form": form,
        "kinds": sorted({gettext(kind) for kind in KINDS.values()}),
    }
    return render(request, "alerts/notifications.html", context, status=422 if form.errors else 200)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message that says it is a test."""
    place = _own(request, pk)
    try:
        destination_test(destination=place, actor=Actor.from_request(request))
        messages.success(
            request,
            gettext("A test is on its way to %(place)s. It should arrive within a few seconds.")
            % {"place": place.name},
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("alerts:notifications")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a destination."""
    place = _own(request, pk)
    destination_remove(destination=place, actor=Actor.from_request(request))
    messages.success(request, gettext("%(place)s was removed: nothing is sent there any more.") % {"place": place.name})
    return redirect("alerts:notifications")


def _own(request: HttpRequest, pk: int) -> Destination:
    place = visible_or_404(Destination.objects.all(), request.user, pk=pk)
    require(request.user, LOOK)
    return place


def _added(request: HttpRequest, form: DestinationForm) -> bool:
    try:
        destination_add(person=request.user, actor=Actor.from_request(request), **form.cleaned_data)
    except AddressRefused as refusal:
        form.add_error("address", str(refusal))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, gettext("Saved. Send yourself a test to see that it works."))
    return True
