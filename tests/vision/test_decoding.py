"""What is decoded while nothing moves, and that nothing is lost by it: real H.264, made here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cameras.vision.decoding import Decoding
from tests.rtsp.clips import STILL_RATE, make_still


def packets(path: Path) -> Iterator[av.Packet]:
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        yield from container.demux(video=0)


def decoded(path: Path, may_rest: Callable[[int], bool] = lambda number: True) -> dict[int, np.ndarray]:
    """The pictures that come out, by number; `may_rest` is asked with the number of the packet that went in."""
    went_in: list[av.Packet] = []
    decoding, pictures = Decoding(lambda: may_rest(len(went_in) - 1)), {}
    for packet in packets(path):
        went_in.append(packet)
        for picture in decoding.pictures(packet):
            pictures[round(picture.time * STILL_RATE)] = picture.to_ndarray(format="gray")
    return pictures


@pytest.fixture(scope="module")
def still(tmp_path_factory) -> Path:
    return make_still(tmp_path_factory.mktemp("still") / "still.mp4", 8)


@pytest.fixture(scope="module")
def visited(tmp_path_factory) -> Path:
    """Somebody comes in the middle of the seventh second."""
    return make_still(tmp_path_factory.mktemp("visited") / "visited.mp4", 10, moving=lambda number: number >= 65)


def test_as_long_as_something_may_move_every_picture_is_decoded(still):
    assert sorted(decoded(still, lambda number: False)) == list(range(80))


def test_where_nothing_moves_only_keyframes_are_decoded_once_it_is_known_what_is_usual(still):
    numbers = sorted(decoded(still))
    assert numbers == [*range(20), 20, 30, 40, 50, 60, 70]


def test_packets_that_hold_more_than_usual_wake_the_decoder_before_the_next_keyframe(visited):
    numbers = sorted(decoded(visited))
    assert numbers[numbers.index(60) + 1] in range(65, 68)


def test_what_is_decoded_after_a_rest_is_what_would_have_been_decoded_without_one(visited):
    everything, rested = decoded(visited, lambda number: False), decoded(visited)
    assert len(rested) < len(everything)
    for number, picture in rested.items():
        np.testing.assert_array_equal(picture, everything[number])


def test_when_the_watch_sees_something_move_the_next_packet_gives_the_newest_picture(still):
    numbers = decoded(still, lambda number: number < 54)
    assert [number for number in numbers if number >= 50] == [50, *range(54, 80)]


@pytest.mark.parametrize("interval", [3 * STILL_RATE, 1000])
def test_a_camera_with_rare_keyframes_never_rests(tmp_path, interval):
    assert len(decoded(make_still(tmp_path / "rare.mp4", 12, keyframe=lambda number: number % interval == 0))) == 120


def test_a_camera_that_sends_fewer_keyframes_while_nothing_moves_is_decoded_in_full_again(tmp_path):
    clip = make_still(tmp_path / "fewer.mp4", 10, keyframe=lambda number: number % STILL_RATE == 0 and number <= 50)
    numbers = [number for number in decoded(clip) if number >= 50]
    assert numbers[0] == 50
    assert numbers[1] in (71, 72), "the next keyframe is overdue after 2.1 seconds"
    assert numbers[1:] == list(range(numbers[1], 100))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_whenever_it_rests_no_picture_is_another_one_than_without_rest(still, seconds):
    everything = decoded(still, lambda number: False)
    some = decoded(still, lambda number: number < 80 and seconds[number // STILL_RATE])
    assert set(range(0, 80, STILL_RATE)) <= set(some), "keyframes are always decoded"
    assert all(np.array_equal(picture, everything[number]) for number, picture in some.items())
