"""Which addresses a camera may have, and the check of them: when they are entered and again at each connection.

A camera's address is typed by a person and opened by the server, so it must not lead to the server itself, to its
neighbours' link-local services or to a cloud's metadata. A name can be made to point elsewhere after it was accepted
(DNS rebinding): `connection_check` resolves it again and pins the connection to the number that was checked.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cameras.vision.sources import DEFAULT_PORTS, Address, AddressCheck, AddressRefused, SourceError
from cameras.vision.states import CameraState

__all__ = ["Address", "AddressRefused", "HostNotFound", "connection_check", "parse_address"]

VIDEO_SUFFIXES = {".avi", ".h264", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm"}
METADATA = {
    ipaddress.ip_address(number)
    for number in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # Amazon ECS
        "fd00:ec2::254",  # Amazon
        "fd20:ce::254",  # Google
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
    )
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")

Number = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]


class HostNotFound(AddressRefused):
    """The name in the address stands for no number, now at least."""


def resolve_host(host: str, port: int) -> list[str]:
    """All numbers that a name stands for. Raises OSError where it stands for none."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def parse_address(
    text: str,
    *,
    allowed_folder: Path | None,
    allow_private_development: bool,
    resolve: Resolver = resolve_host,
) -> Address:
    """The address that `text` means: rtsp, rtsps, http, https, `usb:0`, or a video file inside `allowed_folder`.

    A host name is resolved, and refused if any of its numbers is. Raises `AddressRefused`, a ValueError whose message
    is for the person who typed the address and never repeats it, since it may hold a password.
    """
    text = text.strip()
    if not text:
        raise AddressRefused(_("Enter the camera's address, for example rtsp://192.168.1.20/stream."))
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise AddressRefused(_("The address contains a line break or another control character: remove it."))
    if usb := re.fullmatch(r"usb:(\d{1,2})", text, re.IGNORECASE):
        return Address("usb", f"/dev/video{int(usb[1])}")
    scheme = text.partition(":")[0].lower() if "://" in text else "file"
    if scheme == "file":
        return _parse_file(text, allowed_folder)
    if scheme not in DEFAULT_PORTS:
        raise AddressRefused(
            _(
                "A camera's address begins with rtsp://, rtsps://, http:// or https://, or is usb:0 (and so on), "
                "or names a video file in the folder that is set up for videos."
            )
        )
    address = _parse_network(text)
    check_host(address, allow_private_development=allow_private_development, resolve=resolve)
    return address


def connection_check(
    *, allowed_folder: Path | None, allow_private_development: bool, resolve: Resolver = resolve_host
) -> AddressCheck:
    """A function for `Capture(check=…)`: checks an address anew and pins a network address to a checked number."""

    def check(address: Address) -> Address:
        if address.is_file:
            return replace(address, target=str(_inside(Path(address.target), allowed_folder)))
        if not address.is_network:
            return address
        try:
            numbers = check_host(address, allow_private_development=allow_private_development, resolve=resolve)
        except HostNotFound:  # it was found when it was entered, so this is the network's fault and not the address's
            raise SourceError(CameraState.UNREACHABLE) from None
        return replace(address, pinned=numbers[0])

    return check


def check_host(address: Address, *, allow_private_development: bool, resolve: Resolver = resolve_host) -> list[str]:
    """The numbers of the address's host, all of them fit for a camera. Raises `AddressRefused`."""
    try:
        numbers = resolve(address.host, address.port or DEFAULT_PORTS[address.scheme])
    except (OSError, UnicodeError):
        numbers = []
    if not numbers:
        raise HostNotFound(
            _("The host name in the address cannot be found: check its spelling, or enter the camera's IP address.")
        )
    for number in numbers:
        if reason := reason_to_refuse(number, allow_private_development=allow_private_development):
            said = _("The address leads to %(where)s: enter the address of a camera on the network.")
            raise AddressRefused(said % {"where": _(reason)})
    return numbers


def reason_to_refuse(number: str, *, allow_private_development: bool) -> str | None:
    """Why no camera may have this IP address, or None. Development may use this machine and link-local."""
    for candidate in _meanings(ipaddress.ip_address(number.partition("%")[0])):
        if candidate in METADATA:
            return gettext_noop("a cloud's metadata service")
        if candidate.is_multicast:
            return gettext_noop("a multicast group")
        if candidate.is_unspecified or candidate == ipaddress.ip_address("255.255.255.255"):
            return gettext_noop("no particular machine")
        if candidate.is_loopback and not allow_private_development:
            return gettext_noop("the server itself (a loopback address)")
        if candidate.is_link_local and not allow_private_development:
            return gettext_noop("a link-local address")
        if isinstance(candidate, ipaddress.IPv4Address) and (candidate.is_reserved or candidate.packed[0] == 0):
            return gettext_noop("a reserved address")
    return None


def _meanings(number: Number) -> list[Number]:
    """The number itself, and the IPv4 addresses that an IPv6 address can stand for."""
    if isinstance(number, ipaddress.IPv4Address):
        return [number]
    inner: list[Number | None] = [number.ipv4_mapped, number.sixtofour, *(number.teredo or ())]
    if number in _NAT64 or (number in _COMPATIBLE and int(number) > 1):
        inner.append(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
    return [number, *(address for address in inner if address is not None)]


def _parse_network(text: str) -> Address:
    parts, port = _split(text)
    host = (parts.hostname or "").rstrip(".")
    if not host or not re.fullmatch(r"[\w.:%-]+", host):
        raise AddressRefused(
            _(
                "The address has no usable host. It looks like rtsp://name:password@192.168.1.20/stream; "
                "write @ as %40, / as %2F, # as %23 and ? as %3F in a password."
            )
        )
    if parts.fragment:
        raise AddressRefused(_("The address contains a #, which means nothing here: in a password, write it as %23."))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Address(
        scheme=parts.scheme.lower(),
        target=target,
        host=host,
        port=port,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError:  # its message repeats what was typed, so it goes no further
        pass
    raise AddressRefused(
        _(
            "The host or port in the address cannot be read. A port is a number up to 65535; in a password, "
            "write @ as %40, / as %2F, # as %23, ? as %3F and [ as %5B."
        )
    )


def _parse_file(text: str, allowed_folder: Path | None) -> Address:
    name = unquote(text[len("file://") :]) if text.lower().startswith("file://") else text
    return Address("file", str(_inside(Path(name), allowed_folder)))


def folder_words(folder: Path) -> str:
    """Enough of a folder's path to find it by; the rest is nobody's business who types an address."""
    return "/".join(folder.parts[-2:])


def _inside(path: Path, allowed_folder: Path | None) -> Path:
    """The real path of a video file in the folder, whatever `..` and links there are on the way to it."""
    if allowed_folder is None:
        raise AddressRefused(_("Video files are not allowed as cameras here: no folder is set up for them."))
    folder = allowed_folder.resolve()
    try:
        real = (folder / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        real = None
    # One answer for both, or the form would tell which files the server has.
    if real is None or not real.is_relative_to(folder) or not real.is_file():
        said = _("There is no such video file in the folder %(folder)s (LOCKPORT_VIDEO_FOLDER): check its name.")
        raise AddressRefused(said % {"folder": folder_words(allowed_folder)})
    if real.suffix.lower() not in VIDEO_SUFFIXES:
        raise AddressRefused(_("The file is not a video: its name has to end in .mp4, .mkv, .mov, .avi or .ts."))
    return real
