"""How long a session lasts: an hour after a person last did something, and never more than a day.

NIST SP 800-63B-4, authenticator assurance level 2: at most 1 hour of inactivity, at most 24 hours in all.
"""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from audit.services import Actor, record_access

LONGEST = 24 * 60 * 60
NOTED_EVERY = 60  # seconds: so often, at most, a session is written because its person did something

SIGNED_IN_AT = "signed_in_at"
ACTED_AT = "acted_at"


@receiver(user_logged_in, dispatch_uid="lockport.session_limits")
def remember_sign_in(sender: object, request: HttpRequest, **kwargs: object) -> None:
    request.session[SIGNED_IN_AT] = request.session[ACTED_AT] = time.time()


def over_because(session: Any) -> str:
    """Why this session has ended by now, in words for the access log, or "" while it has not."""
    now = time.time()
    if now - session.get(SIGNED_IN_AT, 0) > LONGEST:
        return "a day after signing in"
    # What was noted may be a minute old: the hour counts from there, so that it is never more than an hour.
    if now - session.get(ACTED_AT, 0) > settings.LOCKPORT_IDLE_SECONDS:
        return "nothing was done for too long"
    return ""


def done_by_a_person(request: HttpRequest) -> bool:
    """Whether somebody pressed or followed something. What a page asks for by itself keeps no session alive."""
    if request.method not in {"GET", "HEAD"}:
        return True
    if "HX-Request" in request.headers or request.headers.get("Accept") == "text/event-stream":
        return False
    # https://www.w3.org/TR/fetch-metadata/: pictures, fetches and the live stream are no navigation.
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


class SessionLimitsMiddleware(MiddlewareMixin):
    """Ends a session that has lasted too long, before anything else is asked of it."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        if reason := over_because(request.session):
            record_access(actor=Actor.from_request(request), action="signed out", subject=request.user, reason=reason)
            request.session.flush()
            request.user = AnonymousUser()
        elif done_by_a_person(request) and time.time() - request.session[ACTED_AT] > NOTED_EVERY:
            request.session[ACTED_AT] = time.time()
