"""What somebody who is signed out is answered: the way to the sign-in page, and from there back to where they were."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from lockport.step_up import where_they_were

UNSENT = "unsent"  # in the address of a page: says there that what was sent from it did not arrive


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """A form leads back to the page it was on, which says that nothing was saved; htmx never swaps in the door."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        to_the_door = super().process_view(request, view_func, view_args, view_kwargs)
        return None if to_the_door is None else _in_place_of(to_the_door, request)


def _in_place_of(to_the_door: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    is_htmx = "HX-Request" in request.headers
    if request.method not in {"GET", "HEAD"}:
        place = _and_back_unsent(request)
        return HttpResponse(headers={"HX-Redirect": place}) if is_htmx else HttpResponseRedirect(place)
    # Asked for by an open page, not by a person: what is being written there stays, and a line says it.
    return HttpResponse(status=204, headers={"HX-Trigger": "lockport:signed-out"}) if is_htmx else to_the_door


def _and_back_unsent(request: HttpRequest) -> str:
    page = where_they_were(request)
    back = f"{page}{'&' if '?' in page else '?'}{UNSENT}=1"
    return f"{reverse('sign-in')}?{urlencode({'next': back}, safe='/')}"
