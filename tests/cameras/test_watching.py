"""One watch, with a real capture of a real file and a real lease; only the analyser is a stand-in."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import redis

from cameras.leases import Lease, is_held, lease_name
from cameras.vision.capture import Capture, CaptureOptions
from cameras.vision.reading import ReadingOptions
from cameras.vision.sources import Address
from cameras.vision.states import CameraState
from cameras.vision.types import Box, Frame, Gallery, Match
from cameras.vision.view import View
from cameras.watching import LEASE_LOST, SOURCE_ENDED, Doors, Health, Rhythm, WatchedCamera, watch
from tests.rtsp.clips import make_clip, make_still

QUICK = Rhythm(heartbeat=0.1, health=0.5, ask=0.1, failures=3)
cameras = count(800_000)

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("no_leftover_threads")]


def a_match(frame: Frame) -> Match:
    return Match(
        entry=7,
        distance=0.3,
        raw_distance=0.4,
        threshold=0.5,
        runner_up=None,
        runner_up_distance=None,
        track=1,
        first_seen=frame.captured_at,
        seen_at=frame.captured_at,
        frames_used=1,
        quality=0.9,
        crop=np.zeros((4, 4, 3), np.uint8),
        box=Box(0, 0, 4, 4),
        frame=frame.bgr(),
        gallery_version="1",
    )


@dataclass
class Analyser:
    """Looks at a picture in the way a test wants; remembers which pictures it saw."""

    look: Callable[[Frame], list[Match]] = lambda frame: []
    seen: list[Frame] = field(default_factory=list)
    galleries: list[Gallery] = field(default_factory=list)
    at_rest: bool = False

    def analyse(self, frame: Frame, gallery: Gallery) -> list[Match]:
        self.seen.append(frame)
        self.galleries.append(gallery)
        return self.look(frame)


@dataclass
class Watch:
    """A watch that runs in a thread of the test, and all that it told."""

    camera: WatchedCamera
    analyser: Analyser = field(default_factory=Analyser)
    matches: list[Match] = field(default_factory=list)
    reports: list[Health] = field(default_factory=list)
    pictures: list[Frame] = field(default_factory=list)
    reason: str | None = None
    ended_with: str = ""
    stopped_after: float = 0.0
    on_match: Callable[[Match], None] | None = None
    on_health: Callable[[Health], None] | None = None
    gallery: Callable[[], Gallery] = Gallery.empty
    loop: bool = True
    thread: threading.Thread | None = None

    def start(self, connection: redis.Redis, *, lifetime: float = 8.0) -> None:
        lease = Lease.acquire(connection, self.camera.id, lifetime=lifetime)
        assert lease
        doors = Doors(
            capture=self.capture,
            view=View(),
            on_picture=self.pictures.append,
            analyser=self.analyser,
            gallery=lambda: self.gallery(),
            on_match=lambda match: (self.on_match or self.matches.append)(match),
            on_health=lambda health: (self.on_health or self.reports.append)(health),
            should_stop=lambda: self.reason,
        )

        def run() -> None:
            self.ended_with = watch(self.camera, doors, lease, QUICK)

        self.thread = threading.Thread(target=run, name="the watch")
        self.thread.start()

    def capture(self, camera: WatchedCamera) -> Capture:
        options = CaptureOptions(reading=ReadingOptions(loop=self.loop, open_timeout=1.5, read_timeout=1.5))
        return Capture(camera.address, options)

    def stop(self, reason: str = "the camera was switched off") -> str:
        began = time.monotonic()
        self.reason = reason
        return self.join(began)

    def join(self, began: float | None = None) -> str:
        self.thread.join(20)
        self.stopped_after = time.monotonic() - (began or time.monotonic())
        assert not self.thread.is_alive()
        return self.ended_with


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


@pytest.fixture
def connection() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        yield client


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture
def a_watch(clip: Path, connection: redis.Redis) -> Iterator[Watch]:
    watched = Watch(WatchedCamera(id=next(cameras), name="Front door", address=Address("file", str(clip)), fps=10.0))
    yield watched
    if watched.thread and watched.thread.is_alive():
        watched.stop()
    connection.delete(lease_name(watched.camera.id))


def test_pictures_are_looked_at_no_more_often_than_asked(a_watch, connection):
    a_watch.start(connection)
    wait_for(lambda: bool(a_watch.analyser.seen))
    before = len(a_watch.analyser.seen)
    time.sleep(2)
    looked_at = len(a_watch.analyser.seen) - before
    assert a_watch.stop() == "the camera was switched off"
    assert 12 <= looked_at <= 21
    numbers = [frame.number for frame in a_watch.analyser.seen]
    assert numbers == sorted(set(numbers))


def test_where_nothing_moves_keyframes_are_read_until_the_analyser_sees_something_move(a_watch, connection, tmp_path):
    clip = make_still(tmp_path / "still.mp4", 30, keyframe=lambda number: number % 5 == 0)
    a_watch.camera = WatchedCamera(id=a_watch.camera.id, name="Still", address=Address("file", str(clip)), fps=10)
    a_watch.analyser.at_rest = True
    a_watch.start(connection)
    wait_for(lambda: resting_since(a_watch.analyser.seen))
    a_watch.analyser.at_rest = False
    before = len(a_watch.analyser.seen)
    wait_for(lambda: len(a_watch.analyser.seen) >= before + 8)
    a_watch.stop()
    gaps = np.diff([frame.captured_at for frame in a_watch.analyser.seen[before:]])
    assert np.median(gaps) < 0.3, "all ten pictures a second, not one in half a second"


def resting_since(seen: list[Frame]) -> bool:
    gaps = np.diff([frame.captured_at for frame in seen[-4:]])
    return len(gaps) == 3 and gaps.min() > 0.35


def test_matches_are_handed_over_with_the_gallery_of_the_moment(a_watch, connection):
    a_watch.analyser.look = lambda frame: [a_match(frame)]
    a_watch.gallery = lambda: Gallery.empty("old")
    a_watch.start(connection)
    wait_for(lambda: len(a_watch.matches) >= 2)
    a_watch.gallery = lambda: Gallery.empty("new")
    wait_for(lambda: a_watch.analyser.galleries[-1].version == "new")
    a_watch.stop()
    assert {match.entry for match in a_watch.matches} == {7}
    assert a_watch.reports[-1].matches == len(a_watch.matches)


def test_health_is_reported_at_once_when_it_changes_and_then_regularly(a_watch, connection):
    a_watch.start(connection)
    wait_for(lambda: len(a_watch.reports) >= 4)
    a_watch.stop()
    states = [report.state for report in a_watch.reports]
    assert states[0] in (CameraState.STARTING, CameraState.WATCHING)
    assert states[-2] is CameraState.WATCHING
    assert states[-1] is CameraState.STOPPED
    assert a_watch.reports[-2].capture.frames_read > 0
    assert a_watch.reports[-2].analysed > 0
    assert a_watch.reports[-2].message == "The camera is being watched."


def test_a_camera_that_cannot_be_read_is_reported_and_watched_on(a_watch, connection, tmp_path):
    a_watch.camera = WatchedCamera(id=a_watch.camera.id, name="Gone", address=Address("file", str(tmp_path / "no.mp4")))
    a_watch.start(connection)
    wait_for(lambda: any(report.state is CameraState.UNREACHABLE for report in a_watch.reports))
    assert a_watch.thread.is_alive()
    a_watch.stop()
    assert not a_watch.analyser.seen


def test_the_lease_is_released_when_the_watch_ends(a_watch, connection):
    a_watch.start(connection)
    wait_for(lambda: bool(a_watch.analyser.seen))
    assert is_held(connection, a_watch.camera.id)
    a_watch.stop()
    assert not is_held(connection, a_watch.camera.id)


def test_a_slow_analysis_does_not_lose_the_lease(a_watch, connection):
    a_watch.analyser.look = lambda frame: time.sleep(1.5) or []
    a_watch.start(connection, lifetime=0.6)
    wait_for(lambda: len(a_watch.analyser.seen) >= 2)
    assert Lease.acquire(connection, a_watch.camera.id) is None
    assert a_watch.stop() == "the camera was switched off"


def test_a_watch_whose_lease_was_taken_stops_and_leaves_the_new_holder_alone(a_watch, connection):
    a_watch.start(connection)
    wait_for(lambda: bool(a_watch.analyser.seen))
    connection.set(lease_name(a_watch.camera.id), "another's token")
    began = time.monotonic()
    assert a_watch.join(began) == LEASE_LOST
    assert a_watch.stopped_after < 5
    assert is_held(connection, a_watch.camera.id)
    assert a_watch.reports[-1].state is not CameraState.STOPPED, "it would overwrite the new holder's report"


def test_a_watch_stops_within_five_seconds_even_in_the_midst_of_an_analysis(a_watch, connection):
    a_watch.analyser.look = lambda frame: time.sleep(1.0) or []
    a_watch.start(connection)
    wait_for(lambda: bool(a_watch.analyser.seen))
    a_watch.stop()
    assert a_watch.stopped_after < 5


@pytest.mark.rtsp
def test_a_watch_of_a_frozen_camera_says_so_and_stops_within_five_seconds(a_watch, connection, rtsp_server):
    server = rtsp_server(pattern=True)
    a_watch.camera = WatchedCamera(id=a_watch.camera.id, name="Frozen", address=server.address())
    a_watch.start(connection)
    wait_for(lambda: bool(a_watch.analyser.seen))
    server.freeze()
    wait_for(lambda: a_watch.reports[-1].state is CameraState.FROZEN)
    a_watch.stop()
    assert a_watch.stopped_after < 5


def test_a_video_played_to_its_end_ends_the_watch(a_watch, connection):
    a_watch.loop = False
    a_watch.start(connection)
    assert a_watch.join() == SOURCE_ENDED
    assert a_watch.analyser.seen


def test_one_picture_that_cannot_be_looked_at_is_counted_and_the_watch_goes_on(a_watch, connection, caplog):
    def fail_once(frame: Frame) -> list[Match]:
        if len(a_watch.analyser.seen) == 1:
            raise ValueError(f"a piece of somebody's face: {frame.bgr()[:2, :2].tolist()}")
        return []

    a_watch.analyser.look = fail_once
    a_watch.start(connection)
    wait_for(lambda: len(a_watch.analyser.seen) > 5)
    a_watch.stop()
    assert a_watch.reports[-1].failed_analyses == 1
    assert CameraState.FAILING not in {report.state for report in a_watch.reports}
    assert "ValueError in fail_once" in caplog.text
    assert "[[" not in caplog.text and "somebody's face" not in caplog.text


def test_an_analysis_that_fails_again_and_again_is_shown_loudly_until_it_works_again(a_watch, connection, caplog):
    def fail(_: Frame) -> list[Match]:
        raise RuntimeError("broken")

    caplog.set_level(logging.ERROR)
    a_watch.analyser.look = fail
    a_watch.start(connection)
    wait_for(lambda: any(report.state is CameraState.FAILING for report in a_watch.reports))
    assert "RuntimeError in fail" in a_watch.reports[-1].failing
    assert "nobody is recognised" in a_watch.reports[-1].advice
    time.sleep(1)
    assert caplog.text.count("could not be looked at") == QUICK.failures, "loud, but it does not fill the disk"
    a_watch.analyser.look = lambda frame: []
    wait_for(lambda: a_watch.reports[-1].state is CameraState.WATCHING)
    assert a_watch.reports[-1].failing == ""


def test_without_a_gallery_nobody_is_looked_for(a_watch, connection):
    def fail() -> Gallery:
        raise ConnectionError("no database")

    a_watch.gallery = fail
    a_watch.start(connection)
    wait_for(lambda: any(report.state is CameraState.FAILING for report in a_watch.reports))
    a_watch.stop()
    assert not a_watch.analyser.seen


def test_a_match_that_could_not_be_handed_over_is_counted_and_the_next_one_tried(a_watch, connection, caplog):
    attempts = []

    def fail_first(match: Match) -> None:
        attempts.append(match)
        if len(attempts) == 1:
            raise ConnectionError("no outbox")

    a_watch.analyser.look = lambda frame: [a_match(frame), a_match(frame)]
    a_watch.on_match = fail_first
    a_watch.start(connection)
    wait_for(lambda: len(attempts) >= 4)
    a_watch.stop()
    assert a_watch.reports[-1].failed_matches == 1
    assert a_watch.reports[-1].matches == len(attempts)
    assert "a match of entry 7 could not be handed over: ConnectionError" in caplog.text


def test_health_that_cannot_be_reported_does_not_end_the_watch(a_watch, connection, caplog):
    def fail(_: Health) -> None:
        raise ConnectionError("no cache")

    a_watch.on_health = fail
    a_watch.start(connection)
    wait_for(lambda: len(a_watch.analyser.seen) > 8)
    a_watch.stop()
    assert "health could not be reported: ConnectionError" in caplog.text


def test_one_bad_camera_does_not_slow_another(a_watch, connection, tmp_path, clip):
    path = tmp_path / "garbage.mp4"
    path.write_bytes(os.urandom(100_000))
    bad = Watch(WatchedCamera(id=next(cameras), name="Bad", address=Address("file", str(path)), fps=10.0))
    bad.start(connection)
    a_watch.start(connection)
    wait_for(lambda: bool(a_watch.analyser.seen))
    before = len(a_watch.analyser.seen)
    time.sleep(1.5)
    assert len(a_watch.analyser.seen) - before >= 10
    assert bad.stop()
    assert {report.state for report in bad.reports} & {CameraState.GARBAGE}
