"""What somebody who is signed out is answered: the way to the sign-in page, and from there back to where they were."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from lockport.step_up import where_they_were

UNSENT = "unsent"  # in the address of a page: says there that what was sent from it did not arrive


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """A form leads back to the page it was on, which says that nothing was saved; htmx never swaps in a sign-in page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:
        is_htmx = "HX-Request" in request.headers
        if request.method not in {"GET", "HEAD"}:
            place = _and_back_unsent(request)
            return HttpResponse(headers={"HX-Redirect": place}) if is_htmx else HttpResponseRedirect(place)
        if is_htmx:
            # Asked for by an open page, not by a person: what is being written there stays, and a line says it.
            return HttpResponse(status=204, headers={"HX-Trigger": "lockport:signed-out"})
        return super().handle_no_permission(request, view_func)


def _and_back_unsent(request: HttpRequest) -> str:
    page = where_they_were(request)
    back = f"{page}{'&' if '?' in page else '?'}{UNSENT}=1"
    return f"{reverse('sign-in')}?{urlencode({'next': back}, safe='/')}"
