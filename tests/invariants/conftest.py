"""What the tests of the clock share: a clock to turn, and recordings of any moment."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from retention import clock
from tests.invariants.recordings import Recordings


class Wall:
    """The machine's clock, turned by the test. It stands still meanwhile."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def wall(monkeypatch) -> Wall:
    turned = Wall(timezone.now().replace(microsecond=0))
    monkeypatch.setattr("django.utils.timezone.now", turned)
    # The database server's clock cannot be turned here; test_clocks.py tests what happens when they disagree.
    monkeypatch.setattr(clock, "_refuse_disagreement", lambda wall: None)
    return turned


@pytest.fixture
def recordings(front_door) -> Recordings:
    return Recordings(front_door.pk)
