"""Which alerts somebody was shown in a list is recorded in full, in as many records as that takes."""

from hypothesis import given
from hypothesis import strategies as st

from audit.lists import LONGEST, subjects


@given(st.lists(st.integers(min_value=1, max_value=2**63 - 1).map(str), min_size=1, max_size=300))
def test_every_number_is_in_some_record_and_every_record_fits(numbers: list[str]):
    pieces = subjects("review queue, alerts", numbers)
    found = [number for piece in pieces for number in piece.split(": ")[1].split(", ")]
    assert found == numbers
    assert all(len(piece) <= LONGEST for piece in pieces)


def test_an_empty_list_is_recorded_too():
    assert subjects("review queue, alerts", []) == ["review queue, alerts: nothing in it"]
