"""Invariant 2: nothing outlives its day, and nothing dies before it: at sixty days, plus and minus a second."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from alerts.models import Alert
from retention.keyfolder import owners_with_keys
from retention.models import PurgeRun
from retention.purging import purge
from retention.vault import has_key
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.recordings import LENGTH, can_be_read
from watchlist.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
SIXTY = timedelta(days=60)
SECOND = timedelta(seconds=1)


def test_a_recording_is_there_until_its_last_second_and_gone_in_the_next(wall, recordings):
    name = recordings.add(wall.now)
    wall.now += LENGTH + SIXTY - SECOND
    purge()
    assert can_be_read(name)
    wall.now += SECOND
    run = purge()
    assert not can_be_read(name) and not recordings.rows()
    assert run.destroyed["recordings"]["count"] == 1 and run.destroyed["recordings"]["bytes"] > 20
    assert list(owners_with_keys()) == []


def test_the_key_of_a_day_lives_as_long_as_there_is_something_of_that_day(wall, recordings):
    morning = wall.now.replace(hour=8, minute=0)
    early, late = recordings.add(morning), recordings.add(morning + timedelta(hours=5))
    wall.now = morning + SIXTY + timedelta(hours=1)
    purge()
    assert (can_be_read(early), can_be_read(late)) == (False, True)
    wall.pass_by(hours=6)
    purge()
    assert not can_be_read(late) and not has_key(recordings.owner(morning))


def test_an_alert_goes_with_its_evidence_decisions_and_key(wall, cast, banned, front_door):
    alert = make_alert(make_entry(cast, banned), front_door)
    Entry.objects.update(expires_at=wall.now + timedelta(days=365))
    wall.now = alert.first_seen + SIXTY - SECOND
    purge()
    assert can_be_read(alert.face.name)
    wall.now += SECOND
    purge()
    assert not can_be_read(alert.face.name) and not has_key(alert.owner)
    assert not Alert.objects.exists()


def test_an_entry_goes_at_its_own_moment_and_its_alert_keeps_category_and_pseudonym(wall, cast, banned, front_door):
    entry = make_entry(cast, banned)
    alert = make_alert(entry, front_door)
    name, photograph = entry.name, entry.photographs.get().file.name
    wall.now = entry.expires_at - SECOND
    purge()
    assert can_be_read(photograph)
    wall.now = entry.expires_at
    purge()
    entry.refresh_from_db()
    assert not can_be_read(photograph) and not has_key(entry.owner)
    kept = Alert.objects.get(pk=alert.pk)
    assert kept.category == banned
    assert kept.entry.name == f"Former entry {entry.pseudonym}" and name not in kept.entry.name


def test_a_shorter_limit_counts_from_the_next_purge_and_a_longer_one_is_refused(wall, recordings, settings):
    name = recordings.add(wall.now)
    wall.pass_by(days=30, seconds=10)
    purge()
    assert can_be_read(name)
    settings.LOCKPORT_RECORDING_DAYS = 30
    purge()
    assert not can_be_read(name)
    settings.LOCKPORT_RECORDING_DAYS = 61
    with pytest.raises(SystemCheckError, match="1 to 60 days, not 61"):
        call_command("check")


def test_with_a_limit_that_is_refused_nothing_is_destroyed_and_the_run_says_so(wall, recordings, settings):
    name = recordings.add(wall.now)
    wall.pass_by(days=90)
    settings.LOCKPORT_RECORDING_DAYS = 100
    assert "Recordings: ValueError" in purge().errors
    assert can_be_read(name)
    assert PurgeRun.objects.get().ended_at is not None
