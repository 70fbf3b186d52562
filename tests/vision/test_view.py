"""A camera that shows nothing, or something else, is noticed: from made-up pictures and a clock of our own."""

import cv2
import numpy as np
import pytest

from cameras.vision.states import CameraState
from cameras.vision.view import View, likeness_of
from tests.vision.pictures import corridor, frame_of, noisy, with_faces


def furnished(seed: int = 1) -> np.ndarray:
    """A place with doors and edges."""
    rng, picture = np.random.default_rng(seed), corridor()
    for _ in range(12):
        left, top = int(rng.integers(0, 800)), int(rng.integers(0, 400))
        colour = tuple(int(value) for value in rng.integers(20, 235, 3))
        cv2.rectangle(picture, (left, top), (left + 130, top + 120), colour, -1)
    return picture


HALL = furnished()


def watched(view: View, picture: np.ndarray, begin: int, seconds: int, *, still: bool = False) -> list:
    """The states at each second, with a sensor's noise unless `still`."""
    return [
        view.look(frame_of(picture if still else noisy(picture, begin + second), begin + second))
        for second in range(seconds)
    ]


def test_an_ordinary_view_has_no_state_of_its_own():
    assert set(watched(View(), HALL, 0, 200)) == {None}


def test_a_picture_that_stands_still_is_frozen_within_ten_seconds():
    view = View()
    watched(view, HALL, 0, 20)
    states = watched(view, HALL, 20, 12, still=True)
    assert states[8] is CameraState.FROZEN, "also where each look comes a little late"
    assert watched(view, HALL, 32, 2)[-1] is None, "and it recovers with the next different picture"


def test_it_is_noticed_as_early_where_only_a_keyframe_every_two_seconds_is_looked_at():
    view = View()
    watched(view, HALL, 0, 20)
    states = {moment: view.look(frame_of(HALL, moment)) for moment in range(20, 31, 2)}
    assert states[28] is CameraState.FROZEN


@pytest.mark.parametrize("colour", [90, 200])
def test_a_covered_lens_is_noticed_within_half_a_minute(colour):
    view = View()
    watched(view, HALL, 0, 90)
    assert watched(view, np.full_like(HALL, colour), 90, 30)[-1] is CameraState.COVERED


def test_darkness_is_noticed_and_not_taken_for_a_cover():
    view = View()
    watched(view, HALL, 0, 90)
    assert watched(view, (HALL // 12).astype(np.uint8), 90, 70)[-1] is CameraState.TOO_DARK


def test_a_turned_camera_is_noticed_within_five_minutes():
    view = View()
    watched(view, HALL, 0, 120)
    states = watched(view, furnished(seed=7), 120, 300)
    assert states[-1] is CameraState.MOVED
    assert states[60] is None, "a crowd in front of it is not a turned camera"


def test_a_camera_turned_while_nobody_watched_is_noticed_by_what_was_learned_before():
    learned = []
    watched(View(on_learned=learned.append), HALL, 0, 90)
    assert len(learned) == 1
    assert learned[0].shape == (36, 64)
    assert watched(View(learned[0]), furnished(seed=7), 1000, 200)[-1] is CameraState.MOVED


def test_people_and_light_do_not_make_a_view_another_one():
    view = View()
    watched(view, HALL, 0, 120)
    brighter = np.clip(HALL.astype(np.int16) + 40, 0, 255).astype(np.uint8)
    assert set(watched(view, brighter, 120, 200)) == {None}
    people = HALL.copy()
    people[200:460, 300:560] = with_faces((300, 200))[200:460, 300:560]
    assert set(watched(view, people, 400, 200)) == {None}


def test_likeness_of_a_flat_picture_is_none():
    assert likeness_of(np.zeros((36, 64), np.float32), np.ones((36, 64), np.float32)) == 0
