import base64
import os
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from cameras.models import Camera
from lockport.keyfiles import KeyProblem
from retention import keyfolder, rotation
from retention.keys import Unreadable, canary_file, forget_keys, is_current, key_ring, master_key, seal
from retention.vault import data_key
from tests.invariants.faults import survives_every_kill

pytestmark = pytest.mark.django_db
NAMES = [f"{kind}/{number}/x/file" for kind in ("alerts", "recordings") for number in range(3)]


@pytest.fixture
def key_file(settings, tmp_path):
    """A master key of the test's own."""
    settings.LOCKPORT_MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    forget_keys()
    yield settings.LOCKPORT_MASTER_KEY_FILE
    forget_keys()


def sealed_address() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM cameras_camera")
        return bytes(cursor.fetchone()[0])


def fill() -> None:
    for name in NAMES:
        storages["vault"].save(name, ContentFile(name.encode()))


def everything_can_be_read() -> bool:
    return all(storages["vault"].open(name).read() == name.encode() for name in NAMES) and bool(Camera.objects.get())


def age(key_file) -> None:
    past = time.time() - rotation.WAIT_SECONDS - 1
    os.utime(key_file, (past, past))


def test_after_a_rotation_everything_is_sealed_under_the_new_key_and_no_file_of_data_was_touched(
    key_file, front_door, settings
):
    fill()
    before = {path: path.read_bytes() for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()}
    old = master_key()
    call_command("rotate_master_key")
    assert master_key() != old
    assert all(is_current(path.read_bytes()) for path in keyfolder.key_files())
    assert is_current(canary_file().read_bytes())
    assert is_current(sealed_address())
    assert everything_can_be_read()
    assert {path: path.read_bytes() for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()} == before


def test_the_old_key_opens_nothing_once_it_is_retired(key_file, front_door):
    fill()
    old = master_key()
    call_command("rotate_master_key")
    age(key_file)
    call_command("rotate_master_key", "--retire")
    assert key_ring().keys == (master_key(),) != (old,)
    assert everything_can_be_read()
    key_file.write_text(base64.b64encode(old).decode())
    with pytest.raises(KeyProblem, match="not the master key"):
        data_key("alerts/1")


def test_the_old_key_is_not_forgotten_at_once_because_somebody_may_be_sealing_under_it(key_file):
    fill()
    call_command("rotate_master_key")
    with pytest.raises(CommandError, match="Wait until 5 minutes"):
        call_command("rotate_master_key", "--retire")


def test_what_a_slow_transaction_sealed_under_the_old_key_is_sealed_anew_before_that_is_forgotten(key_file, front_door):
    old = master_key()
    call_command("rotate_master_key")
    late = seal(old, b"rtsp://late.example/", "cameras.camera.address")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cameras_camera SET address = %s", [late])
    age(key_file)
    call_command("rotate_master_key", "--retire")
    assert Camera.objects.get().address == "rtsp://late.example/"


def test_a_process_that_has_the_old_key_reads_and_seals_under_the_new_one_without_a_restart(key_file):
    fill()
    assert key_ring()
    with keyfolder.locked(keyfolder.lock_file(), alone=True):
        new = (b"n" * 32, *key_ring().keys)
        rotation.replace(key_file, b"".join(base64.b64encode(key) + b"\n" for key in new))
    data_key("exports/new", create=True)
    assert is_current(keyfolder.path_of("exports/new").read_bytes())
    assert master_key() == b"n" * 32


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_write_a_rotation_run_again_ends_the_same(key_file, front_door, monkeypatch):
    fill()

    def reset() -> None:
        forget_keys()

    def act() -> None:
        rotation.begin()
        rotation.rewrap()
        age(key_file)
        rotation.retire()

    def act_until_done() -> None:
        if len(key_ring().keys) > 1 or not done:
            act()
            done.append(True)

    done: list[bool] = []

    def fresh() -> None:
        reset()
        done.clear()

    def state() -> object:
        sealed = [path.read_bytes() for path in keyfolder.key_files()]
        return everything_can_be_read(), len(sealed), all(map(is_current, sealed)), len(key_ring().keys)

    writes = survives_every_kill(act_until_done, fresh, state, monkeypatch)
    assert writes > 30
    assert state() == (True, len(NAMES) // 1, True, 1)


def test_keys_from_the_environment_are_changed_by_whoever_keeps_them(key_file, monkeypatch, north):
    old, new = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
    monkeypatch.setenv("LOCKPORT_MASTER_KEY", old)
    fill()
    Camera.objects.create(school=north, name="Gate", address="usb:4")
    with pytest.raises(CommandError, match="new,old"):
        call_command("rotate_master_key")
    monkeypatch.setenv("LOCKPORT_MASTER_KEY", f"{new},{old}")
    call_command("rotate_master_key")
    monkeypatch.setenv("LOCKPORT_MASTER_KEY", new)
    assert everything_can_be_read()


def test_a_key_printed_by_a_command_is_used_and_its_failure_tells_no_secret(key_file, settings):
    settings.LOCKPORT_MASTER_KEY_COMMAND = f"echo {base64.b64encode(b'k' * 32).decode()}"
    assert master_key() == b"k" * 32
    settings.LOCKPORT_MASTER_KEY_COMMAND = "cat /nonexistent-s3cret"
    with pytest.raises(KeyProblem, match="gave no key") as caught:
        master_key()
    assert "s3cret" not in str(caught.value)


def test_a_column_sealed_before_keys_had_numbers_is_still_read(front_door):
    with connection.cursor() as cursor:
        value = seal(master_key(), b"usb:3", "cameras.camera.address")
        cursor.execute("UPDATE cameras_camera SET address = %s", [value])
    assert Camera.objects.get().address == "usb:3"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cameras_camera SET address = %s", [value[:-1] + b"x"])
    with pytest.raises(Unreadable):
        Camera.objects.get()
