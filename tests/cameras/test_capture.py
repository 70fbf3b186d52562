"""Reading cameras: a real RTSP server, real files, and servers that misbehave on real sockets."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from cameras.vision.capture import Capture, CaptureOptions, reconnect_delays
from cameras.vision.reading import ReadingOptions
from cameras.vision.sources import Address, AddressRefused, SourceError, open_source
from cameras.vision.states import CameraState
from tests.rtsp.clips import encoded_pictures, make_clip, make_sound

PASSWORD = "rose:tinted/p@ss#word%41"
# Shorter than in production, so that the tests are quick; the order of magnitude between them is the same.
IMPATIENT = CaptureOptions(
    reading=ReadingOptions(open_timeout=1.5, read_timeout=1.5), frozen_after=2.0, first_picture_within=6.0
)

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("no_leftover_threads")]


def wait_for(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def wait_for_state(capture: Capture, state: CameraState, seconds: float = 15.0) -> None:
    wait_for(lambda: capture.stats().state is state, seconds)
    assert capture.stats().state is state


def file_address(path: Path) -> Address:
    return Address("file", str(path))


def serve_bytes(answer: Callable[[socket.socket], None]) -> Iterator[Address]:
    """A TCP server for one test, where a camera should be."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                try:
                    while not over.is_set():
                        answer(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    yield Address("rtsp", "/stream", "127.0.0.1", listener.getsockname()[1], "viewer", PASSWORD)
    over.set()
    thread.join()
    listener.close()


@pytest.fixture
def talks_garbage() -> Iterator[Address]:
    yield from serve_bytes(lambda connection: connection.sendall(os.urandom(4096)))


@pytest.fixture
def says_nothing() -> Iterator[Address]:
    yield from serve_bytes(lambda _: time.sleep(0.05))


class WebCamera(BaseHTTPRequestHandler):
    """A camera that sends JPEGs over HTTP at /video, and sends whoever asks for /elsewhere to another address."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/video")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        jpeg = cv2.imencode(".jpg", np.full((120, 160, 3), 128, np.uint8))[1].tobytes()
        try:
            while True:
                head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
                time.sleep(0.04)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web_camera() -> Iterator[Callable[[str], Address]]:
    WebCamera.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), WebCamera) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield lambda path: Address("http", path, "127.0.0.1", server.server_port)
        server.shutdown()
        thread.join()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4")


@pytest.mark.rtsp
def test_a_camera_with_the_right_password_is_watched(rtsp_server):
    server = rtsp_server(pattern=True, user="viewer", password=PASSWORD)
    with Capture(server.address(), IMPATIENT) as capture:
        frame = capture.latest(timeout=10)
        wait_for(lambda: capture.stats().frames_read > 30)
        stats = capture.stats()

    assert frame is not None
    assert frame.bgr().shape == (360, 640, 3)
    assert abs(frame.captured_at - time.time()) < 20
    assert stats.state is CameraState.WATCHING
    assert stats.size == (640, 360)
    assert 15 < stats.fps < 60
    assert stats.last_frame_age < 1
    assert stats.reconnects == 0


def test_a_camera_that_sends_pictures_over_http_is_watched(web_camera):
    with Capture(web_camera("/video"), IMPATIENT) as capture:
        frame = capture.latest(timeout=10)
        assert frame is not None
        assert frame.bgr().shape == (120, 160, 3)
        assert wait_for(lambda: capture.stats().frames_read > 10)


def test_a_camera_cannot_send_us_to_another_address(web_camera, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Capture(web_camera("/elsewhere"), IMPATIENT) as capture:
        assert wait_for(lambda: not capture.stats().state.is_healthy and bool(WebCamera.asked))
        time.sleep(0.5)
        assert capture.stats().frames_read == 0
    assert "/video" not in WebCamera.asked


@pytest.mark.rtsp
def test_a_wrong_password_is_reported_without_the_password(rtsp_server, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    server = rtsp_server(pattern=True, user="viewer", password="another")
    address = server.address(password=PASSWORD)
    with Capture(address, IMPATIENT) as capture:
        wait_for_state(capture, CameraState.WRONG_PASSWORD)
        names = " ".join(thread.name for thread in threading.enumerate())
        shown = f"{capture!r} {capture.stats()!r} {address!r} {address} {names}"
    with pytest.raises(SourceError) as caught:
        open_source(address)

    written = capfd.readouterr()
    assert caught.value.state is CameraState.WRONG_PASSWORD
    assert caught.value.__context__ is None, "the library's own message holds the address"
    assert caught.value.__cause__ is None
    assert "127.0.0.1" in caplog.text, "something was logged that could have held it"
    for text in (shown, str(caught.value), repr(caught.value), caplog.text, written.out, written.err):
        assert not any(secret in text for secret in (PASSWORD, "rose", "tinted", "viewer"))
    assert "user name and password" in CameraState.WRONG_PASSWORD.advice


@pytest.mark.rtsp
def test_a_camera_is_not_locked_out_by_quick_attempts_with_a_wrong_password(rtsp_server):
    server = rtsp_server(pattern=True, user="viewer", password="another")
    with Capture(server.address(password=PASSWORD), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.WRONG_PASSWORD)
        time.sleep(3)
        assert capture.stats().reconnects == 0


@pytest.mark.rtsp
def test_a_path_that_the_camera_does_not_have_is_said_to_be_that(rtsp_server):
    server = rtsp_server(pattern=True)
    with Capture(server.address(path="/elsewhere"), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.NOT_FOUND)


def test_a_host_that_refuses_the_connection_is_unreachable_and_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Capture(Address("rtsp", "/stream", "127.0.0.1", port), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.UNREACHABLE)
        assert wait_for(lambda: capture.stats().reconnects >= 2)
        assert capture.latest(timeout=0.1) is None


@pytest.mark.rtsp
def test_a_frozen_camera_is_seen_to_be_frozen_and_watched_again_when_it_thaws(rtsp_server):
    server = rtsp_server(pattern=True)
    with Capture(server.address(), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.WATCHING)
        server.freeze()
        frozen_at = time.monotonic()
        wait_for_state(capture, CameraState.FROZEN)
        assert time.monotonic() - frozen_at < IMPATIENT.frozen_after + 1.5
        seen_before = capture.stats().frames_read
        server.thaw()
        wait_for_state(capture, CameraState.WATCHING, 30)
        assert wait_for(lambda: capture.stats().frames_read > seen_before + 10)
        assert capture.stats().reconnects >= 1


@pytest.mark.rtsp
def test_a_freeze_is_seen_by_our_own_clock_even_when_the_library_would_wait_for_ever(rtsp_server):
    trusting = CaptureOptions(reading=ReadingOptions(open_timeout=1.5, read_timeout=8.0), frozen_after=1.0)
    server = rtsp_server(pattern=True)
    with Capture(server.address(), trusting) as capture:
        wait_for_state(capture, CameraState.WATCHING)
        server.freeze()
        frozen_at = time.monotonic()
        wait_for_state(capture, CameraState.FROZEN)
        assert time.monotonic() - frozen_at < 2.5
        server.thaw()


@pytest.mark.rtsp
def test_the_end_of_a_stream_is_seen_and_the_camera_connected_again(rtsp_server, clip):
    server = rtsp_server(file=clip)
    with Capture(server.address(), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.ENDED)
        frames = capture.stats().frames_read
        assert frames >= 49
        wait_for_state(capture, CameraState.WATCHING)
        assert wait_for(lambda: capture.stats().frames_read > frames + 10)


@pytest.mark.rtsp
def test_a_camera_that_disappears_is_unreachable(rtsp_server):
    server = rtsp_server(pattern=True)
    with Capture(server.address(), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.WATCHING)
        server.kill()
        wait_for_state(capture, CameraState.UNREACHABLE)


@pytest.mark.rtsp
def test_a_looped_stream_goes_on(rtsp_server, clip):
    server = rtsp_server(file=clip, loop=True)
    with Capture(server.address(), IMPATIENT) as capture:
        assert wait_for(lambda: capture.stats().frames_read > 75)
        assert capture.stats().reconnects == 0


@pytest.mark.rtsp
def test_a_stream_may_change_its_size_half_way(rtsp_server, clip, tmp_path):
    larger = make_clip(tmp_path / "larger.mp4", size=(640, 360))
    server = rtsp_server(file=[clip, larger])
    sizes = set()
    with Capture(server.address(), IMPATIENT) as capture:
        while capture.stats().state in (CameraState.STARTING, CameraState.WATCHING):
            if frame := capture.latest(timeout=0.5):
                sizes.add(frame.size)
                assert frame.bgr().shape == (frame.height, frame.width, 3)
                assert frame.luma().shape == (frame.height, frame.width)
        assert capture.stats().reconnects == 0
    assert sizes == {(320, 180), (640, 360)}


@pytest.mark.rtsp
def test_a_stream_of_nothing_but_sound_is_said_to_have_no_video(rtsp_server):
    server = rtsp_server(audio_only=True)
    with Capture(server.address(), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.NO_VIDEO)


def test_a_file_of_nothing_but_sound_is_said_to_have_no_video(tmp_path):
    with Capture(file_address(make_sound(tmp_path / "sound.mp4")), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.NO_VIDEO)


def test_random_bytes_are_said_to_be_no_video(talks_garbage):
    with Capture(talks_garbage, IMPATIENT) as capture:
        wait_for_state(capture, CameraState.GARBAGE)


def test_a_text_file_named_mp4_is_said_to_be_no_video(tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("Not a video at all. " * 1000)
    with Capture(file_address(path), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.GARBAGE)


def test_a_file_cannot_lead_to_another_file(tmp_path, clip):
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{clip}\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError) as caught:
        open_source(file_address(playlist))
    assert caught.value.state is CameraState.GARBAGE


def test_a_server_that_accepts_and_says_nothing_is_said_to_be_frozen(says_nothing):
    with Capture(says_nothing, IMPATIENT) as capture:
        wait_for_state(capture, CameraState.FROZEN)


def test_a_refused_address_is_never_connected_to(talks_garbage):
    def refuse(_: Address) -> Address:
        raise AddressRefused("No.")

    with Capture(talks_garbage, IMPATIENT, check=refuse) as capture:
        wait_for_state(capture, CameraState.ADDRESS_REFUSED)
        assert capture.stats().frames_read == 0


def test_the_checked_address_is_the_one_connected_to(clip):
    with Capture(Address("file", "/nowhere.mp4"), IMPATIENT, check=lambda _: file_address(clip)) as capture:
        assert capture.latest(timeout=5) is not None


def test_a_slow_consumer_gets_the_newest_frame_and_the_others_are_counted(clip):
    with Capture(file_address(clip), IMPATIENT) as capture:
        first = capture.latest(timeout=5)
        time.sleep(1)
        second = capture.latest(timeout=5)
        stats = capture.stats()
    assert second.number - first.number >= 15
    assert time.time() - second.captured_at < 2
    assert stats.frames_dropped >= second.number - first.number - 2


def test_a_frame_is_handed_out_once(clip):
    with Capture(file_address(clip), IMPATIENT) as capture:
        numbers = []
        while (frame := capture.latest(timeout=1)) is not None:
            numbers.append(frame.number)
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 50


def test_a_file_is_played_in_real_time_and_then_over(clip):
    began = time.monotonic()
    with Capture(file_address(clip), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.ENDED)
        assert time.monotonic() - began > 1.5
        assert capture.stats().frames_read == 50
        assert capture.is_over


def test_a_looped_file_never_ends(clip):
    options = CaptureOptions(reading=ReadingOptions(loop=True, real_time=False))
    with Capture(file_address(clip), options) as capture:
        assert wait_for(lambda: capture.stats().frames_read > 200)
        assert capture.stats().reconnects == 0
        assert not capture.is_over


def test_packets_are_handed_over_as_they_lie_in_the_file(clip):
    packets: list[bytes] = []
    options = CaptureOptions(reading=ReadingOptions(real_time=False))
    with Capture(file_address(clip), options, on_packet=lambda packet: packets.append(bytes(packet))) as capture:
        wait_for_state(capture, CameraState.ENDED)
    assert packets == encoded_pictures(clip)


def test_a_failing_recorder_does_not_stop_the_watching(clip, caplog):
    def fail(_: object) -> None:
        raise OSError("disk full")

    with Capture(file_address(clip), IMPATIENT, on_packet=fail) as capture:
        wait_for_state(capture, CameraState.ENDED)
        assert capture.stats().frames_read == 50
    assert "a packet could not be handed over" in caplog.text


def test_damaged_pictures_are_counted_and_the_rest_is_watched(tmp_path):
    path = make_clip(tmp_path / "damaged.ts")
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 5000] = os.urandom(5000)
    path.write_bytes(damaged)
    with Capture(file_address(path), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.ENDED)
        assert 20 < capture.stats().frames_read < 60


def quick_to_stop(capture: Capture) -> bool:
    began = time.monotonic()
    capture.stop()
    return time.monotonic() - began < 5


@pytest.mark.rtsp
@pytest.mark.parametrize("frozen_for", [0, 0.5], ids=["just frozen", "frozen for a while"])
def test_a_capture_stops_within_five_seconds_of_a_freeze_with_the_usual_time_outs(rtsp_server, frozen_for):
    server = rtsp_server(pattern=True)
    capture = Capture(server.address())
    capture.start()
    wait_for_state(capture, CameraState.WATCHING)
    server.freeze()
    time.sleep(frozen_for)
    assert quick_to_stop(capture)
    assert capture.latest(timeout=0) is None
    assert capture.stats().state is CameraState.STOPPED


@pytest.mark.rtsp
def test_a_capture_stops_within_five_seconds_while_watching(rtsp_server):
    capture = Capture(rtsp_server(pattern=True).address())
    capture.start()
    wait_for_state(capture, CameraState.WATCHING)
    began = time.monotonic()
    assert capture.stop()
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"], ids=["refusing", "silent"])
def test_a_capture_stops_within_five_seconds_while_a_host_is_unreachable(host):
    capture = Capture(Address("rtsp", "/stream", host, 1))
    capture.start()
    time.sleep(0.3)
    assert quick_to_stop(capture)


def test_a_capture_stops_within_five_seconds_of_garbage_and_of_silence(talks_garbage, says_nothing):
    for address in (talks_garbage, says_nothing):
        capture = Capture(address)
        capture.start()
        time.sleep(0.3)
        assert quick_to_stop(capture)


def test_a_capture_stops_while_the_check_of_the_address_hangs():
    release = threading.Event()

    def hang(address: Address) -> Address:
        release.wait(30)
        return address

    capture = Capture(Address("rtsp", "/stream", "127.0.0.1", 1), check=hang)
    capture.start()
    time.sleep(0.1)
    assert quick_to_stop(capture)
    release.set()


def test_a_capture_that_was_never_started_can_be_stopped():
    assert Capture(Address("usb", "/dev/video0")).stop()


def test_a_missing_usb_camera_is_unreachable():
    with Capture(Address("usb", "/dev/video63"), IMPATIENT) as capture:
        wait_for_state(capture, CameraState.UNREACHABLE)


def test_attempts_grow_apart_to_a_minute_and_scatter():
    def first(count: int, chance: float) -> list[float]:
        delays = reconnect_delays(lambda: chance)
        return [round(next(delays), 6) for _ in range(count)]

    assert first(8, 0.5) == [1, 2, 4, 8, 16, 32, 60, 60]
    assert first(2, 0.0) == [0.8, 1.6]
    assert first(2, 1.0) == [1.2, 2.4]


def test_each_state_says_in_words_what_is_so_and_what_to_do():
    for state in CameraState:
        assert state.message.endswith(".")
        needs_nothing = state in (CameraState.STARTING, CameraState.WATCHING)
        assert bool(state.advice) is not needs_nothing
