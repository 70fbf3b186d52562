"""The live stream: server-sent events that say which alert changed, and nothing else about it.

The browser then asks for the card through an ordinary view, where it is checked and recorded who looks.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections, connections
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alerts import selectors
from alerts.models import AlertEvent
from alerts.wake import wake_up
from audit.services import Actor, record_access
from lockport.access import Person, require
from lockport.held import grants_asked_once, held_by
from lockport.second_factor import lacks_second_factor
from lockport.session_limits import over_because

POLL = 2.0  # seconds between looks when nothing wakes the stream
HEARTBEAT = 15.0  # seconds between signs of life, so that nothing on the way takes the stream for dead
LATE = timedelta(seconds=10)  # how much later than a higher number a lower one may become visible
BATCH = 200

GOODBYE = "event: signed-out\ndata: {}\n\n"
LESS_TO_SEE = "event: less-to-see\ndata: {}\n\n"


class SignedOut(Exception):
    """The session has ended, or the person may not review alerts any more."""


class LessToSee(Exception):
    """A grant was taken away or has ended: what the page shows may not be this person's to see any more."""


@dataclass(slots=True)
class Follower:
    """Where one stream has come to. `recent` are the last numbers it sent, so that none is sent twice."""

    session_key: str
    after: int
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=2 * BATCH))
    scope: frozenset[tuple[str, int]] = frozenset()


@require_GET
@never_cache
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Follow the alerts one may see, from the event named by Last-Event-ID or ?after=, else from now on."""
    after = await sync_to_async(_open)(request)
    follower = Follower(request.session.session_key or "", after)
    response = StreamingHttpResponse(_messages(follower), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


def _open(request: HttpRequest) -> int:
    require(request.user, ["alerts.view_alert"])
    record_access(actor=Actor.from_request(request), action="followed", subject="live alerts")
    wanted = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    # Longer than any number the database gives out is not one of ours.
    return int(wanted) if wanted.isdecimal() and len(wanted) < 19 else selectors.latest_event()


async def _messages(follower: Follower) -> AsyncIterator[str]:
    wakes = wake_up()
    sleeper = wakes.enter()
    said = time.monotonic()
    try:
        yield "retry: 2000\n\n"
        # What the door and `_open` asked with. The request goes on for as long as the page is open, and PostgreSQL has
        # a hundred connections for everybody.
        await sync_to_async(connections.close_all)()
        while not wakes.is_stopping:
            sleeper.clear()
            try:
                # Not on the request's own thread: that would keep a thread and a connection for each open stream.
                events = await sync_to_async(look, thread_sensitive=False)(follower)
            except SignedOut:
                yield GOODBYE
                return
            except LessToSee:
                yield LESS_TO_SEE
                continue
            except DatabaseError:
                events = []  # the stream stays, and tells when the database is back
            for event in events:
                yield message(event, follower)
            if events or time.monotonic() - said >= HEARTBEAT:
                said = time.monotonic()
                yield ": still here\n\n"
            if len(events) < BATCH:
                await _sleep(sleeper)
    finally:
        wakes.leave(sleeper)


async def _sleep(sleeper: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(sleeper.wait(), timeout=POLL)
    except TimeoutError:
        return


def look(follower: Follower) -> list[AlertEvent]:
    """What the stream should send now. Sign-in, role and grants are asked anew each time.

    Raises SignedOut, and once after a grant has gone LessToSee.
    """
    try:
        with grants_asked_once():
            person = signed_in(follower.session_key)
            before, follower.scope = follower.scope, scope_of(person)
            if before - follower.scope:
                raise LessToSee
            known, since = set(follower.recent), timezone.now() - LATE
            return list(selectors.events_after(person, follower.after, known=known, again_since=since)[:BATCH])
    finally:
        close_old_connections()


def signed_in(session_key: str) -> Person:
    """The person whose session this is, now. An open stream keeps no session alive. Raises SignedOut."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person = get_user(request)
    if not person.has_perm("alerts.view_alert") or over_because(request.session) or lacks_second_factor(person):
        raise SignedOut
    return person


def scope_of(person: Person) -> frozenset[tuple[str, int]]:
    """Everything that this person is granted now: permission and row."""
    return frozenset((permission, number) for permission, rows in held_by(person).items() for number in rows)


def message(event: AlertEvent, follower: Follower) -> str:
    """One server-sent event; note that it was sent. Its id never goes back, or a browser would catch up twice."""
    follower.recent.append(event.pk)
    follower.after = max(follower.after, event.pk)
    data = json.dumps({"alert": event.alert_id, "kind": event.kind})
    return f"id: {follower.after}\nevent: alert\ndata: {data}\n\n"
