import pytest
from django.test import Client

from audit.models import AccessRecord
from audit.services import Actor, record_access

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/accessrecord/"


@pytest.fixture
def officer(cast) -> Client:
    cast.privacy_officer.is_staff = True
    cast.privacy_officer.save()
    client = Client()
    client.force_login(cast.privacy_officer)
    return client


def test_the_privacy_officer_reads_the_log_and_that_is_recorded_too(officer, cast):
    row = record_access(actor=Actor.worker(), action="looked at", subject="Front door, North Park")
    assert b"Front door, North Park" in officer.get(LIST, {"q": "Front"}).content
    assert officer.get(f"{LIST}{row.pk}/change/").status_code == 200
    looks = AccessRecord.objects.filter(actor_id=cast.privacy_officer.pk, action="looked at").order_by("pk")
    assert [look.reason for look in looks] == ["searched for: Front", ""]
    assert looks[0].subject == f"list of access records: {row.pk}"
    assert (looks[1].subject_kind, looks[1].subject_id) == ("accessrecord", str(row.pk))


def test_nobody_adds_changes_or_deletes_a_record(officer, cast):
    row = record_access(actor=Actor.worker(), action="looked at", subject="Front door")
    root = Client()
    root.force_login(cast.superuser)
    for client in (officer, root):
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(f"{LIST}{row.pk}/change/", {"action": "x"}).status_code == 403
        assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert AccessRecord.objects.get(pk=row.pk).action == "looked at"


@pytest.mark.parametrize("person", ["administrator", "system_administrator", "north_principal"])
def test_nobody_else_reads_the_log(person, cast):
    user = getattr(cast, person)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get(LIST).status_code == 403
