import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor
from retention.vault import KeyDestroyed, has_key
from tests.watchlist.conftest import enrolment
from watchlist import destruction
from watchlist.models import Entry, Photograph
from watchlist.services import entry_withdraw
from watchlist.tasks import expire_entries

pytestmark = pytest.mark.django_db


def files(settings) -> list[Path]:
    return [path for path in Path(settings.LOCKPORT_VAULT).rglob("*") if path.is_file()]


def age(settings, seconds: float) -> None:
    for path in files(settings):
        os.utime(path, (time.time() - seconds, time.time() - seconds))


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def act() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            expire_entries()

    return act


def test_an_entry_whose_day_has_come_is_destroyed_and_one_whose_day_has_not_stays(propose, run, settings):
    due, later = propose("Robin Vale"), propose("Kim Ash")
    Entry.objects.filter(pk=due.pk).update(expires_at=timezone.now())
    run()
    due.refresh_from_db()
    assert (due.status, "Robin" in due.name) == (Entry.Status.EXPIRED, False)
    assert not has_key(due.owner)
    assert Entry.objects.get(pk=later.pk).name == "Kim Ash"
    assert len(files(settings)) == 2
    record = AccessRecord.objects.get(action="let expire")
    assert (record.actor_kind, record.subject_id) == ("worker", str(due.pk))


def test_a_second_run_finds_nothing_to_do(proposed, run):
    Entry.objects.update(expires_at=timezone.now())
    run()
    run()
    assert AccessRecord.objects.filter(action="let expire").count() == 1


def test_what_a_crash_left_after_the_commit_is_unreadable_and_finished_by_the_next_run(active, run, settings):
    name = active.photographs.get().file.name
    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.worker())  # its files are never reached
    assert len(files(settings)) == 2
    with pytest.raises(KeyDestroyed):
        storages["vault"].open(name)
    run()
    assert files(settings) == []


def test_a_file_that_no_photograph_refers_to_is_deleted_after_an_hour_and_not_before(active, run, settings):
    storages["vault"].save(f"{active.owner}/photographs/forgotten.jpg", ContentFile(enrolment().jpeg))
    run()
    assert len(files(settings)) == 3
    age(settings, destruction.GRACE.total_seconds() + 1)
    run()
    assert len(files(settings)) == 2
    assert Photograph.objects.get().file.read() == enrolment().jpeg


def test_files_of_an_entry_that_never_came_to_be_are_deleted_after_an_hour(db, run, settings):
    storages["vault"].save("entries/4711/photographs/forgotten.jpg", ContentFile(b"x"))
    age(settings, timedelta(hours=1, seconds=1).total_seconds())
    run()
    assert files(settings) == []


def test_an_empty_vault_is_no_problem(db, run):
    run()
