import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lockport.keyfiles import KeyProblem, key_from

NAME = "LOCKPORT_TEST_KEY"


def test_the_first_call_makes_a_key_that_only_its_owner_can_read(tmp_path: Path):
    file = tmp_path / "keys" / "master.key"
    key = key_from(NAME, file)
    assert len(key) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key_from(NAME, file) == key


def test_two_key_files_hold_different_keys(tmp_path: Path):
    assert key_from(NAME, tmp_path / "one") != key_from(NAME, tmp_path / "two")


def test_processes_that_start_at_once_agree_on_one_key_and_leave_nothing_else(tmp_path: Path):
    file = tmp_path / "keys" / "master.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: key_from(NAME, file), range(32)))
    assert len(keys) == 1
    assert [path.name for path in file.parent.iterdir()] == ["master.key"]


def test_the_environment_counts_before_the_file(tmp_path: Path, monkeypatch):
    monkeypatch.setenv(NAME, base64.b64encode(b"k" * 32).decode())
    assert key_from(NAME, tmp_path / "master.key") == b"k" * 32
    assert not (tmp_path / "master.key").exists()


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(b"k" * 31).decode(), "k" * 32, "not base64 at all!"])
def test_a_malformed_key_is_refused_with_the_way_to_make_one_and_is_not_repeated(tmp_path: Path, monkeypatch, text):
    monkeypatch.setenv(NAME, text)
    with pytest.raises(KeyProblem, match="openssl rand -base64 32") as caught:
        key_from(NAME, tmp_path / "master.key")
    assert NAME in str(caught.value)
    assert not text or text not in str(caught.value)


def test_a_key_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path):
    file = tmp_path / "master.key"
    key_from(NAME, file)
    file.chmod(0o640)
    with pytest.raises(KeyProblem, match=f"chmod 600 {file}"):
        key_from(NAME, file)


def test_a_folder_that_cannot_be_written_is_named_with_what_to_set_instead(tmp_path: Path):
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(KeyProblem, match=f"Set {NAME} instead"):
        key_from(NAME, tmp_path / "keys" / "master.key")
