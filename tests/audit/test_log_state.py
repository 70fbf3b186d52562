"""What the officer's page says of the log, and the commands that say more."""

import os
import stat
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import verifier
from audit.models import AccessRecord
from audit.publishing import publish
from audit.state import log_state
from audit.tasks import publish_head, seal_log, verify_log, verify_whole_log
from audit.verifying import verify
from lockport.keyfiles import KeyProblem
from tests.audit import attacker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    cache.delete("audit.state")


def test_before_the_first_verification_the_page_says_so():
    assert (log_state().ok, log_state().words) == (False, "The log has not been verified yet.")


def test_beat_chains_publishes_and_verifies_and_the_page_says_so_in_one_sentence():
    record = attacker.write(3)[-1]
    seal_log()
    publish_head()
    verify_log()
    state = log_state()
    assert state.ok and state.problems == []
    assert state.words.startswith(f"The log is complete and unbroken up to {record.at:%H:%M} UTC (3 records; last ")
    assert state.words.endswith("2 of 2 witnesses agree).")
    assert (state.up_to, state.records, state.witnesses_agreeing, state.witnesses) == (record.at, 3, 2, 2)
    verify_whole_log()
    assert log_state().records == 3


def test_the_next_verification_reads_only_what_is_new(django_assert_max_num_queries):
    attacker.write(5)
    publish()
    verify(whole=True)
    record = attacker.write(2)[-1]
    state = verify()
    assert (state.records, state.up_to, state.ok) == (7, record.at, True)


def test_a_verification_that_is_old_is_no_assurance(monkeypatch):
    attacker.write(1)
    publish()
    verify()
    moment = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    state = log_state()
    assert not state.ok and "beat or the work worker does not run" in state.words


def test_a_log_that_nobody_signed_for_an_hour_is_not_in_order(monkeypatch):
    attacker.write(1)
    publish()
    moment = timezone.now() + timedelta(minutes=66)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert "No signed head was published within the last hour" in verify().words


def test_records_that_wait_too_long_for_their_place_are_told(monkeypatch):
    publish()
    attacker.write(2)
    moment = timezone.now() + timedelta(minutes=3)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr("audit.verifying.seal", lambda **_: 0)  # the sealer is away
    assert "2 records have waited more than 2 minutes" in verify().words


def test_a_cache_that_is_away_means_that_nothing_is_known(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    attacker.write(1)
    publish()
    assert verify().ok
    assert not log_state().ok


def test_audit_verify_says_how_much_it_read_and_is_itself_recorded(capsys):
    attacker.written_and_published()
    call_command("audit_verify", "--processes", "1")
    out = capsys.readouterr().out
    assert "11 records verified" in out and "2 signed heads compared, 2 of 2 witnesses agree, 0 problems." in out
    assert "For the last 1 no signed head vouches yet." in out
    assert AccessRecord.objects.order_by("-pk")[0].action == "verified"


def test_audit_verify_fails_when_something_is_wrong_or_a_kept_head_disagrees(capsys, tmp_path):
    records = attacker.written_and_published()
    kept = tmp_path / "kept.jsonl"
    kept.write_text(attacker.witness_files()[0].read_text())
    attacker.run("UPDATE audit_accessrecord SET subject = 'x' WHERE id = %s", records[0].pk)
    with pytest.raises(SystemExit):
        call_command("audit_verify", "--processes", "1", "--heads", str(kept))
    assert f"Record {records[0].pk} at position 1 was changed" in capsys.readouterr().out
    kept.write_text("not a head\n")
    with pytest.raises(CommandError, match="Line 1 of .* is not a signed head"):
        call_command("audit_verify", "--heads", str(kept))


def test_an_export_is_recorded_vouched_for_to_its_end_and_verifies_outside(tmp_path, capsys):
    attacker.write(3)
    export, heads, public = (str(tmp_path / name) for name in ("export.jsonl", "all-heads.jsonl", "public.pem"))
    call_command("audit_export", export, "--heads", heads, "--reason", "yearly audit")
    capsys.readouterr()
    call_command("audit_public_key")
    (tmp_path / "public.pem").write_text(capsys.readouterr().out)
    assert verifier.main([export, "--heads", heads, "--public-key", public]) == 0
    assert capsys.readouterr().out == "4 records read, 1 signed heads compared, 0 problems.\n"
    newest = AccessRecord.objects.order_by("-pk")[0]
    assert (newest.action, newest.subject, newest.reason) == ("exported", "the access log", "yearly audit")
    assert stat.S_IMODE(os.stat(export).st_mode) == 0o600
    with pytest.raises(CommandError, match="Name a file that does not exist"):
        call_command("audit_export", export)


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("export.jsonl", b"{}\n", "Line 1 of"),
        ("heads.jsonl", b"{}\n", "Line 1 of"),
        ("public.pem", b"nonsense", "does not hold an Ed25519 public key"),
        ("export.jsonl", None, "No such file"),
    ],
)
def test_the_standalone_verifier_says_which_file_it_cannot_read(tmp_path, capsys, file, content, complaint):
    attacker.written_and_published()
    attacker.outside(tmp_path)
    (tmp_path / "heads.jsonl").write_bytes(attacker.witness_files()[0].read_bytes())
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_bytes(content)
    words = [str(tmp_path / "export.jsonl"), "--heads", str(tmp_path / "heads.jsonl")]
    assert verifier.main([*words, "--public-key", str(tmp_path / "public.pem")]) == 2
    assert complaint in capsys.readouterr().err


def test_without_the_key_nothing_is_recorded_and_nothing_is_shown(client, cast, front_door, monkeypatch):
    def gone() -> bytes:
        raise KeyProblem("The key file cannot be read.")

    client.force_login(cast.north_principal)
    monkeypatch.setattr("audit.services.code_key", gone)
    answer = client.get("/")
    assert answer.status_code == 503 and b"Front door" not in answer.content
