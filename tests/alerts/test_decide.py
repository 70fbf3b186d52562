"""Deciding on an alert: who may, what follows, and what is refused."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404

from alerts.deciding import AlreadyAnswered, NotAccepted, decide
from alerts.models import Alert, AlertEvent, Decision
from alerts.selectors import waiting_for
from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import Camera
from lockport import access
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast, grant_review, make_person
from watchlist.models import Category

pytestmark = pytest.mark.django_db


def answer(person, alert: Alert, what: str, note: str = "") -> str:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what, note=note)
    alert.refresh_from_db()
    return alert.status


def test_two_different_people_confirm(cast: Cast, alert: Alert):
    assert answer(cast.north_principal, alert, "same") == "second"
    assert answer(cast.north_security, alert, "same") == "confirmed"


def test_one_person_who_says_no_rejects(cast: Cast, alert: Alert):
    assert answer(cast.north_principal, alert, "different") == "rejected"


def test_who_cannot_tell_leaves_it_to_somebody_else(cast: Cast, alert: Alert):
    assert answer(cast.north_principal, alert, "unclear") == "unclear"
    assert answer(cast.north_security, alert, "different") == "rejected"


def test_a_disagreement_waits_for_a_third_person_who_decides(cast: Cast, alert: Alert):
    third = make_person("tess", access.SECURITY)
    grant_review(third, alert.camera.school)
    answer(cast.north_principal, alert, "same")
    assert answer(cast.north_security, alert, "different") == "second"
    assert answer(third, alert, "same") == "confirmed"


def test_nobody_answers_twice(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    with pytest.raises(AlreadyAnswered, match="You have answered this alert already"):
        answer(cast.north_principal, alert, "same")
    alert.refresh_from_db()
    assert alert.status == Alert.Status.SECOND


def test_the_database_itself_refuses_one_person_twice(cast: Cast, alert: Alert):
    Decision.objects.create(alert=alert, by=cast.north_principal, answer="same")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(alert=alert, by=cast.north_principal, answer="unclear")


def test_what_is_decided_takes_no_more_answers(cast: Cast, alert: Alert):
    third = make_person("tess", access.SECURITY)
    grant_review(third, alert.camera.school)
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "same")
    with pytest.raises(AlreadyAnswered, match="Others have decided"):
        answer(third, alert, "different")
    alert.refresh_from_db()
    assert alert.status == Alert.Status.CONFIRMED


def test_one_person_s_no_can_be_contradicted_and_then_a_third_decides(cast: Cast, alert: Alert):
    third = make_person("tess", access.SECURITY)
    grant_review(third, alert.camera.school)
    assert answer(cast.north_principal, alert, "different") == "rejected"
    assert answer(cast.north_security, alert, "same") == "second"
    assert answer(third, alert, "same") == "confirmed"


def test_the_gravest_category_needs_two_people_for_a_no_as_well(cast: Cast, front_door: Camera):
    threat = Category.objects.get(slug="credible-threat")
    alert = make_alert(make_entry(cast, threat, "Alex Hart"), front_door)
    assert answer(cast.north_principal, alert, "different") == "second"
    assert answer(cast.north_security, alert, "different") == "rejected"
    assert Decision.objects.filter(alert=alert).count() == 2


@pytest.mark.parametrize("what", ["", "Same", "confirmed", "yes"])
def test_an_answer_that_does_not_exist_is_refused(cast: Cast, alert: Alert, what: str):
    with pytest.raises(NotAccepted, match="Choose one of the three answers"):
        answer(cast.north_principal, alert, what)
    assert not alert.decisions.exists()


def test_a_note_too_long_is_refused_and_nothing_is_saved(cast: Cast, alert: Alert):
    with pytest.raises(NotAccepted, match="1001 characters of 1000"):
        answer(cast.north_principal, alert, "same", note="x" * 1001)
    assert not alert.decisions.exists()


def test_without_grants_there_is_no_alert_to_decide(cast: Cast, alert: Alert):
    for person in (cast.south_principal, cast.administrator, cast.privacy_officer, cast.outsider, cast.superuser):
        with pytest.raises(Http404):
            answer(person, alert, "same")
    assert not alert.decisions.exists()


def test_with_grants_but_without_the_role_it_is_refused_and_recorded(cast: Cast, alert: Alert):
    grant_review(cast.outsider, alert.camera.school)
    with pytest.raises(PermissionDenied, match="alerts.add_decision"):
        answer(cast.outsider, alert, "same")
    assert not alert.decisions.exists()
    refusal = AccessRecord.objects.get(actor_id=cast.outsider.pk, action="decided")
    assert refusal.result == AccessRecord.Result.REFUSED


def test_a_decision_is_recorded_with_its_answer_and_announced(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same", note="  Saw her yesterday. ")
    record = AccessRecord.objects.get(action="decided")
    assert (record.actor_name, record.subject_id, record.reason) == ("Maria Lopez", str(alert.pk), "Same person")
    assert alert.decisions.get().note == "Saw her yesterday."
    assert list(alert.events.values_list("kind", flat=True)) == [AlertEvent.Kind.DECIDED]


def test_a_decision_that_cannot_be_recorded_is_not_made(cast: Cast, alert: Alert, monkeypatch):
    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("alerts.deciding.record_access", fail)
    with pytest.raises(DatabaseError):
        answer(cast.north_principal, alert, "same")
    alert.refresh_from_db()
    assert alert.status == Alert.Status.WAITING
    assert not alert.decisions.exists()
    assert not AlertEvent.objects.exists()


def test_people_of_one_school_do_not_decide_for_another(cast: Cast, alert: Alert, south_alert: Alert):
    assert answer(cast.south_principal, south_alert, "different") == "rejected"
    with pytest.raises(Http404):
        answer(cast.south_principal, alert, "different")


def test_nobody_answers_for_faces_of_which_one_is_gone(cast, alert, entry):
    type(entry).objects.filter(pk=entry.pk).update(status="withdrawn")
    with pytest.raises(NotAccepted, match="photograph is destroyed"):
        decide(
            person=cast.north_principal,
            actor=Actor.from_person(cast.north_principal),
            alert_pk=alert.pk,
            answer="same",
        )
    assert not alert.decisions.exists()
    assert not waiting_for(cast.north_principal).exists()
