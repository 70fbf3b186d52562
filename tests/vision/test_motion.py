import numpy as np

from cameras.vision.motion import MotionGate, merged
from cameras.vision.types import Box
from tests.vision.pictures import corridor, frame_of, noisy


def settled_gate() -> MotionGate:
    gate = MotionGate()
    for step in range(4):
        gate.regions(frame_of(noisy(corridor(), step), step * 0.2))
    return gate


def with_block(left: int, top: int = 200, side: int = 120) -> np.ndarray:
    picture = corridor()
    picture[top : top + side, left : left + side] = 30
    return picture


def test_the_first_frame_is_looked_at_as_a_whole():
    assert MotionGate().regions(frame_of(corridor(), 0.0)) == [Box(0, 0, 960, 540)]


def test_nothing_moves_in_a_still_corridor_with_a_noisy_camera():
    gate = settled_gate()
    for step in range(4, 12):
        assert gate.regions(frame_of(noisy(corridor(), step, strength=6), step * 0.2)) == []


def test_what_moves_is_inside_a_region_and_the_rest_is_not():
    gate = settled_gate()
    gate.regions(frame_of(with_block(300), 1.0))
    regions = gate.regions(frame_of(with_block(340), 1.2))
    block = Box(340, 200, 460, 320)
    assert len(regions) == 1
    assert regions[0].intersection(block) == block.area
    assert regions[0].area < 4 * block.area


def test_two_things_apart_are_two_regions():
    gate = settled_gate()
    picture = with_block(100)
    picture[300:420, 700:820] = 230
    assert len(gate.regions(frame_of(picture, 1.0))) == 2


def test_a_chair_that_was_moved_stops_counting():
    gate = settled_gate()
    assert gate.regions(frame_of(with_block(300), 1.0))
    for step in range(3):
        regions = gate.regions(frame_of(with_block(300), 1.2 + step * 0.2))
    assert regions == []


def test_a_light_switched_on_is_looked_at_once():
    gate = settled_gate()
    bright = np.clip(corridor().astype(int) + 60, 0, 255).astype(np.uint8)
    assert gate.regions(frame_of(bright, 1.0)) == [Box(0, 0, 960, 540)]
    assert gate.regions(frame_of(bright, 1.2)) == []


def test_a_picture_that_changes_its_size_begins_anew():
    gate = settled_gate()
    assert gate.regions(frame_of(corridor((640, 480)), 1.0)) == [Box(0, 0, 640, 480)]
    assert gate.regions(frame_of(corridor((640, 480)), 1.2)) == []


def test_boxes_that_overlap_become_one_even_through_a_third():
    boxes = [Box(0, 0, 10, 10), Box(20, 0, 30, 10), Box(8, 0, 22, 10), Box(100, 100, 110, 110)]
    assert sorted(merged(boxes), key=lambda box: box.left) == [Box(0, 0, 30, 10), Box(100, 100, 110, 110)]
