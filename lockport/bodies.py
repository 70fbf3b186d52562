"""What a request brings stays in memory: nothing that is uploaded ever lies unencrypted in a temporary file.

Under ASGI Django reads the whole body before anything looks at it, and writes what is larger than one upload to a disk:
ten photographs are enough. The upload handler (`uploads.py`) comes too late to forbid that.
"""

import io
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

LARGEST = 80 * 1024 * 1024  # bytes of one request, all its files together

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
WORDS = b"Too much at once: at most 80 MB together. Nothing of it was kept. Send fewer or smaller files at a time.\n"


class TooLarge(Exception):
    """The body is larger than any request may be."""


class MemoryOnlyHandler(ASGIHandler):
    """Django's own handler, except that it keeps bodies in memory and has a limit for them."""

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except TooLarge:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": WORDS})

    async def read_body(self, receive: Receive) -> io.BytesIO:
        """The whole body. Raises TooLarge once all of it has arrived, for browsers do not listen before."""
        body, received, is_whole = io.BytesIO(), 0, False
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            received += len(message.get("body", b""))
            if received <= LARGEST:
                body.write(message.get("body", b""))
            else:
                body = io.BytesIO()
            is_whole = not message.get("more_body", False)
        if received > LARGEST:
            raise TooLarge
        body.seek(0)
        return body
