"""Counts of how near passers-by come to an entry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.vision.histogram import BINS, LOWEST, WIDTH, Histogram, count_passers_by, edges, merge

distances = st.lists(st.floats(0, 2, allow_nan=False), max_size=40)


@given(distances, distances)
def test_it_does_not_matter_which_worker_counted_whom(here, there):
    together = Histogram.of(here + there)
    assert Histogram.of(here) + Histogram.of(there) == together
    assert Histogram.of(there) + Histogram.of(here) == together


@given(distances, distances, distances)
def test_it_does_not_matter_in_which_order_workers_are_merged(one, two, three):
    a, b, c = map(Histogram.of, (one, two, three))
    assert (a + b) + c == a + (b + c) == merge([c, a, b])


@given(distances)
def test_nobody_is_lost_or_counted_twice(seen):
    assert Histogram.of(seen).total == len(seen)
    assert Histogram.empty().add(seen) == Histogram.of(seen)


@given(distances)
def test_a_histogram_survives_a_restart(seen):
    counted = Histogram.of(seen)
    assert Histogram.from_bytes(counted.to_bytes()) == counted


def test_the_bytes_do_not_depend_on_who_came_first():
    assert Histogram.of([0.4, 0.7, 0.5]).to_bytes() == Histogram.of([0.7, 0.5, 0.4]).to_bytes()


def test_a_distance_at_the_edge_of_a_bin_belongs_to_the_bin_above():
    just_under, on = (int(Histogram.of([value]).counts.argmax()) for value in (LOWEST + WIDTH - 1e-9, LOWEST + WIDTH))
    assert (just_under, on) == (0, 1)


@pytest.mark.parametrize(("distance", "expected"), [(0.0, 0), (LOWEST - 0.01, 0), (1.5, BINS - 1)])
def test_a_distance_outside_all_bins_is_counted_in_the_nearest(distance, expected):
    assert Histogram.of([distance]).counts[expected] == 1


def test_the_last_edge_is_where_distances_stop_being_told_apart():
    assert edges()[-1] == pytest.approx(1.0)
    assert len(edges()) == BINS


def test_each_entry_counts_its_own_distances_and_leaves_out_what_is_not_a_number():
    first, second = count_passers_by(np.array([[0.5, 0.6], [0.7, np.nan]]))
    assert first == Histogram.of([0.5, 0.7])
    assert second == Histogram.of([0.6])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_distance_that_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError, match="must be a number"):
        Histogram.of([wrong])


def test_counts_under_zero_are_refused():
    with pytest.raises(ValueError, match="under zero"):
        Histogram(np.full(BINS, -1))


def test_fractions_of_people_are_refused():
    with pytest.raises(ValueError, match="whole numbers"):
        Histogram(np.zeros(BINS))


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"\x09" + data[1:], lambda data: b""])
def test_damaged_bytes_are_refused(damage):
    with pytest.raises(ValueError, match="no histogram"):
        Histogram.from_bytes(damage(Histogram.of([0.5]).to_bytes()))


def test_what_is_kept_holds_nothing_but_counts():
    kept = Histogram.of([0.5123456789]).to_bytes()
    assert np.float64(0.5123456789).tobytes() not in kept
    assert kept == Histogram.of([0.5143]).to_bytes()
