"""A hundred watches ask the database once."""

import threading
import time

from django.db import OperationalError

from alerts.asking import Shared


def test_the_answer_is_fetched_once_for_all_who_ask_within_the_time(db):
    fetched = []
    question: Shared[int] = Shared("The list", every=60)
    for _ in range(100):
        assert question.ask(lambda: fetched.append(1) or len(fetched)) == 1
    assert len(fetched) == 1


def test_the_answer_is_fetched_anew_when_the_time_is_over(db):
    question: Shared[int] = Shared("The list", every=0.01)
    assert question.ask(lambda: 1) == 1
    time.sleep(0.02)
    assert question.ask(lambda: 2) == 2


def test_while_the_database_is_away_the_last_answer_stands_and_says_since_when(db, caplog):
    def fail() -> int:
        raise OperationalError("away")

    question: Shared[int] = Shared("The list", every=0)
    question.ask(lambda: 1)
    confirmed = question.at
    assert question.ask(fail) == 1
    assert question.at == confirmed
    assert "The list cannot be read: OperationalError" in caplog.text


def test_nobody_waits_for_a_slow_answer_while_there_is_an_older_one(transactional_db):
    question: Shared[int] = Shared("The list", every=0)
    question.ask(lambda: 1)
    started, release = threading.Event(), threading.Event()
    slow = threading.Thread(target=lambda: question.ask(lambda: started.set() or release.wait(5) and 2))
    slow.start()
    assert started.wait(5)
    assert question.ask(lambda: 3) == 1
    release.set()
    slow.join()
    assert question.answer == 2
