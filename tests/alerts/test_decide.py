"""Deciding on an alert: who may, what follows, and what is refused."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from alerts.deciding import AlreadyAnswered, NotAccepted, decide
from alerts.models import Alert, AlertEvent, Decision
from alerts.selectors import waiting_for
from alerts.services import alert_raise
from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import Camera
from lockport import access
from tests.alerts.conftest import make_alert, make_entry
from tests.alerts.sightings import sighting_of
from tests.conftest import Cast, grant_review, make_person
from watchlist.models import Category, EntryHistogram

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


def strangers_matched(alert: Alert) -> int:
    row = EntryHistogram.objects.filter(entry=alert.entry).first()
    return 0 if row is None else row.strangers_matched


def test_not_this_person_teaches_the_entry_that_a_stranger_matched_it(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    assert strangers_matched(alert) == 1


def test_every_alert_that_was_somebody_else_counts(cast: Cast, alert: Alert, front_door: Camera):
    for one in (alert, make_alert(alert.entry, front_door)):
        answer(cast.north_principal, one, "different")
    assert strangers_matched(alert) == 2


@pytest.mark.parametrize("what", ["same", "unclear"])
def test_other_answers_teach_nothing(cast: Cast, alert: Alert, what: str):
    answer(cast.north_principal, alert, what)
    assert strangers_matched(alert) == 0


def test_a_no_that_does_not_decide_teaches_nothing_yet(cast: Cast, front_door: Camera):
    threat = Category.objects.get(slug="credible-threat")
    alert = make_alert(make_entry(cast, threat, "Alex Hart"), front_door)
    answer(cast.north_principal, alert, "different")
    assert strangers_matched(alert) == 0
    answer(cast.north_security, alert, "different")
    assert strangers_matched(alert) == 1


def test_a_no_that_is_contradicted_is_unlearnt_until_a_third_person_decides(cast: Cast, alert: Alert):
    third = make_person("tess", access.SECURITY)
    grant_review(third, alert.camera.school)
    answer(cast.north_principal, alert, "different")
    answer(cast.north_security, alert, "same")
    assert strangers_matched(alert) == 0
    assert answer(third, alert, "different") == "rejected"
    assert strangers_matched(alert) == 1


def test_of_the_stranger_nothing_but_the_number_is_learnt(cast: Cast, alert: Alert):
    """The distance and the hour of the match are canaries: the row that learns is the same for any of them."""
    rows = []
    for distance, hours in ((0.41, 1), (0.17, 9)):
        EntryHistogram.objects.all().delete()
        seen = timezone.now() + timedelta(hours=hours)
        other = make_alert(alert.entry, alert.camera, raw_distance=distance, distance=distance - 0.2, first_seen=seen)
        answer(cast.north_principal, other, "different")
        rows.append(EntryHistogram.objects.values().get() | {"id": None})
    assert rows[0] == rows[1]
    assert (rows[0]["strangers_matched"], rows[0]["passers_by"]) == (1, 0)


def test_what_cannot_be_learnt_is_not_decided_either(cast: Cast, alert: Alert, monkeypatch):
    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("alerts.deciding.count_stranger", fail)
    with pytest.raises(DatabaseError):
        answer(cast.north_principal, alert, "different")
    alert.refresh_from_db()
    assert alert.status == Alert.Status.WAITING and not alert.decisions.exists()


@pytest.mark.django_db(transaction=True)
def test_people_decide_while_the_same_person_is_seen_again_and_each_no_counts_once(cast: Cast, alert: Alert):
    """Nobody waits for each other in a circle: sightings and decisions lock the entry first, then the alert."""
    alerts = [alert, *(make_alert(alert.entry, alert.camera) for _ in range(3))]
    Alert.objects.filter(pk=alert.pk).update(window_open=True)
    now = timezone.now().timestamp()
    jobs = [lambda one=one: answer(cast.north_principal, one, "different") for one in alerts]
    jobs += [lambda n=n: alert_raise(sighting_of(alert.entry, alert.camera, now + n)) for n in range(8)]
    gate, failures = threading.Barrier(len(jobs)), []

    def work(job: Callable[[], object]) -> None:
        gate.wait()
        try:
            job()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert strangers_matched(alert) == 4
