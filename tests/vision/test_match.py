from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.vision import calibrate
from cameras.vision.match import MatchOptions, compare, decide, mean_embedding
from cameras.vision.prior import DEFAULT_PRIOR
from cameras.vision.types import Gallery
from tests.vision.pictures import gallery_of, unit

# Made-up vectors lie outside of where faces lie, so that how crowded it is there means nothing.
PLAIN = replace(DEFAULT_PRIOR, probe_weight=0.0)
TWO = MatchOptions(agreeing=2, prior=PLAIN)


def seen(*lengths: float) -> tuple[np.ndarray, np.ndarray]:
    """Frames that lie at these distances from the template at the origin, with equal weights."""
    return np.stack([unit(0, length) for length in lengths]), np.ones(len(lengths), np.float32)


@pytest.mark.parametrize(("distance", "is_match"), [(0.499, True), (0.5, True), (0.501, False)])
def test_a_distance_up_to_the_threshold_is_a_match(distance: float, is_match: bool):
    gallery = gallery_of(unit(0, 0.0), unit(5, 3.0))
    decision = decide(*seen(distance, distance), gallery, TWO)
    assert (decision is not None) is is_match


@pytest.mark.parametrize(("distance", "is_match"), [(0.3749, True), (0.375, True), (0.3751, False)])
def test_an_entry_that_many_strangers_resemble_must_be_nearer(distance: float, is_match: bool):
    gallery = gallery_of(unit(0, 0.0), threshold=-0.125, offsets=[0.5])
    decision = decide(*seen(distance, distance), gallery, TWO)
    assert (decision is not None) is is_match


def test_identity_and_distance_come_from_the_same_comparison():
    gallery = gallery_of(unit(0, 0.0), unit(0, 0.5), threshold=1.0, offsets=[0.0, 0.4])
    found = compare(unit(0, 0.2), gallery, PLAIN)
    assert found is not None
    assert (found.entry, found.runner_up) == (11, 10)
    assert found.raw_distance == pytest.approx(0.3)
    assert found.distance == pytest.approx(-0.1)
    assert found.runner_up_distance == pytest.approx(0.2)


def test_a_gallery_of_one_has_no_second_best():
    found = compare(unit(0, 0.2), gallery_of(unit(0, 0.0)), PLAIN)
    assert found is not None
    assert found.runner_up is None
    assert found.runner_up_distance is None


def test_one_good_frame_alone_is_not_enough():
    gallery = gallery_of(unit(0, 0.0))
    assert decide(*seen(0.1), gallery, TWO) is None
    assert decide(*seen(0.1), gallery, MatchOptions(agreeing=1, prior=PLAIN)) is not None


def test_frames_that_point_at_different_people_are_no_match_however_near_their_mean():
    gallery = gallery_of(unit(0, 0.0), unit(1, 0.6), unit(2, 0.6))
    frames = np.stack([unit(1, 0.6), unit(2, 0.6), unit(0, 0.1)])
    assert decide(frames, np.ones(3, np.float32), gallery, TWO) is None


def test_a_sharp_frame_counts_more_than_a_blurred_one():
    weights = np.array([0.9, 0.1], np.float32)
    mean = mean_embedding(np.stack([unit(0, 1.0), unit(1, 1.0)]), weights)
    assert mean[:2] == pytest.approx([0.9, 0.1])


def test_frames_of_no_quality_count_the_same():
    mean = mean_embedding(np.stack([unit(0, 1.0), unit(1, 1.0)]), np.zeros(2, np.float32))
    assert mean[:2] == pytest.approx([0.5, 0.5])


def test_nobody_matches_an_empty_gallery():
    assert compare(unit(0), Gallery.empty()) is None
    assert decide(*seen(0.0, 0.0), Gallery.empty(), TWO) is None


def test_distances_are_those_that_passers_by_are_counted_with():
    gallery = gallery_of(unit(0, 0.6), unit(1, 0.6))
    probe = unit(0, 0.3)
    found = compare(probe, gallery)
    assert found is not None
    assert [found.raw_distance, found.runner_up_distance] == pytest.approx(
        calibrate.compare(probe[None], gallery.vectors)[0].tolist(), abs=1e-6
    )


@pytest.mark.parametrize(("runner_up", "too_close"), [(0.499, True), (0.5, True), (0.501, False)])
def test_two_entries_that_both_match_cannot_be_separated(runner_up: float, too_close: bool):
    gallery = gallery_of(unit(0, 0.1), unit(0, -runner_up), threshold=0.5)
    found = decide(*seen(0.0, 0.0), gallery, TWO)
    assert found is not None
    assert found.entry == 10
    assert calibrate.cannot_separate(found.distance, found.runner_up_distance, gallery.threshold) is too_close


def test_a_gallery_with_too_few_marks_is_refused():
    with pytest.raises(ValueError, match="a mark for each or none"):
        Gallery((1, 2), np.zeros((2, 128), np.float32), np.zeros(2, np.float32), 0.5, "broken", ("a",))


@given(st.permutations(range(4)))
def test_the_order_of_the_frames_changes_nothing(order: list[int]):
    frames, weights = np.stack([unit(0, 0.3), unit(1, 0.2), unit(0, 0.4), unit(0, 0.1)]), np.array([0.9, 0.2, 0.5, 0.4])
    gallery = gallery_of(unit(0, 0.35), unit(2, 0.5))
    first = decide(frames, weights.astype(np.float32), gallery, TWO)
    again = decide(frames[order], weights[order].astype(np.float32), gallery, TWO)
    assert first is not None
    assert again is not None
    assert (again.entry, again.runner_up) == (first.entry, first.runner_up)
    assert again.distance == pytest.approx(first.distance, abs=1e-6)


def test_a_gallery_whose_parts_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="2 entries"):
        Gallery((1, 2), np.zeros((1, 128), np.float32), np.zeros(2, np.float32), 0.5, "broken")
