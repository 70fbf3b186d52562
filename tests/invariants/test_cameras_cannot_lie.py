"""Invariant 7: a frozen, covered or unreachable camera is shown as such, and one bad camera never slows another."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from cameras.vision.capture import Capture, CaptureOptions
from cameras.vision.reading import ReadingOptions
from cameras.vision.states import CameraState
from cameras.vision.view import View
from tests.rtsp.fixtures import RtspServer
from tests.vision.test_view import HALL, furnished

RATE = 10
OPTIONS = CaptureOptions(reading=ReadingOptions(open_timeout=2, read_timeout=2), frozen_after=4.0)
FASTER = 10  # how much faster the clock goes by which a view is judged, where minutes would pass

pytestmark = [pytest.mark.rtsp, pytest.mark.timeout(180)]


def film(path: Path, *parts: tuple[np.ndarray, int, bool]) -> Path:
    """A clip of parts (picture, seconds, whether the sensor's noise is in it)."""
    small = HALL.shape[1] // 2, HALL.shape[0] // 2
    rng = np.random.default_rng(3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": "600", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = *small, "yuv420p"
        for picture, seconds, alive in parts:
            for _ in range(seconds * RATE):
                noise = rng.integers(-6, 7, picture[::2, ::2].shape) if alive else 0
                shown = np.clip(picture[::2, ::2] + noise, 0, 255).astype(np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="bgr24")))
        container.mux(stream.encode())
    return path


def states(server: RtspServer, seconds: float, until: Callable[[set], bool]) -> dict[CameraState, float]:
    """What an observer of this camera is told, and how many seconds after the first picture."""
    view, found = View(), {}
    with Capture(server.address(), OPTIONS) as capture:
        began, deadline = None, time.monotonic() + seconds
        while time.monotonic() < deadline and not until(set(found)):
            frame = capture.latest(timeout=0.3)
            if frame is not None:
                began = began or time.monotonic()
                view.look(frame)
            state = capture.stats().state
            if state is CameraState.WATCHING and view.state is not None:
                state = view.state
            found.setdefault(state, time.monotonic() - (began or time.monotonic()))
    return found


def test_a_camera_whose_picture_stands_still_is_frozen_within_ten_seconds(rtsp_server, tmp_path: Path):
    clip = film(tmp_path / "still.mp4", (HALL, 4, True), (HALL, 16, False))
    found = states(rtsp_server(file=clip), 40, lambda states: CameraState.FROZEN in states)
    assert 6 <= found[CameraState.FROZEN] - 4 <= 10, "not at once, for some cameras send nothing new for seconds"


def test_a_covered_camera_is_shown_as_covered_long_before_five_minutes_are_over(rtsp_server, tmp_path: Path):
    clip = film(tmp_path / "covered.mp4", (HALL, 3, True), (np.full_like(HALL, 60), 30, True))
    found = states(rtsp_server(file=clip), 60, lambda states: CameraState.COVERED in states)
    assert found[CameraState.COVERED] <= 40


def changes(server: RtspServer, seconds: float, until: CameraState) -> list[tuple[CameraState | None, float]]:
    """Each state of a view with its usual limits, and when it began, by a clock that goes ten times as fast."""
    view, found = View(), [(None, 0.0)]
    with Capture(server.address()) as capture:
        began, deadline = None, time.monotonic() + seconds
        while time.monotonic() < deadline and found[-1][0] is not until:
            frame = capture.latest(timeout=0.3)
            if frame is None:
                continue
            began = began or frame.captured_at
            moment = FASTER * (frame.captured_at - began)
            state = view.look(replace(frame, captured_at=moment))
            if state is not found[-1][0]:
                found.append((state, moment))
    return found


def test_darkness_and_a_turned_camera_are_noticed_within_five_minutes_and_an_ordinary_view_is_not(
    rtsp_server, tmp_path: Path
):
    dark, elsewhere = (HALL // 12).astype(np.uint8), furnished(seed=7)
    clip = film(tmp_path / "turned.mp4", (HALL, 9, True), (dark, 9, True), (HALL, 3, True), (elsewhere, 32, True))
    found = changes(rtsp_server(file=clip), 90, CameraState.MOVED)
    assert [state for state, _ in found] == [None, CameraState.TOO_DARK, None, CameraState.MOVED]
    assert found[1][1] - 9 * FASTER <= 300
    assert found[3][1] - 21 * FASTER <= 300


def test_a_hung_camera_with_the_usual_limits_is_frozen_within_ten_seconds(rtsp_server):
    server = rtsp_server(pattern=True)
    with Capture(server.address()) as capture:
        assert capture.latest(timeout=20) is not None
        server.freeze()
        began = time.monotonic()
        while capture.stats().state is CameraState.WATCHING and time.monotonic() - began < 20:
            time.sleep(0.1)
        assert time.monotonic() - began <= 10
        server.thaw()


def test_a_hung_camera_is_frozen_and_its_neighbour_goes_on(rtsp_server, tmp_path: Path):
    hung, neighbour = rtsp_server(pattern=True), rtsp_server(pattern=True)
    with Capture(hung.address(), OPTIONS) as one, Capture(neighbour.address(), OPTIONS) as other:
        assert one.latest(timeout=10) is not None
        assert other.latest(timeout=10) is not None
        hung.freeze()
        began, read = time.monotonic(), other.stats().frames_read
        while one.stats().state is CameraState.WATCHING and time.monotonic() - began < 10:
            time.sleep(0.1)
        assert one.stats().state is not CameraState.WATCHING
        assert time.monotonic() - began <= 10
        assert other.stats().state is CameraState.WATCHING
        assert other.stats().frames_read - read > 15 * (time.monotonic() - began)
        hung.thaw()
