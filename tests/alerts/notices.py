"""Destinations of the tests, and a real HTTP and a real mail server for them to lead to."""

import contextlib
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from django.contrib.auth.models import User

from alerts.destinations import Destination
from tests.environment import free_port


def destination_of(person: User, address: str = "json://127.0.0.1:9/", **values: object) -> Destination:
    kind = address.partition("://")[0]
    return Destination.objects.create(owner=person, name="Phone", kind=kind, address=address, **values)


@dataclass(slots=True)
class Received:
    """What a server was sent; `status` is what an HTTP server answers with, `location` where it redirects to."""

    port: int
    messages: list[dict] = field(default_factory=list)
    status: int = 200
    location: str = ""

    @property
    def texts(self) -> list[str]:
        return [message["message"] for message in self.messages]


@contextlib.contextmanager
def http_server() -> Iterator[Received]:
    """Takes JSON as apprise's json:// and ntfy:// send it, on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with contextlib.suppress(ValueError):
                received.messages.append(json.loads(body))
            self.send_response(received.status)
            if received.location:
                self.send_header("Location", received.location)
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """The test's output stays readable."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def mail_server() -> Iterator[Received]:
    """A real SMTP server on this machine."""

    class Handler:
        async def handle_DATA(self, server: object, session: object, envelope) -> str:
            received.messages.append({"to": envelope.rcpt_tos, "message": envelope.content.decode()})
            return "250 OK"

    received = Received(free_port())
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # or every word of the conversation is printed
    controller = Controller(Handler(), hostname="127.0.0.1", port=received.port)
    controller.start()
    try:
        yield received
    finally:
        controller.stop()
