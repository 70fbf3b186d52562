"""The newest picture of a camera, whatever the camera, the network or the library does.

A reader thread demuxes and decodes (`reading.py`); a watchdog thread keeps a clock of its own of the last picture,
gives up a reader that hangs and connects again. Neither trusts the other, nor the library's time-outs alone.
"""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from cameras.vision.reading import Connection, Listener, ReadingOptions
from cameras.vision.sources import Address, AddressCheck
from cameras.vision.states import CameraState
from cameras.vision.types import Frame

logger = logging.getLogger(__name__)

LONGEST_DELAY = 60.0
STEADY_AFTER = 10.0  # seconds of pictures after which the next failure counts as the first one
MOST_ABANDONED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """`frozen_after`: seconds without a picture until the connection is given up; `first_picture_within`: the same for
    the first picture of a connection, for which some cameras take seconds (they wait for a keyframe)."""

    reading: ReadingOptions = field(default_factory=ReadingOptions)
    frozen_after: float = 6.0
    first_picture_within: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStats:
    """`last_frame_age` in seconds, None before the first; `size` (width, height) in pixels; `fps` of decoded pictures.

    `frames_dropped` counts frames that a newer one replaced before anyone took them.
    """

    state: CameraState
    frames_read: int
    frames_dropped: int
    last_frame_age: float | None
    reconnects: int
    undecodable: int
    size: tuple[int, int] | None
    fps: float


def reconnect_delays(chance: Callable[[], float] = random.random) -> Iterator[float]:
    """Seconds to wait before each new attempt: 1, 2, 4 … 60, each ± 20 %, so that many cameras do not return at once.

    `chance` gives numbers in 0..1.
    """
    delay = 1.0
    while True:
        yield delay * (0.8 + 0.4 * chance())
        delay = min(delay * 2, LONGEST_DELAY)


class Capture:
    """Reads one address until it is stopped; use as a context manager, or call `start` and `stop`.

    `on_packet` is given each video packet (`av.Packet`) untouched, in the reader's thread, before it is decoded.
    `check` is asked before each connection, in the reader's thread, and gives the address to connect to; it raises
    `AddressRefused`. No method raises because of the camera: `stats().state` says what is wrong.
    """

    def __init__(
        self,
        address: Address,
        options: CaptureOptions | None = None,
        *,
        on_packet: Callable[[Any], None] | None = None,
        check: AddressCheck | None = None,
    ) -> None:
        self.address = address
        self._options = options or CaptureOptions()
        self._check = check
        self._listener = Listener(
            on_packet=on_packet, on_picture=self._on_picture, on_end=self._wake_up, may_rest=lambda: self._may_rest
        )
        self._may_rest = False
        self._lock = threading.Condition()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._watchdog = threading.Thread(target=self._supervise, name="capture-watchdog", daemon=True)
        self._connection: Connection | None = None
        self._abandoned: list[Connection] = []
        self._state = CameraState.STARTING
        self._newest: Frame | None = None
        self._arrivals: deque[float] = deque(maxlen=50)
        self._last_arrival: float | None = None
        self._size: tuple[int, int] | None = None
        self._frames_read = self._frames_dropped = self._reconnects = self._undecodable = 0

    def __repr__(self) -> str:
        return f"<Capture of {self.address}: {self._state}>"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._watchdog.start()

    def stop(self, timeout: float = 4.0) -> bool:
        """Stop within `timeout` seconds, and say whether all threads have ended.

        A reader that hangs in the library is left behind; it ends by itself when the library's time-out does.
        """
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self._wake.set()
        self._enter(CameraState.STOPPED)
        if self._watchdog.ident is not None:
            self._watchdog.join(timeout)
        with self._lock:
            self._newest = None
            left_behind = list(self._abandoned)
        for connection in left_behind:
            connection.join(max(0.0, deadline - time.monotonic()))
        return not self._watchdog.is_alive() and not any(connection.is_alive for connection in left_behind)

    def latest(self, timeout: float = 1.0) -> Frame | None:
        """The newest frame not handed out before; None when none came within `timeout` seconds or it was stopped."""
        with self._lock:
            self._lock.wait_for(lambda: self._newest is not None or self.is_over, timeout)
            frame, self._newest = self._newest, None
            return frame

    def rest(self, may_rest: bool) -> None:
        """Say that nothing has moved for a while, so that keyframes are enough; or that something moves again.

        Where a camera sends a keyframe at least every two seconds, pictures then come as rarely, until its packets hold
        more than before or this is called with False: the next picture is then the newest, within milliseconds.
        """
        self._may_rest = may_rest

    @property
    def is_over(self) -> bool:
        """Whether no frame will come any more: stopped, or a file played to its end."""
        return self._stopping.is_set() or (self._state is CameraState.ENDED and self.address.is_file)

    def stats(self) -> CaptureStats:
        with self._lock:
            now = time.monotonic()
            last = self._last_arrival
            running = self._connection.undecodable if self._connection else 0
            return CaptureStats(
                state=self._state,
                frames_read=self._frames_read,
                frames_dropped=self._frames_dropped,
                last_frame_age=None if last is None else now - last,
                reconnects=self._reconnects,
                undecodable=self._undecodable + running,
                size=self._size,
                fps=_rate(self._arrivals) if self._state is CameraState.WATCHING else 0.0,
            )

    # What the reader's thread calls.

    def _on_picture(self, connection: Connection, picture: Any) -> None:
        with self._lock:
            if connection is not self._connection or connection.is_abandoned or self._stopping.is_set():
                return
            self._frames_read += 1
            if self._newest is not None:
                self._frames_dropped += 1
            self._newest = Frame.from_av(picture, number=self._frames_read, captured_at=time.time())
            self._size = self._newest.size
            if not self._arrivals:
                self._wake.set()  # the watchdog waits patiently for the first picture and less so for the next
            self._last_arrival = time.monotonic()
            self._arrivals.append(self._last_arrival)
            self._lock.notify_all()
            before = self._change(CameraState.WATCHING)
        self._log_change(before, CameraState.WATCHING)

    def _wake_up(self) -> None:
        self._wake.set()

    # What the watchdog's thread does.

    def _supervise(self) -> None:
        delays = reconnect_delays()
        while not self._stopping.is_set():
            began = time.monotonic()
            outcome = self._connect_and_watch(began)
            self._enter(outcome)
            if self.is_over:
                return
            if self._arrivals and self._arrivals[-1] - began > STEADY_AFTER:
                delays = reconnect_delays()
            delay = next(delays)
            if outcome is CameraState.WRONG_PASSWORD:
                delay = LONGEST_DELAY  # cameras lock an account after a handful of wrong passwords
            self._stopping.wait(delay)
            self._wait_for_abandoned()
            self._reconnects += 1

    def _connect_and_watch(self, began: float) -> CameraState:
        """Connect, and wait until that connection ends or hangs; what became of it."""
        connection = Connection(self.address, self._options.reading, self._listener, self._check)
        with self._lock:
            self._wake.clear()
            self._arrivals.clear()
            self._connection = connection
        connection.start()
        while connection.outcome is None and not self._stopping.is_set():
            remaining = self._deadline(began) - time.monotonic()
            if remaining <= 0:
                break
            self._wake.wait(remaining)
            self._wake.clear()
        connection.abandon()
        with self._lock:
            self._undecodable += connection.undecodable
            self._connection = None
            self._abandoned = [other for other in (*self._abandoned, connection) if other.is_alive]
        return connection.outcome or self._diagnose(connection)

    def _deadline(self, began: float) -> float:
        with self._lock:
            if self._arrivals:
                return self._arrivals[-1] + self._options.frozen_after
        return began + self._options.first_picture_within

    def _diagnose(self, connection: Connection) -> CameraState:
        if self._stopping.is_set():
            return CameraState.STOPPED
        if not connection.opened:
            return CameraState.UNREACHABLE
        return CameraState.GARBAGE if connection.packets and not self._arrivals else CameraState.FROZEN

    def _wait_for_abandoned(self) -> None:
        """A library that never gives up must not collect threads."""
        while not self._stopping.is_set():
            with self._lock:
                self._abandoned = [connection for connection in self._abandoned if connection.is_alive]
                if len(self._abandoned) < MOST_ABANDONED:
                    return
            self._stopping.wait(1.0)

    def _enter(self, state: CameraState) -> None:
        with self._lock:
            before = self._change(state)
        self._log_change(before, state)

    def _change(self, state: CameraState) -> CameraState:
        """Enter `state`, with the lock held, and give the one before; what was stopped stays stopped."""
        before = self._state
        if before is not CameraState.STOPPED:
            self._state = state
            self._lock.notify_all()
        return before

    def _log_change(self, before: CameraState, state: CameraState) -> None:
        if before not in (state, CameraState.STOPPED):
            logger.info("%s: %s, was %s", self.address, state, before)


def _rate(arrivals: deque[float]) -> float:
    """Frames per second over the last frames."""
    if len(arrivals) < 2 or arrivals[-1] <= arrivals[0]:
        return 0.0
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])
