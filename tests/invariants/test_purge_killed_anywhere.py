"""Invariant 2 when the purge is killed: before and after every single write, then run again, the end is the same."""

import shutil
from datetime import timedelta

import pytest

from alerts.models import Alert
from audit.services import Actor
from cameras.models import Export
from retention.holding import copy_held
from retention.holds import hold_approve, hold_request
from retention.keyfolder import logged_destructions, owners_with_keys
from retention.keys import forget_keys
from retention.models import Certificate, Clock, Destruction, HeldCopy, Hold, PurgeRun
from retention.purging import purge
from retention.registry import Span
from retention.sweeping import sweep
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.faults import survives_every_kill
from tests.invariants.recordings import LENGTH, export_of
from watchlist.models import Entry


def empty(recordings, settings) -> None:
    forget_keys()
    for folder in (settings.LOCKPORT_VAULT, settings.LOCKPORT_KEYS_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
    recordings.forget()
    for model in (HeldCopy, Hold, Export, Alert, Entry, PurgeRun, Certificate, Destruction, Clock):
        model.objects.all().delete()


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def test_whatever_write_it_is_killed_at_the_next_run_finishes_it(
    wall, recordings, cast, banned, front_door, settings, monkeypatch
):
    start = wall.now

    def hold(span: Span) -> None:
        """For thirty days; what is held now is copied, as in the hour after."""
        by, other = cast.north_principal, cast.privacy_officer
        words = {"reason": "A suit", "instrument": "Order 9", "until": wall.now + timedelta(days=30)}
        row = hold_request(alert=None, span=span, **words, by=by, actor=Actor.from_person(by))
        hold_approve(hold=row, by=other, actor=Actor.from_person(other))
        copy_held(wall.now)

    def reset() -> None:
        """An empty Lockport with one of each that is due (recording, alert, entry, export, hold), one that is not."""
        wall.now = start
        empty(recordings, settings)
        for days in (0, 61):
            wall.now = start + timedelta(days=days)
            entry = make_entry(cast, banned)  # for thirty days
            recordings.add(wall.now)
            make_alert(entry, front_door)
            export_of(front_door.pk, cast.north_principal, wall.now)
            hold(Span(front_door.pk, wall.now, wall.now + LENGTH))

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
        rows = len(recordings.rows()), Alert.objects.count(), entries, Export.objects.count(), HeldCopy.objects.count()
        return *rows, Hold.objects.in_force().count(), sorted(keys), len(files), pending, logged

    writes = survives_every_kill(act, reset, state, monkeypatch)
    assert writes > 20
    assert state()[:6] == (1, 1, ["active", "expired"], 1, 1, 1)
