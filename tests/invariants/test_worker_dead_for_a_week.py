"""Invariant 2 after a week in which no worker ran: the first run makes up for it, and says so."""

from datetime import timedelta

import pytest

from retention.models import Certificate
from retention.purging import purge
from retention.selectors import alarms
from tests.invariants.recordings import can_be_read

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_run_after_a_week_destroys_all_that_came_due_and_until_then_there_is_an_alarm(wall, recordings):
    names = []
    for _ in range(10):
        names.append(recordings.add(wall.now))
        wall.pass_by(days=1)
        purge()
    wall.now += timedelta(days=51)
    purge()
    wall.pass_by(days=7)
    assert any("late" in alarm for alarm in alarms())
    assert any("older than its limit" in alarm for alarm in alarms())
    run = purge()
    assert not any(can_be_read(name) for name in names[:8])
    assert run.destroyed["recordings"]["count"] == 7
    assert not any("older than its limit" in alarm for alarm in alarms())
    days = list(Certificate.objects.order_by("day").values_list("day", flat=True))
    assert all(after - before == timedelta(days=1) for before, after in zip(days, days[1:], strict=False))
