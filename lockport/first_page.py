"""Where somebody begins: the first page that their role opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lockport.access import Person

ROOMS = [
    ("alerts.view_alert", "alerts:queue"),
    ("audit.view_accessrecord", "audit:log"),
    ("watchlist.view_entry", "admin:index"),
    ("cameras.view_camera", "cameras:cameras"),
    ("retention.view_hold", "retention:holds"),
]


def first_page_of(person: Person) -> str:
    """Its address; one's own account where the role opens no room at all."""
    for permission, room in ROOMS:
        if person.has_perm(permission):
            return reverse(room)
    return reverse("admin:index" if getattr(person, "is_staff", False) else "mfa_index")


@require_GET
@never_cache
def first_page(request: HttpRequest) -> HttpResponse:
    """What "back to the start" means, for whoever asks."""
    return redirect(first_page_of(request.user))
