"""`manage.py run` and its checks say what is in the way, and how to mend it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lockport import preflight
from lockport.management.commands.run import check_place
from tests.environment import PROJECT


def manage(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as on a new machine: no variable of ours is set."""
    ours = ("LOCKPORT", "REDIS", "DATABASE", "SECRET", "DEBUG", "CELERY")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT,
        env=clean | {"LOCKPORT_DATA": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_default_settings_are_fit_for_deployment(tmp_path):
    # Only who else keeps the log's heads cannot be known before somebody says so.
    elsewhere = "mailto:officer@example.org,https://witness.example.org/heads"
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", LOCKPORT_WITNESSES=elsewhere)
    assert done.returncode == 0, done.stderr
    done = manage(tmp_path, "check", "--deploy")
    assert "there should be two" in done.stderr


def test_debug_does_not_start_where_people_are_seen(tmp_path):
    done = manage(tmp_path, "check", DEBUG="1")
    assert done.returncode != 0 and "DEBUG shows every setting" in done.stderr
    assert manage(tmp_path, "check", DEBUG="1", LOCKPORT_DEVELOPMENT="1").returncode == 0


def test_no_migration_is_missing(tmp_path):
    done = manage(tmp_path, "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


def test_two_installations_never_share_a_secret(tmp_path):
    for name in ("one", "two"):
        manage(tmp_path / name, "check")
    keys = {(tmp_path / name / "keys" / "secret.key").read_text() for name in ("one", "two")}
    assert len(keys) == 2
    assert (tmp_path / "one" / "keys" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_the_demonstration_refuses_to_run_outside_development(settings):
    settings.LOCKPORT_DEVELOPMENT = False
    with pytest.raises(CommandError, match="docs/deploying.md"):
        call_command("run")


def test_a_taken_port_is_named_with_another_one_to_try():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is taken .* PORT={port + 1}"):
            check_place(port)
        assert f"Port {port} is taken" in preflight.problem(str(PROJECT), port)


def test_an_old_python_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(preflight, "NEEDED", (9, 9))
    assert "make run PYTHON=python3.11" in preflight.problem(str(PROJECT), None)


def test_a_full_disk_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(preflight, "DISK", 10**18)
    assert "3 GB of disk" in preflight.problem(str(tmp_path), None)


def test_a_database_that_does_not_answer_is_a_sentence(tmp_path):
    done = manage(tmp_path, "run", LOCKPORT_DEVELOPMENT="1", DATABASE_URL="postgres://nobody:hush@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "The database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr and "hush" not in done.stderr
