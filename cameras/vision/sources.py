"""Opening a stream of pictures: where it comes from, how it is opened safely, what its errors mean.

FFmpeg puts the whole address, password included, into its messages. So no error of the library leaves this module:
callers get a `SourceError` that holds a `CameraState` and nothing else.
"""

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import av
import av.error
import av.logging

from cameras.vision.states import CameraState

# FFmpeg's own messages contain addresses with passwords; ours say what happened.
av.logging.set_level(None)

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_FILE_FORMATS = "mov,matroska,avi,mpegts,mpeg,mjpeg,h264,hevc"
_HTTP_FORMATS = "mpjpeg,jpeg_pipe," + _FILE_FORMATS


class SourceError(Exception):
    """The source cannot be opened or read; `state` says why. Never holds an address."""

    def __init__(self, state: CameraState) -> None:
        super().__init__(state.message)
        self.state = state


class AddressRefused(ValueError):  # noqa: N818 - reads as what happened
    """The address is not one a camera may have. Its message is fit for people and holds no password."""


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a camera's pictures come from; its text and `repr` show neither credentials, path nor query.

    `target` is the path and query of a network address, the path of a file, or the device of a USB camera;
    `pinned` the IP address that was checked, to which the connection is then made.
    """

    scheme: str
    target: str
    host: str = ""
    port: int | None = None
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    pinned: str = ""

    @property
    def is_file(self) -> bool:
        return self.scheme == "file"

    @property
    def is_network(self) -> bool:
        return self.scheme not in ("file", "usb")

    def __str__(self) -> str:
        """What may be shown: cameras hide passwords in paths and queries too."""
        if self.scheme == "usb":
            return f"usb:{self.target.removeprefix('/dev/video')}"
        if self.is_file:
            return f"file {self.target.rpartition('/')[2]}"
        return f"{self.scheme}://{_authority(self.host, self.port)}/…"

    def __repr__(self) -> str:
        return f"Address({self})"

    def reveal(self) -> str:
        """What the library opens. Holds the password: never log it, never let it into an exception."""
        if not self.is_network:
            return self.target
        credentials = ""
        if self.username or self.password:
            credentials = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}@"
        # A TLS connection has to name its host, so it cannot be made to the bare number that was checked.
        host = self.pinned if self.pinned and self.scheme in ("rtsp", "http") else self.host
        return f"{self.scheme}://{credentials}{_authority(host, self.port)}{self.target}"


def _authority(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


AddressCheck = Callable[[Address], Address]


def open_source(address: Address, *, open_timeout: float = 5.0, read_timeout: float = 5.0) -> Any:
    """Open `address` for reading with PyAV; gives an `av.container.InputContainer` with at least one video stream.

    Raises `SourceError`. Takes up to twice `open_timeout` (seconds): once to connect, once to learn what is sent.
    """
    timeout = (open_timeout, read_timeout)
    container, state = _try_open(address, _options_for(address), timeout)
    if state is CameraState.TURNED_AWAY and address.scheme in ("rtsp", "rtsps"):
        state = _look_for_sound(address, timeout) or state
    if container is None:
        raise SourceError(state)
    if not container.streams.video:
        container.close()
        raise SourceError(CameraState.NO_VIDEO)
    if container.streams.video[0].codec_context is None:
        container.close()
        raise SourceError(CameraState.GARBAGE)
    # Cores are shared between cameras, not within one: more threads would only add delay and memory.
    container.streams.video[0].codec_context.thread_count = 1
    return container


def _try_open(address: Address, options: dict[str, str], timeout: tuple[float, float]) -> tuple[Any, CameraState]:
    file_format = "v4l2" if address.scheme == "usb" else None
    began = time.monotonic()
    try:
        return av.open(address.reveal(), format=file_format, options=options, timeout=timeout), CameraState.WATCHING
    except Exception as error:  # whatever it is, its message may hold the password
        state = state_of(error, opened=False)
        is_clear = isinstance(error, ConnectionRefusedError)
    timed_out = time.monotonic() - began >= 0.95 * timeout[0]
    if address.is_network and not is_clear and (timed_out or state is CameraState.UNREACHABLE):
        state = _knock(address)
    return None, state


def _knock(address: Address, patience: float = 2.0) -> CameraState:
    """FFmpeg calls a silent server, a dead one and one that talks nonsense by the same name; so ask once ourselves."""
    question = {"rtsp": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "http": b"GET / HTTP/1.0\r\n\r\n"}
    port = address.port or DEFAULT_PORTS[address.scheme]
    with contextlib.ExitStack() as stack:
        try:
            line = stack.enter_context(socket.create_connection((address.pinned or address.host, port), patience))
            line.sendall(question.get(address.scheme, b""))
        except OSError:
            return CameraState.UNREACHABLE
        try:
            answer = line.recv(64)
        except OSError:
            return CameraState.FROZEN
    speaks_rtsp = address.scheme == "rtsp" and answer.startswith(b"RTSP/")
    return CameraState.FROZEN if speaks_rtsp else CameraState.GARBAGE


def _look_for_sound(address: Address, timeout: tuple[float, float]) -> CameraState | None:
    """Sound is never asked for, except here: to tell a stream of nothing but sound from a camera that refuses."""
    container, _ = _try_open(address, _options_for(address) | {"allowed_media_types": "audio"}, timeout)
    if container is None:
        return None
    try:
        return CameraState.NO_VIDEO if container.streams.audio else None
    finally:
        container.close()


def _options_for(address: Address) -> dict[str, str]:
    """Only what a camera's stream needs: a file that names other files, or a redirection, leads nowhere."""
    # Without fpsprobesize FFmpeg holds every new connection for two seconds to estimate a frame rate.
    probing = {"analyzeduration": "2000000", "fpsprobesize": "0"}
    match address.scheme:
        case "rtsp" | "rtsps":
            protocols = "rtsp,rtp,tcp" if address.scheme == "rtsp" else "rtsps,rtsp,rtp,tls,tcp"
            return probing | {
                "rtsp_transport": "tcp",
                "allowed_media_types": "video",
                "protocol_whitelist": protocols,
                "format_whitelist": "rtsp",
            }
        case "http" | "https":
            options = probing | {
                "protocol_whitelist": "http,tcp" if address.scheme == "http" else "https,tls,tcp",
                "format_whitelist": _HTTP_FORMATS,
                "max_redirects": "0",
                "http_proxy": "",  # cameras are near; the environment's proxy would be told their passwords
            }
            if address.pinned and address.scheme == "http":
                options["headers"] = f"Host: {_authority(address.host, address.port)}\r\n"
            return options
        case "usb":
            return {}
    return {"protocol_whitelist": "file", "format_whitelist": _FILE_FORMATS}


def state_of(error: BaseException, *, opened: bool) -> CameraState:
    """What an error of the library says about the camera; `opened` when pictures had been arriving."""
    match error:
        case SourceError():
            return error.state
        case AddressRefused():
            return CameraState.ADDRESS_REFUSED
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return CameraState.WRONG_PASSWORD
        case av.error.HTTPNotFoundError():
            return CameraState.NOT_FOUND
        case av.error.HTTPClientError() | av.error.HTTPError():
            return CameraState.TURNED_AWAY
        case av.error.ExitError() | TimeoutError():
            return CameraState.FROZEN if opened else CameraState.UNREACHABLE
        case EOFError():
            return CameraState.ENDED if opened else CameraState.GARBAGE
        case OSError() if not opened:
            return CameraState.UNREACHABLE
        case OSError():
            return CameraState.ENDED
    return CameraState.GARBAGE
