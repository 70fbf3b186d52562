"""Invariant 2 on a full disk: what was stored whole stays so, nothing half is left, and the purge still makes room."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from retention.files import vault
from retention.keyfolder import has_key
from retention.purging import purge
from tests.invariants.recordings import can_be_read

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
]
KILOBYTE = 1024


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 512 kB. Mounting takes root, which CI has."""
    folder = tmp_path / "small"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"cannot mount a small disk here: {error}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(recordings, wall) -> list[str]:
    names = []
    for _ in range(100):
        wall.pass_by(seconds=10)
        try:
            names.append(recordings.add(wall.now, b"v" * 20 * KILOBYTE))
        except OSError as error:
            assert error.errno == 28, "no space left on device"
            return names
    raise AssertionError("the disk was never full")


def test_what_does_not_fit_is_refused_whole_and_the_purge_makes_room(wall, recordings, small_disk, settings):
    settings.LOCKPORT_VAULT = small_disk / "vault"
    settings.LOCKPORT_KEYS_FOLDER = small_disk / "keys"
    names = fill(recordings, wall)
    assert len(names) > 10 and all(map(can_be_read, names))
    stored = [path for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()]
    assert len(stored) == len(names), "nothing half is left"
    wall.now += timedelta(days=61)
    run = purge()
    assert not any(map(can_be_read, names)) and not has_key(recordings.owner(wall.now - timedelta(days=61)))
    assert run.errors == [] and run.destroyed["recordings"]["count"] == len(names)
    vault().save("recordings/1-20990101/000000.mp4", ContentFile(b"v" * 20 * KILOBYTE))


def test_with_not_a_byte_left_the_key_is_gone_all_the_same(wall, recordings, small_disk, settings):
    settings.LOCKPORT_VAULT = small_disk / "vault"
    settings.LOCKPORT_KEYS_FOLDER = small_disk / "keys"
    names = fill(recordings, wall)
    with (small_disk / "ballast").open("wb", buffering=0) as stream, pytest.raises(OSError, match="No space left"):
        for _ in range(1024):
            stream.write(b"b" * KILOBYTE)
    wall.now += timedelta(days=61)
    purge()
    assert not any(map(can_be_read, names))
    assert not list(settings.LOCKPORT_VAULT.rglob("*.mp4"))
