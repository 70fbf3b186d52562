"""Step-up: what is hard to undo asks who it is once more, unless that was proved within the last five minutes.

Signing in proves it, and so does answering at `sign-in/again/`: with the second factor where there is one.
"""

import functools
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from allauth.account.signals import authentication_step_completed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

STEP_UP_SECONDS = 5 * 60
PROVED_AT = "proved_at"


@receiver(user_logged_in, dispatch_uid="lockport.step_up.signed_in")
def remember_sign_in(sender: object, request: HttpRequest, **kwargs: object) -> None:
    request.session[PROVED_AT] = time.time()


@receiver(authentication_step_completed, dispatch_uid="lockport.step_up.again")
def remember_answer(sender: object, request: HttpRequest, reauthenticated: bool = False, **kwargs: object) -> None:
    if reauthenticated:
        request.session[PROVED_AT] = time.time()


def recently_proved(request: HttpRequest) -> bool:
    return time.time() - request.session.get(PROVED_AT, 0) <= STEP_UP_SECONDS


def step_up_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask whoever proved it longer ago to do so again, and lead them back to where they were. Nothing is changed."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return view(request, *args, **kwargs) if recently_proved(request) else ask_again(request)

    return guarded


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks again. What was posted is not kept: it may hold a password."""
    place = f"{reverse('account_reauthenticate')}?{urlencode({'next': where_they_were(request)}, safe='/')}"
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": place})
    return HttpResponseRedirect(place)


def where_they_were(request: HttpRequest) -> str:
    """The address of the page: for a form, of the page it was on, since the form's own may show nothing."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(page)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
