"""Measuring open-set recognition: rates, intervals, and the ratio between groups."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.vision.calibrate import averaging_shift
from cameras.vision.evaluation import (
    USUAL_THRESHOLD,
    Faces,
    Searches,
    evaluate,
    pool,
    search,
    search_usual,
    tracks_of,
)
from cameras.vision.evaluation_groups import compare_groups
from cameras.vision.evaluation_statistics import by_chance, rate, resampled, searches_needed, wilson
from cameras.vision.prior import DEFAULT_PRIOR


def made_up_searches(*, strangers: list[float], mated: list[float], right: list[bool], size: int = 10) -> Searches:
    return Searches(
        size,
        1,
        np.array(strangers),
        np.arange(len(strangers)) + 1000,
        np.array(mated),
        np.array(right, bool),
        np.arange(len(mated)),
    )


def made_up_faces(people: int, photographs: int, *, first: int = 0, seed: int = 0) -> Faces:
    """People scattered about the middle of the network's space, with the noise of real photographs."""
    random = np.random.default_rng(seed)
    axes = DEFAULT_PRIOR.crowding.axes
    identities = DEFAULT_PRIOR.crowding.centre + random.normal(0, 0.05, (people, 128))
    identities += random.normal(0, 0.03, (people, axes.shape[1])) @ axes.T
    owner = np.repeat(np.arange(people), photographs)
    templates = (identities[owner] + random.normal(0, 0.02, (len(owner), 128))).astype(np.float32)
    usual = (templates + random.normal(0, 0.01, templates.shape)).astype(np.float32)
    return Faces(templates, owner + first, usual)


def together(one: Faces, other: Faces) -> Faces:
    return Faces(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in Faces.__slots__))


# -- rates and intervals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [
        ([4, 1, 1, 1], [400] * 4, 0.2, 0.6),  # four times as many, and nothing to it
        ([40, 10, 10, 10], [400] * 4, 0.0, 0.001),
        ([0, 0], [5, 5], 1.0, 1.0),
        ([10, 20], [100, 200], 1.0, 1.0),  # exactly the same rate
    ],
)
def test_a_difference_between_groups_is_told_from_chance(errors, trials, low, high):
    assert low <= by_chance(errors, trials) <= high


def test_of_two_groups_chance_is_what_fishers_exact_test_says():
    # 3 of 10 against 0 of 10: of all ways to deal out three errors, those as uneven are 2 * C(10,3) / C(20,3).
    assert by_chance([3, 0], [10, 10], rounds=20_000) == pytest.approx(2 * 120 / 1140, abs=0.02)


@pytest.mark.parametrize(("errors", "trials"), [([1, 1], [0, 5]), ([6, 1], [5, 5]), ([-1, 1], [5, 5])])
def test_impossible_counts_are_refused(errors, trials):
    with pytest.raises(ValueError, match="Each group needs trials"):
        by_chance(errors, trials)


def test_wilsons_interval_is_the_one_of_the_textbooks():
    assert wilson(1, 10) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert wilson(0, 3000) == pytest.approx((0.0, 0.00128), abs=1e-5)


@given(st.integers(0, 50), st.integers(1, 50))
def test_an_interval_holds_the_rate_it_belongs_to(errors, more):
    low, high = wilson(errors, errors + more)
    assert 0 <= low <= errors / (errors + more) <= high <= 1


def test_people_with_many_photographs_make_a_rate_less_sure():
    errors = np.zeros(1000, bool)
    errors[:100] = True
    alone = resampled(errors, np.arange(1000))
    clustered = resampled(errors, np.arange(1000) // 100)
    assert clustered[1] - clustered[0] > 3 * (alone[1] - alone[0])


def test_a_claim_of_one_in_a_thousand_needs_about_three_thousand_searches():
    assert searches_needed(0.001) == 2995
    nothing_wrong = np.zeros(5000, bool)
    assert not rate(nothing_wrong[:2995], np.arange(2995)).supports(0.001)  # Wilson's is a little stricter
    assert rate(nothing_wrong, np.arange(5000)).supports(0.001)


def test_without_searches_nothing_is_claimed():
    nothing = rate(np.zeros(0, bool), np.zeros(0, np.int64))
    assert math.isnan(nothing.value)
    assert not nothing.supports(0.999)


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_a_limit_that_is_no_share_is_refused(limit):
    with pytest.raises(ValueError, match="between 0 and 1"):
        searches_needed(limit)


# -- thresholds and operating points ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("threshold", "alarms"), [(0.4999, 0), (0.5, 1), (0.5001, 1)])
def test_a_stranger_just_at_the_threshold_raises_an_alarm(threshold, alarms):
    fpir, _ = made_up_searches(strangers=[0.5, 0.7], mated=[], right=[]).at(threshold)
    assert fpir.errors == alarms


def test_an_enrolled_person_is_missed_when_too_far_or_taken_for_another():
    searches = made_up_searches(strangers=[0.9], mated=[0.3, 0.3, 0.8], right=[True, False, True])
    _, fnir = searches.at(0.5)
    assert (fnir.errors, fnir.trials) == (2, 3)


@given(st.lists(st.floats(-0.3, 0.9), min_size=1, max_size=60), st.floats(0.001, 0.999))
def test_the_threshold_for_a_budget_spends_it_as_far_as_possible_but_not_more(scores, budget):
    searches = made_up_searches(strangers=scores, mated=[], right=[])
    threshold = searches.threshold_at(budget)
    assert np.mean(np.array(scores) <= threshold) <= budget
    assert np.mean(np.array(scores) <= np.nextafter(threshold, np.inf)) > budget


def test_the_curve_trades_misses_for_alarms():
    random = np.random.default_rng(0)
    searches = made_up_searches(
        strangers=list(random.normal(0.2, 0.1, 500)), mated=list(random.normal(-0.1, 0.1, 200)), right=[True] * 200
    )
    thresholds, fpir, fnir = evaluate(searches).curve.T
    for rising in (thresholds, fpir, -fnir):
        assert (np.diff(rising) >= 0).all()


def test_the_interval_of_a_miss_rate_allows_for_other_strangers_too():
    random = np.random.default_rng(0)
    searches = made_up_searches(
        strangers=list(random.normal(0.2, 0.1, 300)), mated=list(random.normal(0, 0.1, 300)), right=[True] * 300
    )
    point = evaluate(searches, targets=[0.01]).measured[0]
    low, high = point.fnir_people
    assert low < point.fnir.value < high
    assert high - low > point.fnir.wilson[1] - point.fnir.wilson[0]


def test_galleries_of_other_sizes_are_not_pooled():
    small, large = (made_up_searches(strangers=[0.5], mated=[], right=[], size=size) for size in (10, 11))
    assert len(pool([small, small]).stranger_scores) == 2
    with pytest.raises(ValueError, match="one size"):
        pool([small, large])


# -- searching -------------------------------------------------------------------------------------------------------


def test_photographs_are_grouped_into_tracks_of_one_person_each():
    templates = np.arange(12, dtype=np.float32).reshape(6, 2)
    tracks, owners, lengths = tracks_of(templates, np.array([7, 7, 7, 8, 8, 9]), frames=2)
    assert owners.tolist() == [7, 8]
    assert lengths.tolist() == [2, 2]
    assert tracks.tolist() == [[1, 2], [7, 8]]


def test_a_stranger_with_too_few_photographs_still_passes_by_once():
    templates = np.ones((3, 2), np.float32)
    _, owners, lengths = tracks_of(templates, np.array([1, 1, 2]), frames=2, keep_short=np.array([False, False, True]))
    assert owners.tolist() == [1, 2]
    assert lengths.tolist() == [2, 1]


def test_every_probe_is_searched_once_and_strangers_are_told_from_enrolled():
    gallery, more = made_up_faces(8, 2), made_up_faces(8, 3, seed=0)
    strangers = made_up_faces(40, 1, first=100, seed=1)
    searches = search(gallery, together(more, strangers))
    assert sorted(searches.stranger_people) == list(range(100, 140))
    assert sorted(searches.mated_people) == sorted(more.people)
    assert searches.gallery_size == 8


def test_made_up_people_are_found_and_strangers_left_alone():
    everybody = made_up_faces(30, 4, seed=3)
    enrolled = np.arange(len(everybody.people)) % 4 < 2
    gallery, probes = (
        Faces(everybody.templates[own], everybody.people[own], everybody.usual[own]) for own in (enrolled, ~enrolled)
    )
    probes = together(probes, made_up_faces(300, 1, first=100, seed=4))
    for searches in (search(gallery, probes), search_usual(gallery, probes)):
        point = evaluate(searches, targets=[0.01]).measured[0]
        assert point.fnir.value < 0.02
        assert point.fpir.value <= 0.01


def test_long_tracks_can_be_held_to_the_standard_of_single_photographs():
    gallery, probes = made_up_faces(6, 1), made_up_faces(6, 3, seed=0)
    probes = together(probes, made_up_faces(30, 1, first=100, seed=1))
    as_they_come, by_length = (search(gallery, probes, frames=3, by_length=on) for on in (False, True))
    assert by_length.mated_scores - as_they_come.mated_scores == pytest.approx(averaging_shift(3))
    assert (by_length.stranger_scores == as_they_come.stranger_scores).all()


def test_the_usual_way_uses_one_threshold_for_everybody():
    gallery, strangers = made_up_faces(5, 1), made_up_faces(50, 1, first=100, seed=1)
    usual = evaluate(search_usual(gallery, strangers), threshold=lambda fpir: USUAL_THRESHOLD)
    assert {point.threshold for point in usual.derived} == {USUAL_THRESHOLD}


def test_an_empty_gallery_and_a_lack_of_strangers_are_named():
    faces = made_up_faces(4, 2)
    nobody = Faces(faces.templates[:0], faces.people[:0], faces.usual[:0])
    with pytest.raises(ValueError, match="gallery is empty"):
        search(nobody, faces)
    with pytest.raises(ValueError, match="fewer than two strangers"):
        search(faces, faces)


def test_a_photograph_without_a_template_is_refused():
    with pytest.raises(ValueError, match="Each photograph"):
        Faces(np.zeros((2, 128), np.float32), np.arange(3), np.zeros((2, 128), np.float32))


# -- groups ----------------------------------------------------------------------------------------------------------


def two_groups(*, narrow: float) -> tuple[np.ndarray, list[str]]:
    """Two groups about different points of the space, of which one's members resemble each other more."""
    random = np.random.default_rng(5)
    middle = DEFAULT_PRIOR.crowding.centre
    wide_people = middle + 0.25 * np.eye(128)[0] + random.normal(0, 0.06, (200, 128))
    narrow_people = middle - 0.25 * np.eye(128)[0] + random.normal(0, 0.06 * narrow, (200, 128))
    return np.concatenate([wide_people, narrow_people]).astype(np.float32), ["wide"] * 200 + ["narrow"] * 200


def test_own_offsets_take_most_of_the_difference_between_groups_away():
    templates, groups = two_groups(narrow=0.85)
    usual = compare_groups(templates, groups, calibrated=False)
    calibrated = compare_groups(templates, groups)
    assert usual.within_ratio > 20
    assert calibrated.entries_ratio < 3
    assert {each.group for each in calibrated.groups} == {"wide", "narrow"}


def test_groups_that_are_alike_are_measured_as_alike():
    fair = compare_groups(*two_groups(narrow=1.0), calibrated=False)
    assert fair.within_interval[0] < 2
    assert fair.within_interval[0] <= fair.within_ratio <= fair.within_interval[1]


def test_a_group_too_small_to_compare_is_named():
    with pytest.raises(ValueError, match="The group few has fewer than four people"):
        compare_groups(np.zeros((8, 128), np.float32), ["many"] * 5 + ["few"] * 3)


def test_each_groups_rate_lies_within_its_interval_and_a_lower_threshold_never_matches_more():
    faces = made_up_faces(400, 1)
    groups = [("one", "other")[index % 2] for index in range(400)]
    fairness = compare_groups(faces.templates, groups, overall=0.01)
    for group in fairness.groups:
        low, high = group.within_interval
        assert low <= group.within <= high
    stricter = compare_groups(faces.templates, groups, threshold=fairness.threshold - 0.02)
    assert stricter.overall < fairness.overall == pytest.approx(0.01, rel=0.01)
    for strict, loose in zip(stricter.groups, fairness.groups, strict=True):
        assert strict.within <= loose.within
