"""Asking the server's own application (lockport/asgi.py) for a page, as uvicorn does, and taking the time of it.

Not Django's test client: that keeps a copy of each template's context, which no server does, and leaves out what each
request costs a server: its own thread, its own connection to the database, the hops between event loop and thread.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True, slots=True)
class Taken:
    """What one page took: milliseconds by the clock and of processor (median, 95th percentile), queries, bytes."""

    clock: tuple[float, float]
    processor: tuple[float, float]
    queries: int
    size: int


class Server:
    """The application in this process, asked one request at a time by somebody who is signed in."""

    def __init__(self, person) -> None:
        from lockport.asgi import application

        self.application, self.client = application, Client()
        self.client.force_login(person)
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), (b"accept-encoding", b"gzip")]
        self.runner = asyncio.Runner()

    def measure(self, addresses: list[str], before: Callable[[], None]) -> Taken:
        """Each address once, after the first of them has been asked for three times; `before` runs before each."""
        for _ in range(3):
            before()
            self.runner.run(self._get(addresses[0]))
        clock, processor, size = [], [], 0
        gc.collect()
        for address in addresses:
            before()
            began, used = time.perf_counter(), time.process_time()
            size = self.runner.run(self._get(address))
            processor.append(1000 * (time.process_time() - used))
            clock.append(1000 * (time.perf_counter() - began))
        return Taken(summary(clock), summary(processor), self.queries(addresses[0]), size)

    async def _get(self, address: str) -> int:
        """The size of the page in bytes."""
        parts, status = [], []
        requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive():
            for message in requests:
                return message
            await asyncio.Event().wait()

        async def send(message):
            if message["type"] == "http.response.start":
                status.append(message["status"])
            else:
                parts.append(message.get("body", b""))

        ends = {"client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8000)}
        place = {"path": address, "raw_path": address.encode(), "query_string": b"", "root_path": ""}
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "asgi": {"version": "3.0"}}
        await self.application({**scope, **place, **ends, "headers": self.headers}, receive, send)
        assert status == [200], f"{address}: {status}"
        return sum(map(len, parts))

    def queries(self, address: str) -> int:
        """How many the page asks that has been opened before, its record's insertion among them."""
        with CaptureQueriesContext(connection) as asked:
            self.client.get(address)
        return len(asked)


def summary(taken: list[float]) -> tuple[float, float]:
    return float(np.median(taken)), float(np.quantile(taken, 0.95))
