"""The sealer: every committed record gets its place, whoever commits when, and nobody waits for it."""

import threading

import pytest
from django.db import connection, connections, transaction

from audit import following, memory, verifier
from audit.checkpoints import BEGINNING
from audit.following import follow
from audit.models import AccessLink, AccessRecord
from audit.reading import links
from audit.sealing import seal, tail, unsealed
from audit.services import Actor, record_access
from tests.audit import attacker


def positions() -> list[tuple[int, int]]:
    return list(AccessLink.objects.order_by("position").values_list("position", "record_id"))


@pytest.mark.django_db
def test_records_are_chained_in_the_order_of_their_numbers_and_only_once():
    records = attacker.write(3)
    assert (seal(), seal()) == (3, 0)
    assert positions() == [(1, records[0].pk), (2, records[1].pk), (3, records[2].pk)]
    assert memory.remembered() == tail() == memory.Place(3, bytes(AccessLink.objects.get(pk=3).hash).hex())


@pytest.mark.django_db
def test_a_record_committed_late_by_a_long_transaction_is_chained_behind_those_that_overtook_it():
    first, late, third = attacker.write(3)
    attacker.run("DELETE FROM audit_accessrecord WHERE id = %s", late.pk)
    seal()
    late._state.adding = True
    late.save(force_insert=True)  # its commit becomes visible only now
    seal()
    assert positions() == [(1, first.pk), (2, third.pk), (3, late.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_stays_open_holds_up_neither_other_writers_nor_the_sealer():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time, whatever the log does")
    with transaction.atomic():
        held = record_access(actor=Actor.worker(), action="decided", subject="alert 1")
        seen = []

        def other() -> None:
            attacker.write(2)
            seen.append(seal())
            connections.close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=20)
        assert seen == [2]
    assert seal() == 1
    assert positions()[-1] == (3, held.pk)


@pytest.mark.django_db(transaction=True)
def test_several_sealers_at_once_make_one_chain_without_a_gap():
    attacker.write(40)
    problems = []

    def one() -> None:
        try:
            for _ in range(5):
                seal()
        except Exception as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal()
    assert problems == []
    assert [position for position, _ in positions()] == list(range(1, 41))
    assert attacker.in_the_database() == ""


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap_in_the_chain():
    attacker.write(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        attacker.write(1)
        raise RuntimeError
    attacker.write(1)
    assert seal() == 2
    assert attacker.in_the_database() == ""


@pytest.mark.django_db(transaction=True)
def test_reading_the_chain_in_several_processes_finds_what_one_finds(monkeypatch):
    records = attacker.write(40)
    seal()
    attacker.run("DELETE FROM audit_accesslink WHERE position IN (20, 21)")
    attacker.run("UPDATE audit_accessrecord SET subject = 'nothing' WHERE id = %s", records[34].pk)
    alone = follow(BEGINNING, {})
    monkeypatch.setattr(following, "LEAST", 10)
    together = follow(BEGINNING, {}, processes=4)
    assert [problem.position for problem in alone.problems] == [20, 35, 35]
    assert together.problems == alone.problems
    assert (together.records, together.position, together.hash) == (38, 40, alone.hash)


@pytest.mark.django_db
def test_whatever_people_type_is_encoded_the_same_before_and_after_the_database():
    actor = Actor(
        kind="person", name='Ma"ría \\ Lóp\x00ez \ud800', address="::ffff:192.0.2.1", user_agent="\t\x7f\u2028😀"
    )
    record_access(actor=actor, action="looked at", subject="a" * 299 + "é", reason="line\nline")
    actor = Actor(kind="person", name="b", address="2001:DB8:0:0:0:0:0:1")
    record_access(actor=actor, action="looked at", subject="alert")
    assert seal() == 2
    assert attacker.in_the_database() == ""
    assert list(AccessRecord.objects.order_by("pk").values_list("address", flat=True)) == ["192.0.2.1", "2001:db8::1"]
    assert b'"address":"192.0.2.1"' in next(link.content for link, _ in links())


@pytest.mark.django_db
def test_the_log_works_and_says_so_while_nothing_is_sealed():
    attacker.write(2)
    assert unsealed().count() == 2 and not AccessLink.objects.exists()


def test_a_choice_is_encoded_as_the_word_that_the_database_keeps():
    said = dict.fromkeys(verifier.FIELDS, "x")
    assert verifier.encode((said | {"result": AccessRecord.Result.DONE}).values()) == verifier.encode(
        (said | {"result": "done"}).values()
    )
