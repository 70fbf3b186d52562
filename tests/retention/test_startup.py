"""A lost or wrong master key is told before anything is written."""

import base64
import os
import subprocess
import sys

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from lockport.keyfiles import KeyProblem
from retention.keyfolder import folder, owners_with_keys
from retention.keys import forget_keys, master_key
from retention.models import Destruction
from retention.startup import refuse_wrong_keys
from retention.vault import destroy_key
from tests.environment import PROJECT

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(settings, tmp_path):
    settings.LOCKPORT_MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    forget_keys()
    storages["vault"].save("alerts/1/face.jpg", ContentFile(b"x"))
    yield settings.LOCKPORT_MASTER_KEY_FILE
    forget_keys()


def written(tmp_path) -> dict:
    return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"}


def test_a_lost_master_key_is_told_and_no_other_is_made(key_file, tmp_path):
    key_file.unlink()
    before = written(tmp_path)
    with pytest.raises(SystemExit, match="The master key is lost"):
        refuse_wrong_keys()
    with pytest.raises(KeyProblem):
        storages["vault"].save("alerts/2/face.jpg", ContentFile(b"x"))
    assert written(tmp_path) == before


def test_a_wrong_master_key_is_told_and_nothing_is_written_under_it(key_file, tmp_path):
    key_file.write_text(base64.b64encode(b"w" * 32).decode())
    before = written(tmp_path)
    with pytest.raises(SystemExit, match="not the master key") as caught:
        refuse_wrong_keys()
    with pytest.raises(KeyProblem):
        storages["vault"].save("alerts/2/face.jpg", ContentFile(b"x"))
    assert written(tmp_path) == before
    assert base64.b64encode(b"w" * 32).decode() not in str(caught.value)


def test_a_missing_canary_is_not_made_anew_beside_keys(key_file):
    (folder() / "canary").unlink()
    forget_keys()
    with pytest.raises(SystemExit, match="canary is missing"):
        refuse_wrong_keys()


def test_a_key_folder_that_is_not_mounted_is_told(key_file, settings, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        destroy_key("alerts/1")
    settings.LOCKPORT_KEYS_FOLDER = tmp_path / "not-mounted"
    with pytest.raises(SystemExit, match="is empty, but there were keys before"):
        refuse_wrong_keys()


def test_the_right_key_starts_and_finishes_what_a_crash_interrupted(key_file):
    destroy_key("alerts/1")  # committed, says the database; its key is still there
    assert [owner for owner, _ in owners_with_keys()] == ["alerts/1"]
    refuse_wrong_keys()
    assert list(owners_with_keys()) == []
    assert Destruction.objects.get().done_at is not None
    assert master_key()


@pytest.mark.parametrize(
    "program",
    [
        "uvicorn lockport.asgi:application --lifespan off --port 1",
        "celery -A lockport worker -Q nothing --pool=threads",
    ],
)
def test_web_and_workers_do_not_start_with_a_wrong_key(tmp_path, program):
    environment = os.environ | {
        "LOCKPORT_DATA": str(tmp_path),
        "LOCKPORT_MASTER_KEY": base64.b64encode(b"a" * 32).decode(),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "lockport.settings",
    }
    make = "import django; django.setup(); from retention.keys import master_key; master_key()"
    subprocess.run([sys.executable, "-c", make], cwd=PROJECT, env=environment, check=True)
    wrong = environment | {"LOCKPORT_MASTER_KEY": base64.b64encode(b"b" * 32).decode()}
    command = [sys.executable, "-m", *program.split()]
    done = subprocess.run(command, cwd=PROJECT, env=wrong, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "Lockport does not start: This is not the master key" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
