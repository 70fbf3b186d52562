"""The cameras page: which cameras are watching, which are blind, and what to do about it. Never an address."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django_htmx.middleware import HtmxDetails

from audit.lists import record_list
from audit.services import Actor
from cameras.selectors import overview, with_oldest
from cameras.traffic import budget_words, expectations
from lockport.access import require

MOST_SHOWN = 60  # cameras on a page, the blind ones first: the page is renewed every ten seconds


class HtmxRequest(HttpRequest):
    """A request as the middleware of django-htmx leaves it."""

    htmx: HtmxDetails


@require_GET
@never_cache
def cameras(request: HtmxRequest) -> HttpResponse:
    """Every camera one may see, with its state in words."""
    require(request.user, ["cameras.view_camera"])
    found = overview(request.user)
    page = Paginator(found.cameras, MOST_SHOWN).get_page(request.GET.get("page"))
    views = with_oldest(list(page))
    numbers = [view.camera.pk for view in views]
    record_list(actor=Actor.from_request(request), what="cameras page, cameras", numbers=numbers)
    template = "cameras/_table.html" if request.htmx else "cameras/cameras.html"
    context = {
        "overview": found,
        "cameras": found,  # for the frame around the page, which would ask again
        "page": page,
        "views": views,
        "expectations": expectations(request.user),
        "budget": budget_words(),
    }
    return render(request, template, context)


@require_GET
@never_cache
def state(request: HttpRequest) -> HttpResponse:
    """The state in four words, for the top bar of a page that is open already. Tells nothing of any one camera."""
    require(request.user, ["cameras.view_camera"])
    return render(request, "cameras/_state.html", {"overview": overview(request.user)})
