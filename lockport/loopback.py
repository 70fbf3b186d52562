"""The demonstration answers on its own machine only: it has no second factor."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

REFUSAL = (
    b"This Lockport is a demonstration (LOCKPORT_DEVELOPMENT) without a second factor: it answers on its own machine "
    b"only. docs/deploying.md says how to run Lockport for a district.\n"
)


def on_loopback_only(application: Application) -> Application:
    """Refuse, with 403, whatever came in by another interface than loopback, or through a proxy."""

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or came_from_here(scope):
            await application(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(REFUSAL)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": REFUSAL})

    return guarded


def came_from_here(scope: Scope) -> bool:
    """Whether both ends of the connection are on loopback and nothing stands between them."""
    names = {name.lower() for name, _ in scope.get("headers", [])}
    if names & {b"x-forwarded-for", b"forwarded", b"x-real-ip"}:
        return False
    return all(_is_loopback(end) for end in (scope.get("server"), scope.get("client")))


def _is_loopback(end: Any) -> bool:
    try:
        return ipaddress.ip_address(end[0]).is_loopback
    except (TypeError, ValueError):
        return False
