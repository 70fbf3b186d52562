import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from audit.models import AccessRecord, AppendOnly
from audit.services import Actor, record_access

pytestmark = pytest.mark.django_db


def test_a_record_says_who_did_what_to_which_row_in_which_role_and_from_where(cast, front_door):
    request = RequestFactory().get("/", HTTP_USER_AGENT="A browser", REMOTE_ADDR="192.0.2.50")
    request.user, request.request_id = cast.north_principal, "0b6e"
    record_access(actor=Actor.from_request(request), action="looked at", subject=front_door, reason="an alert")
    row = AccessRecord.objects.get()
    assert (row.actor_kind, row.actor_id, row.actor_name) == ("person", cast.north_principal.pk, "Maria Lopez")
    assert (row.role, row.action, row.result) == ("Principal", "looked at", "done")
    assert (row.subject_kind, row.subject_id, row.subject) == ("camera", str(front_door.pk), "Front door, North Park")
    assert (row.address, row.user_agent, row.request_id, row.reason) == ("192.0.2.50", "A browser", "0b6e", "an alert")


def test_the_record_stays_true_when_the_account_is_gone(cast, front_door):
    record_access(actor=Actor.from_person(cast.outsider), action="looked at", subject=front_door)
    number = cast.outsider.pk
    cast.outsider.delete()
    assert (AccessRecord.objects.get().actor_id, AccessRecord.objects.get().actor_name) == (number, "nobody")


def test_somebody_not_signed_in_a_worker_and_a_command_are_actors_too(db):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for actor in (Actor.from_request(request), Actor.worker(), Actor.command()):
        record_access(actor=actor, action="tried", subject="the door")
    assert list(AccessRecord.objects.order_by("pk").values_list("actor_kind", flat=True)) == [
        "stranger",
        "worker",
        "command",
    ]


@pytest.mark.parametrize(("action", "subject"), [("", "a camera"), ("looked at", "")])
def test_an_incomplete_record_is_refused(db, action, subject):
    with pytest.raises(ValueError, match="needs an actor, an action and a subject"):
        record_access(actor=Actor.worker(), action=action, subject=subject)


def test_an_actor_without_a_name_is_refused(db):
    with pytest.raises(ValueError, match="needs an actor"):
        record_access(actor=Actor(kind="person", name=""), action="looked at", subject="a camera")


def test_words_too_long_for_a_record_are_cut_and_not_refused(db):
    record_access(actor=Actor.worker(), action="looked at", subject="s" * 1000, reason="r" * 1000)
    row = AccessRecord.objects.get()
    assert (len(row.subject), len(row.reason)) == (300, 500)


def test_a_record_is_neither_changed_nor_deleted_through_the_model(db):
    row = record_access(actor=Actor.worker(), action="looked at", subject="a camera")
    row.action = "did nothing"
    for attempt in (
        row.save,
        row.delete,
        AccessRecord.objects.all().delete,
        lambda: AccessRecord.objects.update(action="did nothing"),
        lambda: AccessRecord.objects.bulk_update([row], ["action"]),
    ):
        with pytest.raises(AppendOnly), transaction.atomic():
            attempt()
    assert AccessRecord.objects.get().action == "looked at"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_accessrecord SET action = 'did nothing'", "DELETE FROM audit_accessrecord"]
)
def test_the_database_itself_refuses_whoever_asks(db, statement):
    record_access(actor=Actor.worker(), action="looked at", subject="a camera")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AccessRecord.objects.get().action == "looked at"


REPLACE = {
    "sqlite": "INSERT OR REPLACE INTO audit_accessrecord SELECT * FROM audit_accessrecord WHERE id = %s",
    "postgresql": """INSERT INTO audit_accessrecord SELECT * FROM audit_accessrecord WHERE id = %s
        ON CONFLICT (id) DO UPDATE SET action = 'did nothing'""",
}


def test_a_row_cannot_be_replaced_by_inserting_over_it(db):
    row = record_access(actor=Actor.worker(), action="looked at", subject="a camera")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REPLACE[connection.vendor], [row.pk])
    assert AccessRecord.objects.get().action == "looked at"


def test_a_record_made_with_a_number_that_exists_does_not_overwrite_it(db):
    row = record_access(actor=Actor.worker(), action="looked at", subject="a camera")
    forged = AccessRecord(pk=row.pk, at=row.at, actor_kind="person", actor_name="x", action="y", subject="z")
    with pytest.raises((DatabaseError, AppendOnly)), transaction.atomic():
        forged.save()
    assert AccessRecord.objects.get().action == "looked at"


def test_when_the_act_is_rolled_back_so_is_its_record(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        record_access(actor=Actor.worker(), action="changed", subject="a camera")
        raise RuntimeError
    assert not AccessRecord.objects.exists()
