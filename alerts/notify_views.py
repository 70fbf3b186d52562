"""The page on which people say where they want to be told of alerts."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from alerts.destinations import KINDS, Destination
from alerts.notices import Notice
from alerts.notify_forms import DestinationForm
from alerts.notifying import Refused, destination_add, destination_remove, destination_test
from alerts.push import public_key
from alerts.selectors import UNSHOWN
from audit.services import Actor, record_access
from cameras.addresses import AddressRefused
from lockport.access import Person, require, visible_or_404
from lockport.posting import post_only

LOOK = "alerts.view_alert"
READ = "audit.view_accessrecord"  # privacy officers are told of broken glass
RECENT = 5


def require_either(person: Person) -> None:
    """Raise PermissionDenied for whoever there is nothing to tell."""
    if not person.has_perm(READ):
        require(person, [LOOK])


@require_http_methods(["GET", "POST"])
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    """One's own destinations with what became of the last messages; and a form for one more."""
    require_either(request.user)
    form = DestinationForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _added(request, form):
        return redirect("alerts:notifications")
    record_access(actor=Actor.from_request(request), action="looked at", subject="own notifications")
    notices = Notice.objects.select_related("alert__camera__school").order_by("-pk")
    notices = notices.defer(*(f"alert__{column}" for column in UNSHOWN))
    latest = Prefetch("notices", notices[:RECENT], to_attr="latest")
    places = Destination.objects.visible_to(request.user).defer("address")
    context = {
        "places": places.prefetch_related("schools", "categories", latest),
        "names": settings.LOCKPORT_NAMES_IN_NOTICES,
        "form": form,
        "kinds": sorted({gettext(kind) for kind in KINDS.values()}),
        "push_key": public_key(),
    }
    return render(request, "alerts/notifications.html", context, status=422 if form.errors else 200)


@login_not_required  # nothing in it is anybody's, and the browser renews it whether somebody is signed in or not
@require_GET
def push_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows pushed messages. At the root and without a version in its name, so that it is renewed."""
    script = (settings.BASE_DIR / "static" / "lockport" / "push-worker.js").read_text()
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@post_only("alerts:notifications")
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


@post_only("alerts:notifications")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a destination."""
    place = _own(request, pk)
    destination_remove(destination=place, actor=Actor.from_request(request))
    messages.success(request, gettext("%(place)s was removed: nothing is sent there any more.") % {"place": place.name})
    return redirect("alerts:notifications")


def _own(request: HttpRequest, pk: int) -> Destination:
    place = visible_or_404(Destination.objects.all(), request.user, pk=pk)
    require_either(request.user)
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
