"""The rule by which answers become a decision, apart from everything else."""

import itertools

import pytest

from alerts.deciding import OPEN, status_after
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
