"""Step-up: what is hard to undo asks for a sign-in within the last five minutes."""

import functools
import time
from collections.abc import Callable

from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

STEP_UP_SECONDS = 5 * 60
SIGNED_IN_AT = "signed_in_at"


@receiver(user_logged_in, dispatch_uid="lockport.step_up")
def remember_sign_in(sender: object, request: HttpRequest, **kwargs: object) -> None:
    request.session[SIGNED_IN_AT] = time.time()


def recently_signed_in(request: HttpRequest) -> bool:
    return time.time() - request.session.get(SIGNED_IN_AT, 0) <= STEP_UP_SECONDS


def step_up_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send whoever signed in longer ago to the sign-in page, and back to the page of this request afterwards."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if recently_signed_in(request):
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path())

    return guarded
