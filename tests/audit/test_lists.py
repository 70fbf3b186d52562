"""Which alerts somebody was shown in a list is recorded in full, in as many records as that takes."""

from hypothesis import given
from hypothesis import strategies as st

from audit.lists import LONGEST, in_runs, subjects


@given(st.lists(st.integers(min_value=1, max_value=2**63 - 1).map(str), min_size=1, max_size=300))
def test_every_number_is_in_some_record_and_every_record_fits(numbers: list[str]):
    pieces = subjects("review queue, alerts", numbers)
    found = [number for piece in pieces for number in piece.split(": ")[1].split(", ")]
    assert found == numbers
    assert all(len(piece) <= LONGEST for piece in pieces)


def test_an_empty_list_is_recorded_too():
    assert subjects("review queue, alerts", []) == ["review queue, alerts: nothing in it"]


@given(st.sets(st.integers(min_value=1, max_value=200)))
def test_runs_name_the_same_numbers_and_no_others(numbers: set[int]):
    ends = [run.partition("–") for run in in_runs(numbers)]
    assert {n for first, _, last in ends for n in range(int(first), int(last or first) + 1)} == numbers


def test_neighbours_are_one_run():
    assert in_runs([5, 3, 9, 4, 4, 11, 12]) == ["3–5", "9", "11–12"]
    assert in_runs([]) == []
