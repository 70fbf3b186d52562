"""Invariant 2 for what somebody puts into the storage folder, and for what no row claims."""

import os
import time

import pytest
from django.core.files.base import ContentFile

from retention.files import vault
from retention.keyfolder import has_key, key_files, owners_with_keys
from retention.models import PurgeRun
from retention.selectors import alarms
from retention.sweeping import sweep
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.recordings import can_be_read

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = b"\xff\xd8 a photograph that somebody wanted to keep"


@pytest.fixture
def alert(cast, banned, front_door):
    return make_alert(make_entry(cast, banned), front_door)


def age(*paths) -> None:
    for path in paths:
        os.utime(path, (time.time() - 3700,) * 2)


@pytest.mark.parametrize(
    "place",
    ["stray.jpg", "alerts/stray.jpg", "somewhere/else/deep/x.jpg", "{owner}/stray.jpg", "Some where/übel/x.jpg"],
)
def test_a_planted_file_is_reported_and_deleted_when_it_is_an_hour_old_and_nothing_else_is(alert, settings, place):
    path = settings.LOCKPORT_VAULT / place.format(owner=alert.owner)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SECRET)
    sweep()
    assert path.exists(), "it may be on its way into the index"
    age(path)
    run = sweep()
    assert not path.exists()
    assert any("not encrypted" in sentence and path.name in sentence for sentence in run.findings)
    assert any("should not have been there" in alarm for alarm in alarms())
    assert can_be_read(alert.face.name) and can_be_read(alert.frame.name)


def test_a_plain_file_in_place_of_a_stored_one_does_not_stay(alert, settings):
    path = settings.LOCKPORT_VAULT / alert.face.name
    path.write_bytes(SECRET)
    age(path)
    assert any("in place of what was stored" in sentence for sentence in sweep().findings)
    assert not path.exists()


def test_a_file_and_a_key_that_no_row_claims_are_destroyed_after_an_hour_and_not_before(alert, settings):
    vault().save("alerts/never-raised/face.jpg", ContentFile(SECRET))
    vault().save("strange/owner/face.jpg", ContentFile(SECRET))
    sweep()
    assert can_be_read("alerts/never-raised/face.jpg")
    age(*key_files(), *(path for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()))
    sweep()
    assert not can_be_read("alerts/never-raised/face.jpg") and not has_key("alerts/never-raised")
    assert sorted(owner for owner, _ in owners_with_keys()) == sorted([alert.owner, alert.entry.owner])
    assert can_be_read(alert.face.name) and can_be_read(alert.entry.photographs.get().file.name)


def test_a_row_whose_file_or_key_is_missing_is_reported(alert, settings):
    (settings.LOCKPORT_VAULT / alert.face.name).unlink()
    assert any("is missing" in sentence and "face" in sentence for sentence in sweep().findings)
    next(path for path in key_files() if path.name == str(alert.handle)).unlink()
    assert any("its key is missing" in sentence for sentence in sweep().findings)


def test_a_sweep_that_finds_nothing_says_so_and_changes_nothing(alert, settings):
    before = {path: path.read_bytes() for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()}
    run = sweep()
    assert (run.findings, run.errors, run.kind) == ([], [], PurgeRun.Kind.SWEEP)
    assert {path: path.read_bytes() for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()} == before
