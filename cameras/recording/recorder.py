"""Recording beside the watching: readers hand packets over and go on; one thread a process stores what is complete.

Nothing here slows or stops a watch: the reader only copies a packet, the queue is bounded, and whatever cannot be
stored is dropped, counted, and becomes a gap with its reason. Knows neither Django nor a disk: a `Keeper` stores.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from cameras.recording.mux import NotRecordable
from cameras.recording.reasons import Reason, RecordingState
from cameras.recording.slicing import Mode, Segment, Skipped, Slicer, SlicingOptions

logger = logging.getLogger(__name__)

SILENT = 6.0  # seconds without a packet after which what there is is stored, and a gap begins
REPORT_EVERY = 5.0
MOST_WAITING = 256 * 1024 * 1024  # bytes that may wait to be stored, of all cameras of this process together
PATIENCE = 30.0  # seconds for which storing one segment is tried again


class NearlyFull(OSError):
    """The disk has less room left than is reserved."""


class Keeper(Protocol):
    """What stores. May be slow and may fail: it is called in the recorder's own thread only."""

    def keep(self, camera: int, segment: Segment) -> None:
        """Store a segment. Raises NearlyFull, or anything else when it should be tried again."""

    def leave_out(self, camera: int, since: float | None, reason: Reason) -> None:
        """Nothing is recorded since then (unix seconds; None: since the last segment), until the next `keep`."""

    def report(self, camera: int, state: RecordingState) -> None:
        """How the recording of one camera is doing, told every few seconds."""


@dataclass(slots=True, eq=False)
class Tap:
    """One camera's packets on their way into the recorder."""

    camera: int
    mode: Mode
    slicer: Slicer
    hand_over: Callable[["Tap", Segment | Skipped], None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    last_packet: float = field(default_factory=time.monotonic)
    state: RecordingState = RecordingState.STARTING
    dropped: int = 0
    is_silent: bool = False
    refused_stream: Any = None

    def on_packet(self, packet: Any) -> None:
        """Take an `av.Packet`, in the reader's thread. Never raises, never waits for the disk."""
        if packet.stream is self.refused_stream:
            return
        with self.lock:
            self.last_packet, self.is_silent = time.monotonic(), False
            try:
                done = self.slicer.add(packet, time.time())
            except NotRecordable as error:
                self.refused_stream, self.state = packet.stream, RecordingState.FORMAT
                logger.error("Camera %s: not recorded: %s", self.camera, error)
                return
            self._hand_over(done)

    def motion(self, at: float) -> None:
        """Something moved before this camera at this moment, in unix seconds."""
        with self.lock:
            self.slicer.motion(at)

    def flush(self) -> None:
        with self.lock:
            self._hand_over(self.slicer.flush())

    def _hand_over(self, done: list[Segment | Skipped]) -> None:
        for item in done:
            self.hand_over(self, item)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    tap: Tap
    item: Segment | Skipped | Reason
    stored: threading.Event | None = None

    @property
    def size(self) -> int:
        return sum(len(sample.data) for sample in self.item.samples) if isinstance(self.item, Segment) else 0


class Recorder:
    """All recorded cameras of one process and the thread that stores. `attach` a camera, `detach` it at the end."""

    def __init__(self, keeper: Keeper, *, options: SlicingOptions | None = None, patience: float = PATIENCE) -> None:
        self._keeper = keeper
        self._options = options or SlicingOptions()
        self._patience = patience
        self._lock = threading.Lock()
        self._taps: list[Tap] = []
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._reported_at = 0.0

    def attach(self, camera: int, mode: Mode) -> Tap:
        """Begin to record a camera; hand its packets to the tap."""
        tap = Tap(camera, mode, Slicer(mode, self._options), self._enqueue)
        with self._lock:
            self._taps.append(tap)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
                self._thread.start()
        return tap

    def detach(self, tap: Tap, reason: Reason, *, timeout: float = 3.0) -> bool:
        """Store what there is, note the gap that begins now, and say whether that was done in time."""
        tap.flush()
        stored = threading.Event()
        self._jobs.put(_Job(tap, reason, stored))
        return stored.wait(timeout)

    def _enqueue(self, tap: Tap, item: Segment | Skipped) -> None:
        job = _Job(tap, item)
        with self._lock:
            if self._waiting + job.size > MOST_WAITING:
                tap.dropped += 1
                tap.state = RecordingState.BEHIND
                job = _Job(tap, Reason.FAILED)
            self._waiting += job.size
        self._jobs.put(job)

    # What the recorder's thread does.

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=1.0)
            except queue.Empty:
                job = None
            if job is not None:
                self._work(job)
                with self._lock:
                    self._waiting -= job.size
                    if not self._taps:
                        self._thread = None
                        return
            self._look_after_taps()

    def _work(self, job: _Job) -> None:
        tap, item = job.tap, job.item
        try:
            match item:
                case Segment():
                    self._keep(tap, item)
                case Skipped():
                    self._keeper.leave_out(tap.camera, item.start, Reason.NO_MOTION)
                    tap.state = RecordingState.WAITING
                case _:
                    self._keeper.leave_out(tap.camera, None, item)
        except Exception as error:
            self._log(tap, "a gap could not be noted", error)
        if job.stored is not None:
            with self._lock:
                self._taps.remove(tap)
            job.stored.set()

    def _keep(self, tap: Tap, segment: Segment) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self._keeper.keep(tap.camera, segment)
            except NearlyFull:
                reason, tap.state = Reason.DISK_FULL, RecordingState.FULL
                break
            except Exception as error:
                tap.state = RecordingState.FAILING
                if time.monotonic() >= deadline:
                    self._log(tap, "a segment is lost", error)
                    reason = Reason.FAILED
                    break
                self._log(tap, "a segment could not be stored yet", error)
                time.sleep(min(1.0, self._patience))
            else:
                tap.state = RecordingState.RECORDING
                return
        tap.dropped += 1
        self._keeper.leave_out(tap.camera, segment.start, reason)

    def _look_after_taps(self) -> None:
        now = time.monotonic()
        with self._lock:
            taps = list(self._taps)
        for tap in taps:
            if now - tap.last_packet > SILENT and not tap.is_silent:
                tap.is_silent, tap.state = True, RecordingState.SILENT
                tap.flush()
                self._jobs.put(_Job(tap, Reason.UNREACHABLE))
        if now - self._reported_at >= REPORT_EVERY:
            self._reported_at = now
            for tap in taps:
                self._report(tap)

    def _report(self, tap: Tap) -> None:
        try:
            self._keeper.report(tap.camera, tap.state)
        except Exception as error:
            self._log(tap, "the state of the recording could not be reported", error)

    def _log(self, tap: Tap, what: str, error: Exception) -> None:
        # The type alone: a message of the database may hold values.
        logger.error("Camera %s: recording: %s (%s)", tap.camera, what, type(error).__name__)
