"""The recorder beside a watch: never in its way, and whatever is not stored is a gap with a reason."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cameras.recording import recorder as module
from cameras.recording.mux import segment_bytes
from cameras.recording.reasons import Reason, RecordingState
from cameras.recording.recorder import NearlyFull, Recorder
from cameras.recording.slicing import Mode, SlicingOptions
from cameras.vision.capture import Capture, CaptureOptions
from cameras.vision.reading import ReadingOptions
from cameras.vision.sources import Address
from cameras.vision.states import CameraState
from tests.end_to_end.deployment import wait_for
from tests.recording.packets import Shelf, as_sent, packets, payloads, pictures
from tests.rtsp.clips import encoded_pictures, make_clip

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("no_leftover_threads")]
SHORT = SlicingOptions(length=1.0, before=1.0, after=1.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=5.0)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    yield Shelf()


def recorded(shelf: Shelf, clip: Path, *, patience: float = 0.2, reason: Reason = Reason.WORKER) -> Recorder:
    recorder = Recorder(shelf, options=SHORT, patience=patience)
    tap = recorder.attach(7, Mode.ALWAYS)
    for packet in packets(clip):
        tap.on_packet(packet)
    assert recorder.detach(tap, reason, timeout=20)
    return recorder


def test_all_that_was_handed_over_is_kept_in_order(shelf: Shelf, clip: Path):
    recorded(shelf, clip)
    kept = [payload for one in shelf.segments for payload in payloads(segment_bytes(one.track, one.samples))]
    assert kept == encoded_pictures(clip)
    assert [camera for camera, _ in shelf.kept] == [7] * len(shelf.kept)
    assert shelf.gaps == [(7, None, Reason.WORKER)]


@pytest.mark.rtsp
def test_a_camera_is_recorded_as_it_is_watched(rtsp_server, shelf: Shelf):
    server = rtsp_server(pattern=True)
    recorder = Recorder(shelf, options=SHORT)
    tap = recorder.attach(1, Mode.ALWAYS)
    handed_over: list[bytes] = []

    def on_packet(packet) -> None:
        handed_over.append(bytes(packet))
        tap.on_packet(packet)

    with Capture(server.address(), on_packet=on_packet) as capture:
        wait_for(lambda: len(shelf.kept) >= 3, "nothing was recorded")
        assert capture.stats().state is CameraState.WATCHING
    recorder.detach(tap, Reason.SWITCHED_OFF)

    kept = [sample.data for one in shelf.segments for sample in one.samples]
    assert b"".join(handed_over).endswith(b"".join(kept)), "each packet from the first keyframe on, as it came"
    assert sum(map(len, kept)) > 0.9 * sum(map(len, handed_over))
    for one in shelf.segments:
        content = segment_bytes(one.track, one.samples)
        assert payloads(content) == as_sent(one)
        assert pictures(content) == len(one.samples)
    for before, after in zip(shelf.segments, shelf.segments[1:], strict=False):
        assert after.start == before.end
    assert abs(shelf.segments[-1].end - time.time()) < 5


@pytest.mark.rtsp
def test_a_camera_that_goes_silent_leaves_what_came_and_a_gap(rtsp_server, shelf: Shelf, monkeypatch):
    monkeypatch.setattr(module, "SILENT", 1.5)
    server = rtsp_server(pattern=True)
    recorder = Recorder(shelf, options=SlicingOptions(length=60.0))
    tap = recorder.attach(1, Mode.ALWAYS)
    with Capture(server.address(), on_packet=tap.on_packet) as capture:
        wait_for(lambda: capture.stats().frames_read > 40, "no picture came")
        assert not shelf.kept
        server.freeze()
        wait_for(lambda: Reason.UNREACHABLE in shelf.reasons, "the silence was not noticed")
        assert len(shelf.kept) == 1
        assert len(shelf.segments[0].samples) > 10
        server.thaw()
    recorder.detach(tap, Reason.SWITCHED_OFF)
    assert shelf.reasons == [Reason.UNREACHABLE, Reason.SWITCHED_OFF]


def test_a_full_disk_becomes_a_gap_and_an_alarm(shelf: Shelf, clip: Path):
    shelf.fail = NearlyFull("full")
    recorded(shelf, clip)
    assert shelf.kept == []
    assert set(shelf.reasons) == {Reason.DISK_FULL, Reason.WORKER}
    assert all(since is not None for _, since, reason in shelf.gaps if reason is Reason.DISK_FULL)


def test_storing_is_tried_again_before_a_segment_is_given_up(shelf: Shelf, clip: Path):
    shelf.fail = ConnectionError("the database is away")
    recorder = Recorder(shelf, options=SHORT, patience=20)
    tap = recorder.attach(7, Mode.ALWAYS)
    for packet in packets(clip):
        tap.on_packet(packet)
    wait_for(lambda: tap.state is RecordingState.FAILING, "it was not noticed")
    shelf.fail = None
    assert recorder.detach(tap, Reason.WORKER, timeout=20)
    assert sum(len(one.samples) for one in shelf.segments) == 125
    assert Reason.FAILED not in shelf.reasons


def test_what_cannot_be_stored_for_long_is_a_gap(shelf: Shelf, clip: Path):
    shelf.fail = ConnectionError("the database is away")
    recorded(shelf, clip)
    assert Reason.FAILED in shelf.reasons
    assert shelf.kept == []


def test_a_slow_disk_neither_slows_the_reader_nor_fills_the_memory(shelf: Shelf, clip: Path, monkeypatch):
    total = sum(len(payload) for payload in encoded_pictures(clip))
    monkeypatch.setattr(module, "MOST_WAITING", total // 2)
    shelf.released = threading.Event()
    recorder = Recorder(shelf, options=SHORT)
    tap = recorder.attach(7, Mode.ALWAYS)
    began = time.monotonic()
    for packet in packets(clip):
        tap.on_packet(packet)
    tap.flush()
    assert time.monotonic() - began < 2
    assert tap.dropped >= 1
    shelf.released.set()
    assert recorder.detach(tap, Reason.WORKER, timeout=20)
    kept = sum(len(sample.data) for one in shelf.segments for sample in one.samples)
    assert 0 < kept <= total // 2
    assert Reason.FAILED in shelf.reasons, "what was dropped is a gap"


def test_a_recorder_that_fails_in_every_way_does_not_stop_the_watching(clip: Path):
    class Broken:
        def keep(self, *_):
            raise RuntimeError("no")

        leave_out = report = keep

    recorder = Recorder(Broken(), options=SHORT, patience=0.1)
    tap = recorder.attach(1, Mode.ALWAYS)
    options = CaptureOptions(reading=ReadingOptions(real_time=False))
    with Capture(Address("file", str(clip)), options, on_packet=tap.on_packet) as capture:
        wait_for(lambda: capture.stats().state is CameraState.ENDED, "it does not end")
        assert capture.stats().frames_read == 125
    assert recorder.detach(tap, Reason.WORKER, timeout=20)


def test_the_state_of_each_camera_is_reported(shelf: Shelf, clip: Path, monkeypatch):
    monkeypatch.setattr(module, "REPORT_EVERY", 0.0)
    recorder = Recorder(shelf, options=SHORT)
    taps = [recorder.attach(camera, Mode.ALWAYS) for camera in (1, 2)]
    for packet in packets(clip):
        taps[0].on_packet(packet)
    wait_for(lambda: (1, RecordingState.RECORDING) in shelf.states, "it was not reported")
    assert (2, RecordingState.STARTING) in shelf.states
    for tap in taps:
        recorder.detach(tap, Reason.WORKER)


def test_one_process_stores_with_one_thread_however_many_cameras(shelf: Shelf):
    recorder = Recorder(shelf, options=SHORT)
    taps = [recorder.attach(camera, Mode.ALWAYS) for camera in range(20)]
    assert sum(thread.name == "recorder" for thread in threading.enumerate()) == 1
    for tap in taps:
        assert recorder.detach(tap, Reason.WORKER)
