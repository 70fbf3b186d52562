"""The body of one watch: pictures in, matches and health out, until it is told to stop or the lease is lost.

Knows neither Celery nor the database: everything it needs is handed in (`Doors`), so it runs in a test as it runs in
a worker. One bad picture, one failing receiver or one slow analysis never ends a watch; each is counted and shown.
"""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cameras.leases import HEARTBEAT, Heartbeat, Lease
from cameras.vision.capture import Capture, CaptureStats
from cameras.vision.sources import Address
from cameras.vision.states import CameraState
from cameras.vision.types import Frame, Gallery, Match
from cameras.vision.view import View

logger = logging.getLogger(__name__)

LEASE_LOST = "the lease was lost"
SOURCE_ENDED = "the video was played to its end"


class Analysis(Protocol):
    """What looks for people in the pictures of one camera, in order (see `cameras.vision.analyse.Analyser`); `at_rest`
    says that nothing has moved for a while."""

    @property
    def at_rest(self) -> bool: ...

    def analyse(self, frame: Frame, gallery: Gallery) -> list[Match]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCamera:
    """The camera a watch is about; `fps` is the most pictures a second that are looked at."""

    id: int
    name: str
    address: Address
    fps: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a watch is doing. `state` is the camera's, or FAILING while looking at its pictures fails again and again.

    `failing` names the last error's type and place, without its message, which could hold parts of a picture. `delay`
    is how many seconds the newest picture took from its arrival until it had been looked at; None before the first.
    """

    camera_id: int
    state: CameraState
    capture: CaptureStats
    analysed: int
    matches: int
    failed_analyses: int
    failed_matches: int
    failing: str
    at: float
    delay: float | None = None

    @property
    def message(self) -> str:
        return self.state.message

    @property
    def advice(self) -> str:
        return self.state.advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """All that a watch reaches: where pictures come from, who looks at them, and who is told.

    `view` judges each picture, and `on_picture` is handed it, before `analyser` looks for people in it.
    `gallery` is asked before each analysis and should be quick; when it raises, nobody is looked for. `on_match` must
    keep the match safe itself: when it raises, that is logged and counted, but the match is not handed over again.
    `should_stop` gives a reason to stop, or None.
    """

    capture: Callable[[WatchedCamera], Capture]
    view: View
    analyser: Analysis
    gallery: Callable[[], Gallery]
    on_picture: Callable[[Frame], None]
    on_match: Callable[[Match], None]
    on_health: Callable[[Health], None]
    should_stop: Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Seconds between heartbeats, reports of health and questions whether to stop; failures in a row to be FAILING."""

    heartbeat: float = HEARTBEAT
    health: float = 3.0
    ask: float = 0.5
    failures: int = 5


@dataclass(slots=True)
class _Tally:
    analysed: int = 0
    matches: int = 0
    failed_analyses: int = 0
    failed_matches: int = 0
    failed_in_a_row: int = 0
    failing: str = ""
    delay: float | None = None
    reported_state: CameraState | None = None
    reported_at: float = field(default_factory=time.monotonic)


def watch(camera: WatchedCamera, doors: Doors, lease: Lease, rhythm: Rhythm | None = None) -> str:
    """Watch `camera` until there is a reason to stop, and return it; renews the lease, and releases it at the end."""
    run = _Watch(camera, doors, rhythm or Rhythm())
    with Heartbeat(lease, interval=run.rhythm.heartbeat) as heartbeat:
        capture = doors.capture(camera)
        try:
            capture.start()
            reason = run.until_stopped(capture, heartbeat)
        finally:
            capture.stop(timeout=2.0)
        if reason != LEASE_LOST:  # or the report would overwrite that of the new holder
            run.report(capture)
        # Before the lease is given back: in the logs of all workers a camera's watches never overlap.
        logger.info("Camera %s: no longer watched, for %s", camera.id, reason)
    return reason


class _Watch:
    def __init__(self, camera: WatchedCamera, doors: Doors, rhythm: Rhythm) -> None:
        self.camera = camera
        self.doors = doors
        self.rhythm = rhythm
        self.tally = _Tally()
        self._ask_at = 0.0

    def until_stopped(self, capture: Capture, heartbeat: Heartbeat) -> str:
        due = time.monotonic()
        while True:
            if reason := self._reason_to_stop(heartbeat):
                return reason
            self._report_if_due(capture)
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(min(pause, self.rhythm.ask))
                continue
            frame = capture.latest(timeout=min(self.rhythm.ask, 0.5))
            if frame is None and capture.is_over:
                return SOURCE_ENDED
            if frame is not None:
                # From now, not from when it was due: after a slow picture the next ones are not rushed.
                due = time.monotonic() + 1 / self.camera.fps
                self._look_at(frame)
                capture.rest(self.tally.failed_in_a_row == 0 and self.doors.analyser.at_rest)

    def _reason_to_stop(self, heartbeat: Heartbeat) -> str | None:
        if heartbeat.is_lost:
            return LEASE_LOST
        now = time.monotonic()
        if now < self._ask_at:
            return None
        self._ask_at = now + self.rhythm.ask
        try:
            return self.doors.should_stop()
        except Exception as error:
            self._log("whether to stop is not known", error)
            return None

    def _look_at(self, frame: Frame) -> None:
        try:
            self.doors.view.look(frame)
            self.doors.on_picture(frame)
            matches = self.doors.analyser.analyse(frame, self.doors.gallery())
        except Exception as error:
            self.tally.failed_analyses += 1
            self.tally.failed_in_a_row += 1
            self.tally.failing = _describe(error)
            # The first ones and then every hundredth: loud, without filling the disk.
            if self.tally.failed_in_a_row <= self.rhythm.failures or self.tally.failed_in_a_row % 100 == 0:
                self._log(f"a picture could not be looked at ({self.tally.failed_in_a_row} in a row)", error)
            return
        self.tally.analysed += 1
        self.tally.failed_in_a_row = 0
        self.tally.failing = ""
        self.tally.delay = max(0.0, time.time() - frame.captured_at)
        for match in matches:
            self._hand_over(match)

    def _hand_over(self, match: Match) -> None:
        self.tally.matches += 1
        try:
            self.doors.on_match(match)
        except Exception as error:
            self.tally.failed_matches += 1
            self._log(f"a match of entry {match.entry} could not be handed over", error)

    def _report_if_due(self, capture: Capture) -> None:
        state = self._state(capture.stats())
        if state is not self.tally.reported_state or time.monotonic() - self.tally.reported_at >= self.rhythm.health:
            self.report(capture)

    def report(self, capture: Capture) -> None:
        stats = capture.stats()
        state = self._state(stats)
        self.tally.reported_state, self.tally.reported_at = state, time.monotonic()
        health = Health(
            camera_id=self.camera.id,
            state=state,
            capture=stats,
            analysed=self.tally.analysed,
            matches=self.tally.matches,
            failed_analyses=self.tally.failed_analyses,
            failed_matches=self.tally.failed_matches,
            failing=self.tally.failing,
            at=time.time(),
            delay=self.tally.delay,
        )
        try:
            self.doors.on_health(health)
        except Exception as error:
            self._log("the camera's health could not be reported", error)

    def _state(self, stats: CaptureStats) -> CameraState:
        if stats.state is CameraState.WATCHING and self.tally.failed_in_a_row >= self.rhythm.failures:
            return CameraState.FAILING
        if stats.state is CameraState.WATCHING and self.doors.view.state is not None:
            return self.doors.view.state
        return stats.state

    def _log(self, what: str, error: Exception) -> None:
        logger.error("Camera %s: %s: %s", self.camera.id, what, _describe(error))


def _describe(error: Exception) -> str:
    """Type and place. Not the message and not the values: they could hold a piece of somebody's face."""
    places = traceback.extract_tb(error.__traceback__)
    place = f" in {places[-1].name}, line {places[-1].lineno} of {places[-1].filename.rpartition('/')[2]}"
    return type(error).__name__ + (place if places else "")
