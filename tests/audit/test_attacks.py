"""One attack, one test. The attacker rules the database and knows every format, but has neither of the log's keys."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from audit import verifier
from audit.encoding import timestamp
from audit.models import AccessHead, AccessLink, AccessRecord
from audit.publishing import publish
from audit.reading import links
from audit.sealing import SealProblem, seal
from audit.verifying import verify
from tests.audit import attacker

pytestmark = pytest.mark.django_db


@pytest.fixture
def records() -> list[AccessRecord]:
    """Ten records, published after the sixth and the tenth."""
    return attacker.written_and_published()


def test_a_log_that_nobody_touched_is_found_to_be_in_order(records, tmp_path):
    assert (attacker.in_the_database(), attacker.outside(tmp_path)) == ("", "")
    attacker.write(3)
    assert (attacker.in_the_database(), attacker.outside(tmp_path)) == ("", "")


@pytest.mark.parametrize("column", ["action", "actor_name", "subject", "reason", "address", "at", "result", "actor_id"])
def test_editing_any_field_of_a_record_is_found_and_placed(records, tmp_path, column):
    value = {"address": "192.0.2.66", "at": "2020-01-01 00:00:00+00:00", "actor_id": 7}.get(column, "else")
    attacker.run(f"UPDATE audit_accessrecord SET {column} = %s WHERE id = %s", value, records[3].pk)  # noqa: S608
    assert f"Record {records[3].pk} at position 4 was changed" in attacker.in_the_database()
    assert f"Record {records[3].pk} at position 4 was changed" in attacker.outside(tmp_path)


def test_editing_a_record_and_making_all_hashes_fit_again_is_found_by_the_signed_head(records, tmp_path):
    attacker.run("UPDATE audit_accessrecord SET subject = 'nothing' WHERE id = %s", records[3].pk)
    attacker.rechain(4)
    inside = attacker.in_the_database()
    assert f"Record {records[3].pk} at position 4 was not written by Lockport as it stands" in inside
    assert f"Position 4 (record {records[3].pk}) was not put there by Lockport" in inside
    assert "What differs lies in the positions 1–6." in attacker.outside(tmp_path)


def test_an_edit_after_the_newest_head_is_found_although_its_hashes_fit(records):
    late = attacker.write(3)
    seal()
    attacker.run("UPDATE audit_accessrecord SET subject = 'nothing' WHERE id = %s", late[0].pk)
    attacker.rechain(11)
    assert f"Record {late[0].pk} at position 11 was not written by Lockport" in attacker.in_the_database()


def test_deleting_a_record_is_found_and_placed(records, tmp_path):
    attacker.run("DELETE FROM audit_accessrecord WHERE id = %s", records[3].pk)
    gone = f"Record {records[3].pk} at position 4 was deleted."
    assert attacker.in_the_database() == attacker.outside(tmp_path) == gone


def test_deleting_a_record_together_with_its_place_is_found(records, tmp_path):
    attacker.run("DELETE FROM audit_accessrecord WHERE id = %s", records[3].pk)
    attacker.run("DELETE FROM audit_accesslink WHERE position = 4")
    assert attacker.in_the_database() == attacker.outside(tmp_path) == "Position 4 is missing."


def test_closing_the_gap_after_a_deletion_is_found_by_the_signed_heads(records, tmp_path):
    attacker.run("DELETE FROM audit_accessrecord WHERE id = %s", records[3].pk)
    attacker.run("DELETE FROM audit_accesslink WHERE position = 4")
    for position in range(5, 11):
        attacker.run("UPDATE audit_accesslink SET position = %s WHERE position = %s", position - 1, position)
    attacker.rechain(4)
    assert "Position 4 (record" in attacker.in_the_database()
    outside = attacker.outside(tmp_path)
    assert "What differs lies in the positions 1–6." in outside
    assert "there were 10 records, here there are 9" in outside


def test_a_record_put_into_the_table_is_never_chained_and_is_reported(records):
    forged = attacker.forged(subject="alert 7", actor_name="Maria Lopez")
    publish(at_once=True)
    assert not AccessLink.objects.filter(record=forged).exists()
    assert attacker.in_the_database() == (
        f"Record {forged.pk}, not in the chain, was not written by Lockport as it stands, or is a copy."
    )


def test_a_copy_of_a_genuine_record_is_never_chained_and_is_reported(records):
    copy = AccessRecord.objects.get(pk=records[3].pk)
    copy.pk, copy._state.adding = None, True
    copy.save()
    seal()
    assert not AccessLink.objects.filter(record=copy).exists()
    assert f"Record {copy.pk}, not in the chain, was not written by Lockport" in attacker.in_the_database()


def test_a_forged_record_that_the_attacker_chains_is_found_and_no_head_vouches_for_it(records):
    forged = attacker.forged(subject="alert 7")
    last, _ = list(links())[-1]
    digest = verifier.link_hash(last.hash, 11, forged.pk, forged.mac, b"{}")
    AccessLink.objects.create(position=11, record=forged, hash=digest, seal=bytes(32))
    with pytest.raises(SealProblem, match="Position 11 of the access log .* was not put there by Lockport"):
        publish(at_once=True)
    assert f"Position 11 (record {forged.pk}) was not put there by Lockport." in attacker.in_the_database()


def test_a_record_put_into_the_middle_is_found(records, tmp_path):
    forged = attacker.forged(subject="alert 7")
    for position in range(10, 4, -1):
        attacker.run("UPDATE audit_accesslink SET position = %s WHERE position = %s", position + 1, position)
    AccessLink.objects.create(position=5, record=forged, hash=bytes(32), seal=bytes(32))
    attacker.rechain(5)
    assert f"Position 5 (record {forged.pk}) was not put there by Lockport." in attacker.in_the_database()
    assert "What differs lies in the positions 1–6." in attacker.outside(tmp_path)


@pytest.mark.parametrize("hashes_fit", [False, True])
def test_putting_records_in_another_order_is_found(records, tmp_path, hashes_fit):
    for position, record in ((4, -1), (5, records[3].pk), (4, records[4].pk)):
        attacker.run("UPDATE audit_accesslink SET record_id = %s WHERE position = %s", record, position)
    if hashes_fit:
        attacker.rechain(4)
    expected = "Position 4 (record" if hashes_fit else f"Record {records[4].pk} at position 4 was changed, moved"
    assert expected in attacker.in_the_database()
    assert ("positions 1–6" if hashes_fit else "at position 4 was changed, moved") in attacker.outside(tmp_path)


def cut_off(records: list[AccessRecord], *, keep: int) -> None:
    attacker.run("DELETE FROM audit_accesslink WHERE position > %s", keep)
    attacker.run("DELETE FROM audit_accessrecord WHERE id > %s", records[keep - 1].pk)


def test_cutting_off_the_end_is_found_by_the_head_that_witnesses_hold(records, tmp_path):
    cut_off(records, keep=6)
    attacker.run("DELETE FROM audit_headdelivery")
    attacker.run("DELETE FROM audit_accesshead WHERE number > 1")
    for found in (attacker.in_the_database(), attacker.outside(tmp_path)):
        assert "The end of the log is missing: head 2 of" in found
        assert "there were 10 records, here there are 6" in found


def test_cutting_off_what_no_head_vouches_for_yet_is_found_by_what_the_sealer_remembers(records, tmp_path):
    late = attacker.write(4)
    seal()
    cut_off(records + late, keep=12)
    assert "once had the hash" in attacker.in_the_database()
    attacker.write(5)
    publish(at_once=True)  # as if nothing had happened: what was lost is signed and published first
    outside = attacker.outside(tmp_path)
    assert "The log is not the one that was signed" in outside and "the positions 11–14." in outside


def copy_of_the_log() -> dict[str, list[tuple]]:
    tables = {}
    for model in (AccessRecord, AccessLink, AccessHead):
        tables[model] = list(model.objects.order_by("pk"))
    return tables


def put_back(tables: dict) -> None:
    attacker.run("DELETE FROM audit_headdelivery")
    for model, rows in tables.items():
        attacker.run(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
        model.objects.bulk_create(rows)


def test_setting_the_database_back_to_an_older_copy_is_found(tmp_path):
    attacker.written_and_published(6, 3)
    copy = copy_of_the_log()
    attacker.write(4)
    publish(at_once=True)
    put_back(copy)
    assert "The end of the log is missing" in attacker.in_the_database()
    assert "Cut off, or rolled back to an older copy." in attacker.outside(tmp_path)


def test_a_second_history_shown_to_somebody_else_is_found_when_the_two_are_laid_side_by_side(tmp_path, settings):
    attacker.written_and_published(6, 3)
    copy = copy_of_the_log()
    attacker.write(4, subject="what the officer sees, alert")
    publish(at_once=True)
    one = [link for link, _ in links()]
    put_back(copy)
    settings.LOCKPORT_LOG_MEMORY = tmp_path / "elsewhere.json"
    (tmp_path / "other").mkdir()
    settings.LOCKPORT_WITNESSES = [f"file:{tmp_path / 'other' / 'heads.jsonl'}"]
    attacker.write(4, subject="what the auditor sees, alert")
    publish(at_once=True)
    two = [link for link, _ in links()]
    heads = [tmp_path / "other" / "heads.jsonl", tmp_path / "witness" / "heads.jsonl"]
    assert attacker.outside(tmp_path, heads=heads[:1]) == ""  # each history alone holds
    assert "Two histories were signed" in attacker.outside(tmp_path, heads=heads)
    difference = verifier.compare(one, two)
    assert difference and difference.position == 7
    assert "what the officer sees, alert 0' and 'what the auditor sees, alert 0'" in difference.words


def test_a_head_signed_with_a_key_of_ones_own_is_refused(records, tmp_path):
    key = Ed25519PrivateKey.generate()
    last = AccessHead.objects.order_by("-number")[0]
    said = verifier.Head(3, 10, "00" * 32, last.at, verifier.key_id(key.public_key()), "")
    lie = said._replace(signature=key.sign(verifier.head_bytes(said)).hex())
    AccessHead.objects.create(**lie._asdict())
    assert f"Head 3 of {last.at} is not signed by a key that was given" in attacker.in_the_database()
    witness = attacker.witness_files()[0]
    witness.write_text(witness.read_text() + verifier.head_line(lie))
    assert "is not signed by a key that was given" in attacker.outside(tmp_path)


def test_a_head_that_was_altered_is_refused(records, tmp_path):
    for witness in attacker.witness_files():
        lines = [json.loads(line) for line in witness.read_text().splitlines()]
        lines[1]["head"]["position"] = 6
        witness.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "Head 2 of" in attacker.outside(tmp_path)


def test_the_applications_own_role_cannot_change_or_delete_a_place_or_a_head(records):
    from django.db import DatabaseError, transaction

    for statement in (
        "UPDATE audit_accesslink SET record_id = 1",
        "DELETE FROM audit_accesslink",
        "UPDATE audit_accesshead SET position = 1",
        "DELETE FROM audit_accesshead",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_triggers_that_are_gone_are_reported(records):
    name = "audit_no_change ON audit_accessrecord" if connection.vendor == "postgresql" else "audit_no_update"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {name}")
    assert "Triggers that forbid changes are gone" in attacker.in_the_database()


def test_all_is_well_cannot_be_written_into_the_database(records):
    """What the officer's page says comes from the last verification, and a bad one is not forgotten by the next."""
    assert verify(whole=True).ok
    attacker.run("UPDATE audit_accessrecord SET subject = 'nothing' WHERE id = %s", records[3].pk)
    state = verify(whole=True)
    assert not state.ok and f"Record {records[3].pk} at position 4 was changed" in state.words
    assert not verify().ok


def test_the_standalone_verifier_needs_neither_django_nor_this_project(records, tmp_path):
    import subprocess
    import sys

    attacker.outside(tmp_path)
    alone = tmp_path / "verifier.py"
    alone.write_bytes(Path(verifier.__file__).read_bytes())
    words = ["export.jsonl", "--heads", str(attacker.witness_files()[0]), "--public-key", "public.pem"]
    command = [sys.executable, "-I", alone, *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "10 records read, 2 signed heads compared, 0 problems.\n"
    export = (tmp_path / "export.jsonl").read_bytes()
    (tmp_path / "export.jsonl").write_bytes(export.replace(b"alert 3", b"alert 4", 1))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "at position 4 was changed" in done.stdout
    assert timestamp(records[0].at).endswith("Z")
