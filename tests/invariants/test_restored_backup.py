"""Invariant 2 after a backup is restored: of the database, of the key folder, of the vault, or of all three."""

import os
import shutil
import sqlite3
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection

from alerts.models import Alert
from audit.services import Actor
from retention.keyfolder import owners_with_keys
from retention.models import Destruction
from retention.purging import purge
from retention.startup import refuse_wrong_keys
from retention.sweeping import sweep
from retention.vault import has_key
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.recordings import can_be_read
from watchlist.models import Entry
from watchlist.services import entry_withdraw

pytestmark = pytest.mark.django_db(transaction=True)


class Backup:
    """A copy of the database as its own tools make it, and of folders."""

    def __init__(self, folder: Path, *folders: Path) -> None:
        self.folder, self.folders = folder, folders
        folder.mkdir()
        for number, source in enumerate(folders):
            shutil.copytree(source, folder / str(number), copy_function=shutil.copy2)
        if connection.vendor == "sqlite":
            with sqlite3.connect(connection.settings_dict["NAME"]) as live, sqlite3.connect(folder / "db") as copy:
                live.backup(copy)
        else:
            self.tool("pg_dump", "--format=custom", f"--file={folder / 'db'}")

    def restore_database(self) -> None:
        connection.close()
        if connection.vendor == "sqlite":
            name = connection.settings_dict["NAME"]
            with sqlite3.connect(self.folder / "db") as copy, sqlite3.connect(name) as live:
                copy.backup(live)
        else:
            self.tool("pg_restore", "--clean", "--if-exists", str(self.folder / "db"), "--dbname={NAME}", named=True)

    def restore_folder(self, which: Path) -> None:
        shutil.rmtree(which, ignore_errors=True)
        shutil.copytree(self.folder / str(self.folders.index(which)), which, copy_function=shutil.copy2)

    def tool(self, program: str, *words: str, named: bool = False) -> None:
        where = connection.settings_dict
        login = {"PGHOST": where["HOST"], "PGPORT": str(where["PORT"]), "PGUSER": where["USER"]}
        environment = os.environ | login | {"PGPASSWORD": where["PASSWORD"]}
        words = tuple(word.format(NAME=where["NAME"]) for word in words) + (() if named else (where["NAME"],))
        connection.close()
        subprocess.run([program, *words], env=environment, check=True, capture_output=True)


@pytest.fixture
def story(wall, recordings, cast, banned, front_door, settings, tmp_path):
    """An entry, an alert and a recording; a backup of everything; then all three are destroyed."""
    entry = make_entry(cast, banned)
    alert = make_alert(entry, front_door)
    names = [entry.photographs.get().file.name, alert.face.name, recordings.add(wall.now)]
    owners = [entry.owner, alert.owner, recordings.owner(wall.now)]
    backup = Backup(tmp_path / "backup", settings.LOCKPORT_VAULT, settings.LOCKPORT_KEYS_FOLDER)
    assert all(map(can_be_read, names))
    entry_withdraw(entry=entry, reason="The order was lifted.", actor=Actor.worker())
    wall.now += timedelta(days=61)
    purge()
    assert not any(map(can_be_read, names))
    return backup, names, owners


def test_a_restored_database_brings_nothing_back_and_its_rows_go_too(story, wall, recordings, settings):
    backup, names, owners = story
    backup.restore_database()
    backup.restore_folder(settings.LOCKPORT_VAULT)
    wall.now -= timedelta(days=50)  # even if all of it were young
    assert not Destruction.objects.exists(), "the backup was made before"
    assert not any(map(can_be_read, names)), "before anything was started, too"
    refuse_wrong_keys()
    sweep()
    assert not any(map(can_be_read, names)) and not any(map(has_key, owners))
    assert not Alert.objects.exists() and not recordings.rows()
    assert Entry.objects.get().status != Entry.Status.ACTIVE and "Robin" not in Entry.objects.get().name
    assert not any(path.is_file() for path in settings.LOCKPORT_VAULT.rglob("*"))


def test_a_restored_key_folder_brings_nothing_back_because_the_database_remembers(story, settings):
    backup, names, owners = story
    backup.restore_folder(settings.LOCKPORT_KEYS_FOLDER)
    backup.restore_folder(settings.LOCKPORT_VAULT)
    assert {owner for owner, _ in owners_with_keys()} == set(owners), "they are back"
    assert not any(map(can_be_read, names)), "and open nothing even now"
    refuse_wrong_keys()
    assert not list(owners_with_keys())


def test_when_everything_is_restored_at_once_what_is_too_old_goes_with_the_next_purge(story, wall, settings):
    backup, names, owners = story
    backup.restore_database()
    backup.restore_folder(settings.LOCKPORT_KEYS_FOLDER)
    backup.restore_folder(settings.LOCKPORT_VAULT)
    refuse_wrong_keys()
    purge()
    sweep()
    assert not any(map(can_be_read, names)) and not list(owners_with_keys())


def test_with_the_log_of_destroyed_keys_kept_apart_not_even_that_brings_a_withdrawn_entry_back(story, wall, settings):
    backup, names, owners = story
    log = (settings.LOCKPORT_KEYS_FOLDER / "destroyed.log").read_bytes()
    backup.restore_database()
    backup.restore_folder(settings.LOCKPORT_KEYS_FOLDER)
    backup.restore_folder(settings.LOCKPORT_VAULT)
    (settings.LOCKPORT_KEYS_FOLDER / "destroyed.log").write_bytes(log)
    wall.now -= timedelta(days=61)
    refuse_wrong_keys()
    assert not any(map(can_be_read, names)) and not list(owners_with_keys())


def test_an_id_that_a_restored_database_gives_a_second_time_gets_a_key_of_its_own(story, cast, banned):
    backup, _, owners = story
    backup.restore_database()
    refuse_wrong_keys()
    again = make_entry(cast, banned, "Kim Ash")
    assert storages["vault"].open(again.photographs.get().file.name).read()[:2] == b"\xff\xd8"
