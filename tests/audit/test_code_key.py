"""The key of the codes can be exchanged: what it marked before still verifies, and it marks nothing any more."""

import base64
from pathlib import Path

import pytest
from django.core.management import call_command

from audit import keys, verifier
from audit.encoding import content_of_record
from audit.keys import code_key, public_pem
from audit.models import AccessLink, AccessRecord
from audit.publishing import publish
from audit.sealing import SealProblem, seal
from lockport.keyfiles import KeyProblem
from tests.audit import attacker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path: Path):
    settings.LOCKPORT_LOG_CODE_KEY_FILE = tmp_path / "log-code.key"
    settings.LOCKPORT_LOG_OLD_CODE_KEYS_FILE = tmp_path / "log-code-old.keys"
    keys.forget()
    yield
    keys.forget()


def exchange(step: str) -> None:
    call_command("audit_code_key", step, "--reason", "a laptop was lost")


def marked_with(key: bytes) -> AccessRecord:
    """A record that somebody wrote who has only this key."""
    row = AccessRecord.objects.order_by("-pk")[0]
    row.pk, row._state.adding, row.subject = None, True, "alert 7"
    row.mac = verifier.code_of(key, content_of_record(row))
    row.save()
    return row


def test_old_and_new_records_verify_and_the_chain_goes_on(tmp_path, capsys):
    attacker.written_and_published()
    before = code_key()
    exchange("new")
    assert code_key() != before
    attacker.write(3)
    exchange("retire")
    publish(at_once=True)
    assert attacker.in_the_database() == ""
    assert AccessLink.objects.count() == 15
    said = list(AccessRecord.objects.filter(actor_kind="command").order_by("pk").values_list("action", "subject"))
    assert said == [(a, "key of the access log's codes") for a in ("exchanged", "retired the old")]
    attacker.outside(tmp_path)
    words = [str(tmp_path / "export.jsonl"), "--heads", str(attacker.witness_files()[0])]
    (tmp_path / "public.pem").write_text(public_pem())
    words += ["--public-key", str(tmp_path / "public.pem"), "--code-key", str(tmp_path / "log-code.key")]
    assert verifier.main(words) == 1  # the first eleven carry codes of another key
    assert verifier.main([*words, "--old-code-keys", str(tmp_path / "log-code-old.keys")]) == 0


def test_until_every_process_uses_the_new_key_the_old_one_counts_too():
    attacker.write(1)
    old = code_key()
    exchange("new")
    late = marked_with(old)
    seal()
    assert AccessLink.objects.filter(record=late).exists()
    exchange("retire")
    assert attacker.in_the_database() == ""


def test_whoever_has_the_old_key_can_mark_nothing_any_more(tmp_path):
    attacker.write(1)
    old = code_key()
    exchange("new")
    exchange("retire")
    forged = marked_with(old)
    seal()
    assert not AccessLink.objects.filter(record=forged).exists()
    assert f"Record {forged.pk}, not in the chain, was not written by Lockport" in attacker.in_the_database()
    last = AccessLink.objects.order_by("-position")[0]
    digest = verifier.link_hash(last.hash, last.position + 1, forged.pk, forged.mac, content_of_record(forged))
    mark = verifier.code_of(old, b"link:" + digest)
    AccessLink.objects.create(position=last.position + 1, record=forged, hash=digest, seal=mark)
    with pytest.raises(SealProblem):
        publish(at_once=True)
    inside = attacker.in_the_database()
    assert f"Record {forged.pk} at position {last.position + 1} was not written by Lockport" in inside


def test_the_files_are_for_their_owner_only_and_nonsense_in_them_is_told(tmp_path):
    attacker.write(1)
    exchange("new")
    for name in ("log-code.key", "log-code-old.keys"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert len(base64.b64decode((tmp_path / "log-code.key").read_text())) == 32
    (tmp_path / "log-code-old.keys").write_text("no key at all!\n")
    keys.forget()
    with pytest.raises(KeyProblem, match="does not hold old keys"):
        seal()
