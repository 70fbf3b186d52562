"""Counting passers-by: whom it counts, whom it leaves out, and when it gives its counts away."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.vision.calibrate import NEAR, estimate_offset
from cameras.vision.histogram import ENOUGH_TO_STORE, Histogram, edges
from cameras.vision.passing import FAR, PassersBy, Subject, Tally, learn
from cameras.vision.prior import DEFAULT_PRIOR
from cameras.vision.types import Gallery
from tests.vision.pictures import unit

PLAIN = replace(DEFAULT_PRIOR, probe_weight=0.0)
ME, OTHER = Subject(1, "a"), Subject(2, "b")
# At or under 0.5 is a match, up to 0.53 is too near to be counted, beyond 0.75 counts as far.
GALLERY = Gallery(
    (1, 2), np.stack([unit(0, 0.0), unit(1, 0.9)]), np.array([0.6, 0.6], np.float32), -0.1, "v", ("a", "b")
)
BEYOND = 0.6 - 0.1 + NEAR


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def passed(*distances: float, matched: set[int] | None = None) -> PassersBy:
    """People who passed at these distances from entry 1, when enough are waiting whoever they are."""
    counting = PassersBy(enough=1, batch_seconds=0)
    for distance in distances:
        counting.count(unit(0, distance), GALLERY, camera=7, matched=matched or set(), prior=PLAIN)
    return counting


def tally_of(counting: PassersBy, subject: Subject = ME) -> Tally:
    batch = counting.take()
    return Tally.empty() if batch is None else batch.tallies.get(subject, Tally.empty())


def test_a_passer_by_counts_once_for_every_entry():
    batch = passed(0.62).take()
    assert batch is not None
    assert {subject: tally.passers_by for subject, tally in batch.tallies.items()} == {ME: 1, OTHER: 1}
    assert batch.tracks == {7: 1}


@pytest.mark.parametrize(("distance", "counted"), [(BEYOND - 0.001, 0), (BEYOND - 0.0000001, 0), (BEYOND + 0.001, 1)])
def test_whoever_nearly_matched_an_entry_does_not_teach_it(distance: float, counted: int):
    assert tally_of(passed(distance)).passers_by == counted


def test_whoever_nearly_matched_one_entry_teaches_the_others():
    assert tally_of(passed(0.52), OTHER).passers_by == 1


def test_whoever_matched_an_entry_does_not_teach_it_wherever_the_track_ended():
    counting = passed(0.65, matched={1})
    batch = counting.take()
    assert batch is not None
    assert set(batch.tallies) == {OTHER}


@pytest.mark.parametrize(("distance", "told_apart"), [(0.6 + FAR - 0.001, True), (0.6 + FAR + 0.001, False)])
def test_of_those_far_away_it_is_counted_only_that_they_are(distance: float, told_apart: bool):
    place = int(np.flatnonzero(tally_of(passed(distance)).histogram.counts)[0])
    assert (place < 159) is told_apart


def test_without_marks_nothing_is_counted():
    counting = PassersBy(enough=1, batch_seconds=0)
    counting.count(unit(0, 0.7), replace(GALLERY, marks=()), camera=7, matched=set())
    assert counting.take() is None


@pytest.mark.parametrize(
    ("people", "seconds", "given"),
    [(ENOUGH_TO_STORE - 1, 600, False), (ENOUGH_TO_STORE, 599.9, False), (ENOUGH_TO_STORE, 600, True)],
)
def test_counts_are_given_away_only_of_enough_people_over_long_enough(people: int, seconds: float, given: bool):
    clock = Clock()
    counting = PassersBy(clock=clock)
    for _ in range(people):
        counting.count(unit(0, 0.7), GALLERY, camera=7, matched=set(), prior=PLAIN)
    clock.now = seconds
    assert (counting.take() is not None) is given


def test_what_was_taken_is_gone_and_the_next_batch_waits_as_long_again():
    clock = Clock()
    counting = PassersBy(enough=1, clock=clock)
    for clock.now in (600.0, 601.0):
        counting.count(unit(0, 0.7), GALLERY, camera=7, matched=set(), prior=PLAIN)
        assert (counting.take() is not None) is (clock.now == 600.0)
    clock.now = 1200.0
    assert tally_of(counting).passers_by == 1


def test_a_batch_that_could_not_be_stored_is_given_away_with_the_next_one():
    counting = passed(0.62, 0.65)
    batch = counting.take()
    assert batch is not None
    assert counting.take() is None
    counting.put_back(batch)
    counting.count(unit(0, 0.7), GALLERY, camera=7, matched=set(), prior=PLAIN)
    assert tally_of(counting).passers_by == 3


tallies = st.builds(
    lambda distances, beyond: sum((Tally.of(d, beyond=beyond) for d in distances), Tally.empty()),
    st.lists(st.floats(0.2, 1.2), max_size=6),
    st.floats(0.3, 0.8),
)


@given(st.lists(tallies, max_size=5).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_what_workers_counted_adds_up_in_any_order(either: tuple[list[Tally], list[Tally]]):
    one, other = (sum(order, Tally.empty()) for order in either)
    assert one == other


@given(tallies, tallies, tallies)
def test_what_workers_counted_adds_up_however_it_is_grouped(one: Tally, two: Tally, three: Tally):
    assert (one + two) + three == one + (two + three)


@given(st.lists(st.floats(0.0, 1.2), max_size=8), st.integers(0, 8))
def test_two_workers_count_what_one_would_have(distances: list[float], cut: int):
    both = tally_of(passed(*distances[:cut])) + tally_of(passed(*distances[cut:]))
    assert both.histogram == tally_of(passed(*distances)).histogram


@given(tallies)
def test_nobody_nearer_than_the_bound_is_counted(tally: Tally):
    near = edges() <= tally.beyond + 1e-9
    assert not tally.histogram.counts[near].any()


def strangers(offset: float, people: int, seed: int = 0) -> np.ndarray:
    """Distances of strangers as the shipped tail has them, to an entry with this offset."""
    scores, shares = np.array(DEFAULT_PRIOR.tail).T
    chances = np.random.default_rng(seed).random(people)
    return offset + np.interp(np.log(chances), np.log(shares), scores)


@pytest.mark.parametrize("true", [0.56, 0.60, 0.63])
@pytest.mark.parametrize("cut", [-0.09, -0.05, -0.03])
def test_leaving_out_those_who_nearly_matched_does_not_shift_what_is_learnt(true: float, cut: float):
    distances = strangers(true, 4000)
    found = sum((Tally.of(d, beyond=true + cut) for d in distances), Tally.empty())
    learnt = estimate_offset(found.histogram, 0.6, beyond=found.beyond)
    assert abs(learnt.mean - true) < 3 * learnt.spread


def test_forgetting_that_they_were_left_out_would_shift_it():
    """The test above can fail."""
    distances = strangers(0.60, 4000)
    found = sum((Tally.of(d, beyond=0.57) for d in distances), Tally.empty())
    assert estimate_offset(found.histogram, 0.6).mean - 0.60 > 3 * estimate_offset(found.histogram, 0.6).spread


def test_counting_those_far_away_as_far_changes_nothing_that_is_learnt():
    distances = strangers(0.6, 500)
    exact = estimate_offset(Histogram.of(distances), 0.6)
    coarse = estimate_offset(Histogram.of(np.where(distances > 0.6 + FAR, 1.0, distances)), 0.6)
    assert coarse == exact


def test_the_same_thousand_people_every_day_are_believed_as_a_thousand():
    once = Tally(Histogram.of(strangers(0.6, 1000)))
    daily = Tally(Histogram(once.histogram.counts * 50))
    vector = DEFAULT_PRIOR.crowding.centre[None].astype(np.float32)
    [first], [often] = (learn([tally], vector, people=1000) for tally in (once, daily))
    assert often.mean == pytest.approx(first.mean, abs=0.003)
    assert often.spread == pytest.approx(first.spread, rel=0.2)


def test_no_more_than_numbers_is_kept_of_anybody():
    counting = passed(0.62, 0.7)
    held = Counter(type(value) for tally in counting._waiting.tallies.values() for value in (tally.histogram.counts,))
    assert held == {np.ndarray: 2}
    assert all(t.histogram.counts.dtype == np.int64 for t in counting._waiting.tallies.values())
