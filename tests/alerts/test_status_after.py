"""The rule by which answers become a decision, apart from everything else."""

import itertools

import pytest

from alerts.answers import OPEN, status_after
from alerts.models import Alert

S, D, U = "same", "different", "unclear"


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([], "waiting"),
        ([S], "second"),
        ([D], "rejected"),
        ([U], "unclear"),
        ([S, S], "confirmed"),
        ([S, D], "second"),
        ([S, D, S], "confirmed"),
        ([S, D, D], "rejected"),
        ([S, D, U], "second"),
        ([S, D, U, D], "rejected"),
        ([U, S], "second"),
        ([U, D], "rejected"),
        ([U, U], "unclear"),
        ([U, S, S], "confirmed"),
        ([S, U, S], "confirmed"),
    ],
)
def test_the_answers_so_far_give_one_status(answers: list[str], status: str):
    assert status_after(answers) == status


def test_no_order_of_answers_confirms_with_fewer_than_two_people_who_say_same():
    for length in range(5):
        for answers in itertools.product([S, D, U], repeat=length):
            if answers.count(S) < 2:
                assert status_after(list(answers)) != Alert.Status.CONFIRMED, answers


def test_somebody_who_cannot_tell_never_closes_an_alert():
    for length in range(4):
        for answers in itertools.product([S, D, U], repeat=length):
            if status_after(list(answers)) in OPEN:
                assert status_after([*answers, U]) in OPEN, answers


def test_who_was_told_that_another_says_same_is_not_the_second_person():
    assert status_after([S, S], told=1) == "second"
    assert status_after([S, S, S], told=1) == "confirmed"


def test_where_two_must_reject_one_is_not_enough():
    assert status_after([D], two_to_reject=True) == "second"
    assert status_after([D, D], two_to_reject=True) == "rejected"
    assert status_after([D, S, D], two_to_reject=True) == "rejected"
