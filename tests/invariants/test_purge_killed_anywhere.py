"""Invariant 2 when the purge is killed: before and after every single write, then run again, the end is the same."""

import shutil
from datetime import timedelta

import pytest

from alerts.models import Alert
from retention.keyfolder import logged_destructions, owners_with_keys
from retention.keys import forget_keys
from retention.models import Certificate, Clock, Destruction, PurgeRun
from retention.purging import purge
from retention.sweeping import sweep
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.faults import survives_every_kill
from watchlist.models import Entry


def empty(recordings, settings) -> None:
    forget_keys()
    for folder in (settings.LOCKPORT_VAULT, settings.LOCKPORT_KEYS_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
    recordings.run("DELETE FROM test_recordings")
    for model in (Alert, Entry, PurgeRun, Certificate, Destruction, Clock):
        model.objects.all().delete()


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def test_whatever_write_it_is_killed_at_the_next_run_finishes_it(
    wall, recordings, cast, banned, front_door, settings, monkeypatch
):
    start = wall.now

    def reset() -> None:
        """An empty Lockport with a recording, an alert and an entry that are due, and one of each that are not."""
        wall.now = start
        empty(recordings, settings)
        for days in (0, 61):
            wall.now = start + timedelta(days=days)
            entry = make_entry(cast, banned)  # for thirty days
            recordings.add(wall.now)
            make_alert(entry, front_door)

    def act() -> None:
        purge()
        sweep()

    def state() -> object:
        files = [path for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()]
        pending = Destruction.objects.filter(done_at__isnull=True).count()
        keys = {owner.partition("/")[0] for owner, _ in owners_with_keys()}
        logged = {owner for owner, _ in logged_destructions()} == set(
            Destruction.objects.values_list("owner", flat=True)
        )
        entries = sorted(Entry.objects.values_list("status", flat=True))
        return len(recordings.rows()), Alert.objects.count(), entries, sorted(keys), len(files), pending, logged

    writes = survives_every_kill(act, reset, state, monkeypatch)
    assert writes > 20
    assert state()[:3] == (1, 1, ["active", "expired"])
