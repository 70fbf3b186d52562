"""A second factor for everybody: without one an account reaches the pages that set one up, and nothing else.

Everybody, not only those who can see a face: a rule that needs no list of roles cannot miss one. The demonstration
(LOCKPORT_DEVELOPMENT) is the one exception; it answers on loopback only (lockport/asgi.py).
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext

from lockport.access import Person

SET_UP = frozenset(
    {
        "sign-in",
        "sign-out",
        "language",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    }
)
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def lacks_second_factor(person: Person) -> bool:
    """Whether this person must set one up first. Recovery codes alone are none."""
    return not settings.LOCKPORT_DEVELOPMENT and not is_mfa_enabled(person, FACTORS)


class SecondFactorMiddleware(MiddlewareMixin):
    """Comes after LoginRequiredMiddleware. Nothing is excepted by how a view is made, only what is named above."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any, **__: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.view_name in SET_UP):
            return None
        if not lacks_second_factor(request.user):
            return None
        place = reverse("mfa_index")
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": place})
        if request.method in {"GET", "HEAD"} and not request.path.startswith("/api/"):
            return HttpResponseRedirect(place)
        words = gettext("Set up a second factor first: sign in with a browser.")
        return JsonResponse({"detail": words}, status=403)
