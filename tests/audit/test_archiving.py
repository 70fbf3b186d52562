"""What is older than six years leaves the log provably: what left and what stays both verify, and nothing else goes."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import archiving, verifier
from audit.checkpoints import beginning, newest, sign_checkpoint
from audit.keys import public_keys, public_pem
from audit.memory import Place
from audit.models import AccessCheckpoint, AccessLink, AccessRecord
from audit.publishing import publish
from audit.sealing import seal
from audit.state import log_state
from audit.verifying import known_heads, verify
from retention.policy import access_record_ends
from tests.audit import attacker

pytestmark = pytest.mark.django_db
OLD = timedelta(days=7 * 366)


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    cache.delete("audit.state")


@pytest.fixture
def years_ago(monkeypatch) -> list[AccessRecord]:
    """Six records of seven years ago, with two heads of that time; then it is today, with four records and a head."""
    now = timezone.now
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now() - OLD)
        records = attacker.written_and_published(6, 3)
    records += attacker.write(4)
    publish(at_once=True)
    return records


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "archive.jsonl"


def archived(file: Path) -> None:
    call_command("audit_archive", str(file), "--reason", "six years are over")


def outside(folder: Path, file: Path, *words: str) -> tuple[int, str]:
    """What the standalone verifier says of a file, with the heads of a witness."""
    (folder / "public.pem").write_text(public_pem())
    heads = ["--heads", str(attacker.witness_files()[0])]
    return verifier.main([str(file), *heads, "--public-key", str(folder / "public.pem"), *words])


def exported(folder: Path) -> Path:
    export = folder / "export.jsonl"
    export.unlink(missing_ok=True)
    call_command("audit_export", str(export))
    return export


def test_what_left_and_what_stays_both_verify_and_so_do_the_two_together(years_ago, file, tmp_path, capsys):
    archived(file)
    assert "6 records of before" in capsys.readouterr().out
    assert list(AccessLink.objects.order_by("position").values_list("position", flat=True)) == [7, 8, 9, 10, 11]
    assert not AccessRecord.objects.filter(pk__lte=years_ago[5].pk).exists()
    assert attacker.in_the_database() == ""
    assert outside(tmp_path, file, "--archive") == 0
    assert "6 records read, 2 signed heads compared, 0 problems." in capsys.readouterr().out
    export = exported(tmp_path)
    assert outside(tmp_path, export) == 0
    assert "What stood up to position 6 is archived: a checkpoint of" in capsys.readouterr().out
    whole = tmp_path / "whole.jsonl"
    whole.write_bytes(file.read_bytes() + export.read_bytes())
    assert outside(tmp_path, whole) == 0
    assert "12 records read" in capsys.readouterr().out


def test_it_is_recorded_and_the_officers_page_says_so(years_ago, file):
    archived(file)
    record = AccessRecord.objects.order_by("-pk")[0]
    assert (record.action, record.actor_kind, record.reason) == ("archived", "command", "six years are over")
    assert verify(whole=True).ok
    assert "The 6 of before" in log_state().words and " were archived on " in log_state().words


def test_the_log_goes_on_and_can_be_archived_again(years_ago, file, tmp_path, monkeypatch):
    archived(file)
    attacker.write(2)
    verify()
    assert (verify().ok, AccessLink.objects.order_by("-position")[0].position) == (True, 13)
    now = timezone.now
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now() + OLD)
        with attacker.superuser():  # the database's own clock has not moved
            archived(tmp_path / "second.jsonl")
        assert attacker.in_the_database() == ""
        assert AccessCheckpoint.objects.count() == 2
        assert list(AccessLink.objects.values_list("position", flat=True)) == [14]
    lines = (tmp_path / "second.jsonl").read_bytes().splitlines()
    assert lines[0] == file.read_bytes().splitlines()[-1] and len(lines) == 1 + 7 + 1


def test_nothing_leaves_while_nothing_is_older_than_six_years(file):
    attacker.written_and_published()
    with pytest.raises(CommandError, match="Nothing in the access log is older than six years"):
        archived(file)
    assert not file.exists() and AccessRecord.objects.count() == 11


def test_a_log_with_something_wrong_in_its_oldest_part_is_not_archived(years_ago, file):
    attacker.run("UPDATE audit_accessrecord SET subject = 'nothing' WHERE id = %s", years_ago[2].pk)
    with pytest.raises(CommandError, match=f"nothing left the log: Record {years_ago[2].pk} at position 3 was changed"):
        archived(file)
    assert AccessRecord.objects.filter(pk=years_ago[0].pk).exists() and not AccessCheckpoint.objects.exists()


def test_a_file_that_is_there_already_is_not_overwritten(years_ago, file):
    file.write_text("something else")
    with pytest.raises(CommandError, match="Name a file that does not exist"):
        archived(file)
    assert file.read_text() == "something else" and AccessRecord.objects.count() == 11


def refused(statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_lets_nothing_go_without_a_checkpoint_nor_anything_young_with_one(years_ago):
    refused("DELETE FROM audit_accessrecord WHERE id = %s", years_ago[0].pk)
    refused("DELETE FROM audit_accesslink WHERE position = 1")
    AccessCheckpoint.objects.create(position=10, hash="00" * 32, until="x", at="x", key="x", signature="00")
    refused("DELETE FROM audit_accessrecord WHERE id = %s", years_ago[7].pk)  # of today
    refused("DELETE FROM audit_accesslink WHERE position = 8")
    refused("DELETE FROM audit_accesslink WHERE position = 1")  # its record is still there
    refused("UPDATE audit_accessrecord SET subject = 'x' WHERE id = %s", years_ago[0].pk)
    refused("UPDATE audit_accesscheckpoint SET position = 1")
    refused("DELETE FROM audit_accesscheckpoint")


def test_cutting_off_the_beginning_with_a_checkpoint_of_ones_own_is_found(years_ago, tmp_path, capsys):
    """As the application's own role, which the triggers let delete what is old behind any checkpoint."""
    digest = bytes(AccessLink.objects.get(position=3).hash).hex()
    key = next(iter(public_keys()))
    lie = verifier.Checkpoint(3, digest, "2020-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z", key, "00" * 64)
    AccessCheckpoint.objects.create(**lie._asdict())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accessrecord WHERE id <= %s", [years_ago[2].pk])
        cursor.execute("DELETE FROM audit_accesslink WHERE position <= 3")
    inside = attacker.in_the_database()
    assert "Positions 1–3 are missing." in inside
    assert "at position 3 is not signed by a key that was given" in inside
    export = exported(tmp_path)
    export.write_bytes(verifier.checkpoint_line(lie) + export.read_bytes())
    assert outside(tmp_path, export) == 1
    out = capsys.readouterr().out
    assert "is not signed by a key that was given" in out and "Positions 1–3 are missing." in out


def test_cutting_off_the_beginning_without_a_checkpoint_is_found(years_ago, tmp_path, capsys):
    attacker.run("DELETE FROM audit_accessrecord WHERE id <= %s", years_ago[2].pk)
    attacker.run("DELETE FROM audit_accesslink WHERE position <= 3")
    assert "Positions 1–3 are missing." in attacker.in_the_database()
    assert outside(tmp_path, exported(tmp_path)) == 1


def test_a_head_is_no_leave_to_cut_the_log_short(years_ago, tmp_path, capsys):
    head = next(head for head in known_heads() if head.position == 6)
    lie = verifier.Checkpoint(6, head.hash, "", head.at, head.key, head.signature)
    lines = exported(tmp_path).read_bytes().splitlines(keepends=True)[6:]
    (tmp_path / "short.jsonl").write_bytes(verifier.checkpoint_line(lie) + b"".join(lines))
    assert outside(tmp_path, tmp_path / "short.jsonl") == 1
    assert "is not signed by a key that was given" in capsys.readouterr().out


def test_taking_the_checkpoint_away_or_cutting_further_than_it_says_is_found(years_ago, file, tmp_path, capsys):
    archived(file)
    export = exported(tmp_path)
    lines = export.read_bytes().splitlines(keepends=True)
    for tampered in (lines[1:], [lines[0], *lines[2:]]):
        export.write_bytes(b"".join(tampered))
        assert outside(tmp_path, export) == 1
    attacker.run("DELETE FROM audit_accesscheckpoint")
    assert "Positions 1–6 are missing." in attacker.in_the_database()


def test_whoever_holds_the_signing_key_but_no_witness_cannot_let_go_of_what_is_young(years_ago, tmp_path, capsys):
    """The witnesses have a head of today for position 10: what stands behind it cannot be six years old."""
    attacker.write(1)
    publish(at_once=True)
    lines = exported(tmp_path).read_bytes().splitlines(keepends=True)
    place = Place(11, bytes(AccessLink.objects.get(position=11).hash).hex())
    early = sign_checkpoint(place, timezone.now() - archiving.KEPT)
    AccessCheckpoint.objects.create(**early._asdict())
    attacker.run("DELETE FROM audit_accessrecord WHERE id <= %s", AccessLink.objects.get(position=11).record_id)
    attacker.run("DELETE FROM audit_accesslink WHERE position < 12")
    (tmp_path / "short.jsonl").write_bytes(verifier.checkpoint_line(early) + b"".join(lines[11:]))
    outside(tmp_path, tmp_path / "short.jsonl")
    assert "Records left the log before six years were over: head 3 of" in capsys.readouterr().out
    assert "Records left the log before six years were over: head 3 of" in attacker.in_the_database()


def test_an_archive_that_was_cut_off_or_is_shown_as_the_whole_log_is_found(years_ago, file, tmp_path, capsys):
    archived(file)
    assert outside(tmp_path, file) == 1
    assert "The end of the log is missing" in capsys.readouterr().out
    lines = file.read_bytes().splitlines(keepends=True)
    for tampered in (lines[:-1], [*lines[:-2], lines[-1]], lines[1:]):
        file.write_bytes(b"".join(tampered))
        assert outside(tmp_path, file, "--archive") == 1


def test_putting_back_what_left_is_found(years_ago, file):
    row, link = AccessRecord.objects.get(pk=years_ago[2].pk), AccessLink.objects.get(position=3)
    archived(file)
    row._state.adding = True
    row.save(force_insert=True)
    seal(look_back=None)
    assert not AccessLink.objects.filter(record=row).exists()  # genuine as it is, it is not chained a second time
    assert f"Record {row.pk}, not in the chain, was not written by Lockport" in attacker.in_the_database()
    link._state.adding = True
    link.save(force_insert=True)
    assert f"Position 3 (record {row.pk}) was archived and is in the log again" in attacker.in_the_database()


def test_two_exports_are_laid_side_by_side_though_one_begins_later(years_ago, file, tmp_path):
    before = list(verifier.read_links(exported(tmp_path).read_bytes().splitlines(), "before"))
    archived(file)
    after = list(verifier.read_links(exported(tmp_path).read_bytes().splitlines(), "after"))
    assert verifier.compare(before, after) is None and verifier.compare(after, before) is None
    other = [link._replace(hash=bytes(32)) if link.position == 8 else link for link in after]
    assert (found := verifier.compare(before, other)) and found.position == 8


def test_the_policy_and_the_log_mean_the_same_six_years():
    now = timezone.now()
    assert access_record_ends(now) - now == timedelta(days=verifier.KEPT_DAYS)


def test_a_whole_log_begins_at_its_beginning():
    attacker.written_and_published()
    assert (newest(), beginning().position) == (None, 0)
