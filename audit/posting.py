"""Send a few bytes to a web server that an administrator named, and nowhere else: no redirects, checked addresses."""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

SECONDS = 10


class PostProblem(Exception):
    """It did not arrive; the message says why, without the address's path (which may hold a secret)."""


def post(url: str, body: bytes, *, loopback: bool = False) -> None:
    """POST `body` (application/json) to an http or https `url`. Raises PostProblem unless the answer is 2xx.

    The name is resolved once, checked (link-local, which is where clouds keep their metadata, multicast and, unless
    `loopback`, this machine itself are refused) and the connection made to that very address. Private addresses are
    allowed: a witness may well live in the district's own network.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _connect(host, port, secure=parts.scheme == "https", address=_checked(host, port, loopback=loopback))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "Lockport"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise PostProblem(f"{host} did not answer: {type(error).__name__}.") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise PostProblem(f"{host} answered with status {status}.")


def _checked(host: str, port: int, *, loopback: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise PostProblem(f"{host} has no address: {type(error).__name__}.") from error
    for *_, (text, *_) in found:
        address = ipaddress.ip_address(str(text).partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        refused = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
        if not refused and (loopback or not address.is_loopback):
            return str(address)
    raise PostProblem(f"{host} is an address to which nothing is sent (link-local, loopback, multicast).")


def _connect(host: str, port: int, *, secure: bool, address: str) -> http.client.HTTPConnection:
    try:
        raw = socket.create_connection((address, port), timeout=SECONDS)
        if secure:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except OSError as error:
        raise PostProblem(f"{host} cannot be reached: {type(error).__name__}.") from error
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    connection.sock = raw
    return connection
