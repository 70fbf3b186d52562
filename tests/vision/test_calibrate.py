"""Thresholds follow from the false-alarm budget, offsets from the passers-by counted."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.vision.calibrate import (
    NEAR,
    averaging_shift,
    cannot_separate,
    compare,
    estimate_offset,
    expected_misses,
    offsets,
    share_of_strangers,
    starting_offset,
    strangers_this_alike,
    threshold_for,
)
from cameras.vision.evaluation_prior import Population, distances_to_others, fit_crowding, fit_tail, located
from cameras.vision.histogram import Histogram
from cameras.vision.prior import DEFAULT_PRIOR, Prior

sizes = st.integers(1, 100_000)
rates = st.floats(1e-6, 0.5)


def test_a_larger_gallery_has_a_stricter_threshold():
    assert threshold_for(1) > threshold_for(10) > threshold_for(100) > threshold_for(10_000)


def test_a_smaller_budget_has_a_stricter_threshold():
    assert threshold_for(100, fpir=0.01) > threshold_for(100, fpir=0.003) > threshold_for(100, fpir=0.001)


@given(sizes, sizes, rates, rates)
def test_the_threshold_never_rises_with_the_gallery_or_falls_with_the_budget(size, other_size, rate, other_rate):
    strict = threshold_for(max(size, other_size), fpir=min(rate, other_rate))
    assert strict <= threshold_for(min(size, other_size), fpir=max(rate, other_rate))


@given(sizes, rates, st.integers(1, 9))
def test_at_its_threshold_a_gallery_spends_exactly_its_budget(size, rate, frames):
    threshold = threshold_for(size, fpir=rate, frames=frames)
    each = share_of_strangers(threshold, frames=frames)
    assert -math.expm1(size * math.log1p(-each)) == pytest.approx(rate, rel=1e-6)


def test_a_probe_of_several_frames_needs_a_stricter_threshold():
    assert threshold_for(100, frames=3) == pytest.approx(threshold_for(100) - averaging_shift(3))


def test_one_stranger_in_a_hundred_is_nearer_than_an_entrys_offset():
    assert strangers_this_alike(0.0) == pytest.approx(100)


def test_an_entry_with_more_photographs_is_nearer_to_everybody_and_starts_with_a_smaller_offset():
    assert starting_offset(3) < starting_offset(2) < starting_offset(1)


@pytest.mark.parametrize("size", [0, -1])
def test_a_threshold_for_nobody_is_refused(size):
    with pytest.raises(ValueError, match="at least 1 entry"):
        threshold_for(size)


@pytest.mark.parametrize("rate", [0, 1, -0.1, 1.5])
def test_a_budget_that_is_no_share_is_refused(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        threshold_for(10, fpir=rate)


def test_a_probe_of_no_frames_is_refused():
    with pytest.raises(ValueError, match="at least 1 photograph or frame"):
        threshold_for(10, frames=0)


EXPECTED = 0.58


def strangers(number: int, *, offset: float, seed: int = 0) -> np.ndarray:
    """Distances of so many made-up strangers to an entry with this offset, spread as the shipped tail says."""
    scores, shares = np.array(DEFAULT_PRIOR.tail).T
    ranks = np.random.default_rng(seed).random(number)
    return offset + np.interp(np.log10(np.maximum(ranks, shares[0])), np.log10(shares), scores)


def test_without_passers_by_the_offset_is_the_one_expected_of_the_template():
    estimate = estimate_offset(Histogram.empty(), EXPECTED)
    assert estimate.mean == pytest.approx(EXPECTED, abs=0.001)
    assert estimate.spread == pytest.approx(DEFAULT_PRIOR.offset_spread, rel=0.02)
    assert estimate.passers_by == 0


def test_the_less_is_known_of_an_entry_the_more_cautious_is_its_offset():
    spreads = [estimate_offset(Histogram.of(strangers(n, offset=EXPECTED)), EXPECTED) for n in (0, 300, 3_000, 30_000)]
    cautions = [estimate.mean - estimate.cautious() for estimate in spreads]
    assert cautions == sorted(cautions, reverse=True)
    assert cautions[-1] < 0.001 < cautions[0]


@pytest.mark.parametrize("offset", [0.52, 0.58, 0.64])
def test_many_passers_by_outweigh_what_was_expected(offset):
    estimate = estimate_offset(Histogram.of(strangers(20_000, offset=offset)), EXPECTED)
    assert estimate.mean == pytest.approx(offset, abs=0.008)


def test_an_entry_with_many_look_alikes_needs_a_smaller_distance_than_one_with_few():
    many = estimate_offset(Histogram.of(strangers(2_000, offset=0.52)), EXPECTED)
    few = estimate_offset(Histogram.of(strangers(2_000, offset=0.64)), EXPECTED)
    assert many.cautious() + 0.08 < few.cautious()


def test_the_false_alarms_expected_of_entries_nobody_has_met_stay_within_the_budget():
    threshold = threshold_for(100)
    cautious = estimate_offset(Histogram.empty(), EXPECTED).cautious()
    truths = np.random.default_rng(1).normal(EXPECTED, DEFAULT_PRIOR.offset_spread, 4_000)
    each = np.mean([share_of_strangers(threshold + cautious - truth) for truth in truths])
    assert each <= 1.05 * share_of_strangers(threshold)


def test_people_who_pass_every_day_teach_no_faster_than_they_are_many():
    tracks = Histogram.of(np.repeat(strangers(300, offset=0.5), 10))
    often, once = estimate_offset(tracks, EXPECTED, looks_each=10), estimate_offset(tracks, EXPECTED)
    assert often.spread > once.spread
    assert often.spread >= estimate_offset(Histogram.of(strangers(300, offset=0.5)), EXPECTED).spread * 0.9


def test_nobody_can_pass_less_than_once():
    with pytest.raises(ValueError, match="at least once"):
        estimate_offset(Histogram.empty(), EXPECTED, looks_each=0.5)


def test_every_entry_gets_an_offset_of_its_own():
    templates = np.stack([DEFAULT_PRIOR.crowding.centre, DEFAULT_PRIOR.crowding.centre + 0.05]).astype(np.float32)
    lonely, crowded = Histogram.of(strangers(3_000, offset=0.64)), Histogram.of(strangers(3_000, offset=0.48))
    first, second = offsets([lonely, crowded], templates)
    assert first > second
    assert offsets([], templates[:0]).shape == (0,)


def test_a_histogram_must_be_there_for_each_entry():
    with pytest.raises(ValueError, match="2 entries need as many histograms, not 1"):
        offsets([Histogram.empty()], np.zeros((2, 128), np.float32))


def test_an_entry_that_hardly_matches_any_more_is_not_silent_about_it():
    threshold = threshold_for(100)
    usual, beside_a_twin = (expected_misses(offset, threshold, photographs=3) for offset in (0.58, 0.40))
    assert usual < 0.2 < 0.8 < beside_a_twin


@given(st.floats(0.4, 0.7), st.integers(1, 5))
def test_more_photographs_and_frames_are_expected_to_miss_less(offset, number):
    threshold = threshold_for(100)
    assert expected_misses(offset, threshold, photographs=number + 1) <= expected_misses(offset, threshold)
    assert expected_misses(offset, threshold, frames=number + 1) <= expected_misses(offset, threshold)


@pytest.mark.parametrize(
    ("best", "runner_up", "unclear"),
    [(-0.2, -0.19, True), (-0.2, -0.15, True), (-0.2, -0.1499, False), (-0.1, -0.1, False), (-0.2, None, False)],
)
def test_two_entries_that_both_match_cannot_be_separated(best, runner_up, unclear):
    assert cannot_separate(best, runner_up, threshold=-0.15) is unclear


def test_the_shipped_figures_survive_being_written_and_read():
    again = Prior.from_json(DEFAULT_PRIOR.to_json())
    assert again.to_json() == DEFAULT_PRIOR.to_json()
    assert again.tail == DEFAULT_PRIOR.tail


def test_a_tail_of_strangers_rises_in_score_and_share():
    scores, shares = np.array(DEFAULT_PRIOR.tail).T
    assert (np.diff(scores) > 0).all()
    assert (np.diff(shares) > 0).all()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tail": []}'])
def test_a_damaged_prior_is_refused(text):
    with pytest.raises(ValueError, match="no prior of strangers"):
        Prior.from_json(text)


def test_faces_in_a_crowded_part_of_the_space_are_expected_to_have_nearer_strangers():
    """Templates around which many others lie must get smaller offsets, from the fitted surface alone."""
    random = np.random.default_rng(2)
    crowd = random.normal(0, 0.05, (400, 128)) + np.eye(128)[0] * 0.3
    spread = random.normal(0, 0.09, (400, 128)) - np.eye(128)[0] * 0.3
    people = Population(np.concatenate([crowd, spread]).astype(np.float32), np.arange(800))
    expected = fit_crowding(people, people)(people.templates)
    assert expected[:400].mean() + 0.1 < expected[400:].mean()
    assert np.corrcoef(expected, located(people, people))[0, 1] > 0.8


def test_a_person_is_not_a_stranger_to_themselves():
    pair = Population(np.array([[0.0] * 128, [1.0] * 128], np.float32), np.array([5, 6]))
    distances = distances_to_others(pair, pair)
    assert np.isnan(np.diag(distances)).all()
    assert distances[0, 1] == pytest.approx(math.sqrt(128))


def test_a_fitted_tail_starts_a_hundredth_at_the_offset():
    random = np.random.default_rng(3)
    faces = [random.normal(0, 0.06, (500, 128)).astype(np.float32) for _ in range(3)]
    entries, teachers, others = (Population(face, 1000 * i + np.arange(500)) for i, face in enumerate(faces))
    tail = fit_tail((entries, teachers, others))
    assert {share: score for score, share in tail}[0.01] == pytest.approx(0, abs=0.01)


def test_the_nearest_entry_stays_the_nearest_when_probes_are_made_comparable():
    random = np.random.default_rng(4)
    probes, entries = (
        (DEFAULT_PRIOR.crowding.centre + random.normal(0, 0.05, (n, 128))).astype(np.float32) for n in (20, 10)
    )
    plain = np.linalg.norm(probes[:, None] - entries[None], axis=2)
    assert (compare(probes, entries).argmin(axis=1) == plain.argmin(axis=1)).all()
    shifts = compare(probes, entries) - plain
    assert np.allclose(shifts, shifts[:, :1], atol=1e-5)
    assert compare(probes[:0], entries).shape == (0, 10)


def test_averaging_frames_brings_a_stranger_no_advantage():
    probe, entry = (np.full((1, 128), value, np.float32) for value in (0.0, 0.05))
    alone, averaged = compare(probe, entry), compare(probe, entry, frames=np.array([3]))
    assert averaged - alone == pytest.approx(averaging_shift(3))
    assert averaged - threshold_for(50) == pytest.approx(alone - threshold_for(50, frames=3))


BEYOND = 0.58 - 0.1 + NEAR


def told(strangers_matched: int, *, people: int = 400, looks_each: float = 1.0, offset: float = EXPECTED):
    """What is believed after so many passed, those nearer than BEYOND left out, and so many matches were no match."""
    distances = strangers(people, offset=offset)
    return estimate_offset(
        Histogram.of(distances[distances > BEYOND]),
        EXPECTED,
        looks_each=looks_each,
        beyond=BEYOND,
        strangers_matched=strangers_matched,
    )


def test_matches_that_were_somebody_else_make_an_entrys_limit_stricter():
    assert told(3).cautious() + 0.005 < told(0).cautious()
    assert told(30).cautious() + 0.005 < told(3).cautious()


def test_as_many_strangers_matched_as_were_to_be_expected_hardly_change_a_limit():
    assert 2 < 20_000 * share_of_strangers(-0.1) < 4
    assert told(2, people=20_000).cautious() == pytest.approx(told(0, people=20_000).cautious(), abs=0.0005)


@given(
    st.lists(st.integers(0, 5_000), min_size=2, max_size=5, unique=True).map(sorted),
    st.integers(1, 3_000),
    st.floats(1, 50),
    st.floats(0.5, 0.66),
)
def test_the_more_matches_were_somebody_else_the_stricter_and_never_bolder_is_the_limit(
    numbers, people, looks_each, offset
):
    limits = [told(k, people=people, looks_each=looks_each, offset=offset).cautious() for k in (0, *numbers)]
    assert all(stricter <= looser + 1e-9 for looser, stricter in pairwise(limits))
    assert max(limits) == limits[0]


@given(st.integers(1, 1_000))
def test_before_passers_by_were_counted_matches_that_were_somebody_else_wait(number):
    assert told(number, people=0) == told(0, people=0)
    assert told(number, people=0).cautious() == estimate_offset(Histogram.empty(), EXPECTED).cautious()


def test_without_any_nothing_is_other_than_before():
    """Signed evaluations stay valid. The figures are those computed before decisions taught anything."""
    estimate = estimate_offset(Histogram.of(strangers(2_000, offset=0.52)), EXPECTED, beyond=0.45, strangers_matched=0)
    assert estimate.mean == pytest.approx(0.5436226179151507, rel=1e-12)
    assert estimate.spread == pytest.approx(0.012068856580943177, rel=1e-9)
