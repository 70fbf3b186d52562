"""One connection to a camera: a thread that demuxes and decodes until the stream ends, breaks or is given up."""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import av.error

from cameras.vision.decoding import Decoding
from cameras.vision.sources import Address, AddressCheck, SourceError, open_source, state_of
from cameras.vision.states import CameraState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How a source is read: time-outs in seconds; `loop` and `real_time` are for video files."""

    open_timeout: float = 5.0
    read_timeout: float = 5.0
    loop: bool = False
    real_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Whom a connection tells: of each packet untouched, of each decoded picture, and that it is over; and asks whether
    keyframes are enough, because nothing moves (see `decoding`)."""

    on_packet: Callable[[Any], None] | None
    on_picture: Callable[["Connection", Any], None]
    on_end: Callable[[], None]
    may_rest: Callable[[], bool]


class Connection:
    """A connection and its thread. `abandon()` never blocks, even while the library does: it is simply not heard again.

    The thread of an abandoned connection ends by itself as soon as the library gives up its read.
    """

    def __init__(
        self, address: Address, options: ReadingOptions, listener: Listener, check: AddressCheck | None = None
    ) -> None:
        self._address = address
        self._options = options
        self._listener = listener
        self._check = check
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capture-reader", daemon=True)
        self.outcome: CameraState | None = None
        self.packets = 0
        self.undecodable = 0
        self.opened = False

    def start(self) -> None:
        self._thread.start()

    def abandon(self) -> None:
        self._abandoned.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_abandoned(self) -> bool:
        return self._abandoned.is_set()

    def _run(self) -> None:
        try:
            outcome = self._read()
        except Exception as error:  # its message may hold the address and so the password
            outcome = state_of(error, opened=self.opened)
            logger.debug("%s: reading ended with %s", self._address, type(error).__name__)
        self.outcome = outcome
        self._listener.on_end()

    def _read(self) -> CameraState:
        address = self._check(self._address) if self._check else self._address
        for _ in itertools.count():
            if self._abandoned.is_set():
                break
            pictures = self._read_once(address)
            if pictures == 0:
                return CameraState.GARBAGE
            if not (self._options.loop and address.is_file):
                break
        return CameraState.ENDED

    def _read_once(self, address: Address) -> int:
        """Read until the end; the number of pictures."""
        pictures = 0
        pace = _Pace(self._abandoned) if address.is_file and self._options.real_time else None
        timeouts = {"open_timeout": self._options.open_timeout, "read_timeout": self._options.read_timeout}
        with open_source(address, **timeouts) as container:
            self.opened = True
            video = container.streams.video[0].index
            decoding = Decoding(self._listener.may_rest)
            # All streams are demuxed, for this loop has to come round even when only sound arrives.
            asked_at = time.monotonic()
            for packet in container.demux():
                if self._abandoned.is_set():
                    break
                # A read that timed out may give half a packet, whose grey picture would pass for a sign of life.
                if time.monotonic() - asked_at >= self._options.read_timeout:
                    raise SourceError(CameraState.FROZEN)
                if packet.stream.index == video:
                    if pace:
                        pace.wait_for(packet)
                    pictures += self._take(packet, decoding)
                asked_at = time.monotonic()
        return pictures

    def _take(self, packet: Any, decoding: Decoding) -> int:
        if packet.size:
            self.packets += 1
            self._hand_out(packet)
        try:
            pictures = decoding.pictures(packet)
        except EOFError:
            return 0
        except av.error.FFmpegError:
            self.undecodable += 1
            return 0
        for picture in pictures:
            if not self._abandoned.is_set():
                self._listener.on_picture(self, picture)
        return len(pictures)

    def _hand_out(self, packet: Any) -> None:
        if self._listener.on_packet is None or self._abandoned.is_set():
            return
        try:
            self._listener.on_packet(packet)
        except Exception as error:  # recording must not stop the watching
            logger.error("%s: a packet could not be handed over (%s)", self._address, type(error).__name__)


class _Pace:
    """Waits until a packet of a file would have come from a camera."""

    def __init__(self, interrupted: threading.Event) -> None:
        self._interrupted = interrupted
        self._began: float | None = None

    def wait_for(self, packet: Any) -> None:
        if packet.dts is None:
            return
        position = float(packet.dts * packet.time_base)
        now = time.monotonic()
        # After a pause of the whole machine, go on from here and do not race to catch up.
        if self._began is None or now - (self._began + position) > 1.0:
            self._began = now - position
        self._interrupted.wait(max(0.0, self._began + position - now))
