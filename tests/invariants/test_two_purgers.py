"""Two purgers and a sweeper at once destroy everything once, count it once, and stop."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from alerts.models import Alert
from retention import purging
from retention.keyfolder import logged_destructions
from retention.models import Certificate, PurgeRun
from retention.sweeping import sweep
from tests.alerts.conftest import make_alert, make_entry

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 24


def test_all_is_destroyed_and_counted_once(wall, recordings, cast, banned, front_door, settings, monkeypatch):
    monkeypatch.setattr(purging, "BATCH", 5)  # so that they meet
    wall.now = wall.now.replace(hour=12, minute=0)  # one day, and one key, for all recordings
    entry = make_entry(cast, banned)
    type(entry).objects.update(expires_at=wall.now + timedelta(days=300))
    for number in range(EACH):
        recordings.add(wall.now + timedelta(minutes=number))
        make_alert(entry, front_door)
    wall.now += timedelta(days=62)
    gate, failures = threading.Barrier(3), []

    def work(act) -> None:
        try:
            gate.wait(timeout=30)
            act()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in (purging.purge, purging.purge, sweep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=100)
    assert not failures
    assert not recordings.rows() and not Alert.objects.exists()
    runs = PurgeRun.objects.filter(kind="purge")
    assert [run.errors for run in runs] == [[], []]
    for kind in ("recordings", "alerts"):
        assert sum(run.destroyed.get(kind, {"count": 0})["count"] for run in runs) == EACH
    assert len({owner for owner, _ in logged_destructions()}) == EACH + 1
    assert Certificate.objects.values("day").distinct().count() == Certificate.objects.count()
