"""The live stream of a real server: what arrives, what is caught up with, what is hidden, and how it ends."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm

from alerts.events import announce
from alerts.models import Alert, AlertEvent
from audit.services import Actor
from lockport.session_limits import ACTED_AT, LONGEST, SIGNED_IN_AT
from tests.alerts.server import Server
from tests.conftest import Cast
from tests.environment import free_port
from watchlist.grants import grant_set

pytestmark = pytest.mark.django_db(transaction=True)

KIND = AlertEvent.Kind


@dataclass(frozen=True, slots=True)
class Message:
    """One server-sent event."""

    id: str
    event: str
    data: dict[str, object]


class Stream:
    """A browser's ear on the stream, in a thread of its own."""

    def __init__(self, server: Server, person, *, query: str = "", last_event_id: str = "") -> None:
        client = Client()
        client.force_login(person)
        self.session_key = client.session.session_key
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={self.session_key}"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self.connection.request("GET", f"/alerts/stream{query}", headers=headers)
        self.socket = self.connection.sock
        self.response = self.connection.getresponse()
        assert self.response.readline() == b"retry: 2000\n"
        self.messages: Queue[Message] = Queue()
        self.is_over = False
        self.ear = Thread(target=self._listen, daemon=True)
        self.ear.start()

    def _listen(self) -> None:
        fields: dict[str, str] = {}
        with suppress(OSError, http.client.HTTPException):
            while line := self.response.readline().decode():
                if line == "\n":
                    if "event" in fields:
                        self.messages.put(Message(fields.get("id", ""), fields["event"], json.loads(fields["data"])))
                    fields = {}
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        self.is_over = True

    def next(self, within: float = 5.0) -> Message | None:
        """The next event; None when none comes in time."""
        try:
            return self.messages.get(timeout=within)
        except Empty:
            return None

    def ends(self, within: float = 5.0) -> bool:
        self.ear.join(within)
        return self.is_over

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def server(alert: Alert, south_alert: Alert) -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def test_an_event_arrives_within_a_second_and_names_nothing_but_the_alert(server: Server, cast: Cast, alert: Alert):
    stream = Stream(server, cast.north_principal)
    assert stream.response.headers["Content-Type"] == "text/event-stream"
    assert stream.next(within=1) is None
    began = time.monotonic()
    event = announce(alert, KIND.RAISED)
    assert stream.next() == Message(str(event.pk), "alert", {"alert": alert.pk, "kind": "raised"})
    assert time.monotonic() - began < 1


def test_a_browser_that_was_away_gets_what_it_missed(server: Server, cast: Cast, alert: Alert, south_alert: Alert):
    seen = announce(alert, KIND.RAISED)
    missed = [announce(alert, KIND.SEEN), announce(alert, KIND.DECIDED)]
    announce(south_alert, KIND.RAISED)
    AlertEvent.objects.update(at="2026-01-01T00:00:00Z")
    stream = Stream(server, cast.north_principal, last_event_id=str(seen.pk), query="?after=0")
    assert [stream.next().id, stream.next().id] == [str(event.pk) for event in missed]
    assert stream.next(within=1) is None


def test_a_page_follows_from_the_moment_it_was_made(server: Server, cast: Cast, alert: Alert):
    before = announce(alert, KIND.RAISED)
    AlertEvent.objects.update(at="2026-01-01T00:00:00Z")
    meanwhile = announce(alert, KIND.SEEN)
    stream = Stream(server, cast.north_principal, query=f"?after={before.pk}")
    assert stream.next().id == str(meanwhile.pk)


@pytest.mark.parametrize("after", ["nonsense", "-4", "9" * 40, "²"])
def test_a_place_that_does_not_exist_is_taken_for_now(server: Server, cast: Cast, alert: Alert, after: str):
    announce(alert, KIND.RAISED)
    AlertEvent.objects.update(at="2026-01-01T00:00:00Z")
    stream = Stream(server, cast.north_principal, query=f"?after={quote(after)}")
    event = announce(alert, KIND.SEEN)
    assert stream.next().id == str(event.pk)


def test_a_number_that_becomes_visible_late_is_still_sent(server: Server, cast: Cast, alert: Alert):
    slow = announce(alert, KIND.RAISED)
    AlertEvent.objects.filter(pk=slow.pk).delete()  # a transaction that has its number but is not committed
    stream = Stream(server, cast.north_principal)
    quick = announce(alert, KIND.SEEN)
    assert stream.next().id == str(quick.pk)
    AlertEvent.objects.create(pk=slow.pk, alert=alert, kind=KIND.RAISED)
    late = stream.next()
    assert late.data == {"alert": alert.pk, "kind": "raised"}
    assert late.id == str(quick.pk), "the place to catch up from never goes back"
    assert stream.next(within=3) is None, "nothing is sent twice"


def test_events_of_other_schools_are_never_sent(server: Server, cast: Cast, alert: Alert, south_alert: Alert):
    north, south = Stream(server, cast.north_principal), Stream(server, cast.south_principal)
    announce(south_alert, KIND.RAISED)
    assert south.next().data["alert"] == south_alert.pk
    assert north.next(within=2.5) is None


@pytest.mark.parametrize("how", ["revoked", "ended", "revoked for one camera"])
def test_a_grant_that_goes_takes_effect_within_five_seconds(server: Server, cast: Cast, alert: Alert, how: str):
    school, person = alert.camera.school, cast.north_principal
    if how == "revoked for one camera":
        person = cast.north_guard
        assign_perm("cameras.review_camera", person, alert.camera)
    if how == "ended":
        grant_set(to=person, row=school, actor=Actor.worker(), until=timezone.now() + timedelta(seconds=4))
    stream = Stream(server, person)
    announce(alert, KIND.RAISED)
    assert stream.next(within=2).event == "alert"
    if how == "revoked":
        remove_perm("cameras.review_school", person, school)
    elif how == "revoked for one camera":
        remove_perm("cameras.review_camera", person, alert.camera)
    began = time.monotonic()
    assert stream.next(within=9).event == "less-to-see", "the page is told to ask again what it may show"
    assert time.monotonic() - began < (4 + 5 if how == "ended" else 5)
    announce(alert, KIND.SEEN)
    assert stream.next(within=3) is None
    assert not stream.is_over


@pytest.mark.parametrize("ending", ["session", "account", "role", "password", "idle", "a day"])
def test_a_stream_ends_within_five_seconds_of(server: Server, cast: Cast, ending: str):
    stream = Stream(server, cast.north_principal)
    assert stream.next(within=0.5) is None
    person = cast.north_principal
    if ending == "session":
        Session.objects.filter(pk=stream.session_key).delete()
    elif ending == "account":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    elif ending == "role":
        person.groups.clear()
    elif ending in {"idle", "a day"}:
        session = SessionStore(stream.session_key)
        name, seconds = (ACTED_AT, 3600) if ending == "idle" else (SIGNED_IN_AT, LONGEST)
        session[name] -= seconds + 1
        session.save()
    else:
        person.set_password("another horse")
        person.save()
    began = time.monotonic()
    assert stream.next(within=5).event == "signed-out"
    assert stream.ends()
    assert time.monotonic() - began < 5


def test_the_server_stops_within_five_seconds_though_streams_are_open(server: Server, cast: Cast):
    streams = [Stream(server, cast.north_principal), Stream(server, cast.north_security)]
    assert [stream.next(within=0.5) for stream in streams] == [None, None]
    assert server.stop() < 5
    assert [stream.ends() for stream in streams] == [True, True]


def open_files(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def has_at_most(server: Server, files: int) -> bool:
    """Soon, and but for ten that looks have open at any moment."""
    deadline = time.monotonic() + 8
    while open_files(server) > files + 10 and time.monotonic() < deadline:
        time.sleep(0.2)
    return open_files(server) <= files + 10


def test_an_open_page_keeps_no_connection_to_the_database(server: Server, cast: Cast, alert: Alert):
    before = open_files(server)
    streams = [Stream(server, cast.north_principal) for _ in range(25)]
    assert has_at_most(server, before + len(streams))  # the browsers' own connections
    announce(alert, KIND.RAISED)
    assert all(stream.next() for stream in streams)


def test_many_browsers_that_come_and_go_leave_nothing_open(server: Server, cast: Cast, alert: Alert):
    first = Stream(server, cast.north_principal)
    first.next(within=0.5)
    before = open_files(server)
    for _ in range(25):
        stream = Stream(server, cast.north_principal)
        stream.close()
    assert has_at_most(server, before)
    announce(alert, KIND.RAISED)
    assert first.next() is not None


def test_without_redis_events_arrive_by_looking(cast: Cast, alert: Alert):
    server = Server(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    try:
        stream = Stream(server, cast.north_principal)
        assert stream.next(within=0.5) is None
        event = announce(alert, KIND.RAISED)
        assert stream.next(within=5).id == str(event.pk)
    finally:
        assert server.stop() < 5


def test_who_may_not_review_gets_no_stream(client: Client, cast: Cast):
    for person in (cast.privacy_officer, cast.administrator, cast.outsider):
        client.force_login(person)
        assert client.get("/alerts/stream").status_code == 403
    client.logout()
    assert client.get("/alerts/stream")["Location"].startswith("/sign-in/")
