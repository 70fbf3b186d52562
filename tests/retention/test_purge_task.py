"""The purge runs about hourly, at once on a new Lockport, and also after the clock was set back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from retention.models import PurgeRun
from retention.tasks import purge

pytestmark = pytest.mark.django_db


def runs() -> int:
    return PurgeRun.objects.filter(kind=PurgeRun.Kind.PURGE).count()


def began(ago: timedelta, *, ended: bool = True) -> None:
    at = timezone.now() - ago
    PurgeRun.objects.create(
        kind=PurgeRun.Kind.PURGE, began_at=at, cut_off=at, ended_at=timezone.now() if ended else None
    )


def test_a_new_lockport_purges_at_once_and_then_waits():
    purge()
    purge()
    assert runs() == 1


@pytest.mark.parametrize(
    ("ago", "ended", "again"),
    [
        (timedelta(minutes=49), True, False),
        (timedelta(minutes=51), True, True),
        (timedelta(minutes=10), False, True),  # killed on the way
        (-timedelta(days=3), True, True),  # in a future from which the clock was set back
    ],
)
def test_it_runs_again_within_the_hour(ago, ended, again):
    began(ago, ended=ended)
    purge()
    assert runs() == 1 + again
