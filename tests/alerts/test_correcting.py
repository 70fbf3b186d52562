"""Taking an answer back, and correcting it: further rows, never an edit, and never a way round the second person."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from alerts.correcting import correct, undo
from alerts.deciding import NotAccepted, decide
from alerts.models import Alert, Decision
from alerts.selectors import waiting_for, waiting_for_others
from audit.models import AccessRecord
from audit.services import Actor
from lockport import access
from tests.conftest import Cast, grant_review, make_person
from watchlist.models import EntryHistogram

pytestmark = pytest.mark.django_db


def answer(person, alert: Alert, what: str) -> str:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what)
    alert.refresh_from_db()
    return alert.status


def take_back(person, alert: Alert) -> str:
    undo(person=person, actor=Actor.from_person(person), alert_pk=alert.pk)
    alert.refresh_from_db()
    return alert.status


def change(person, alert: Alert, what: str, reason: str = "I looked again") -> str:
    correct(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what, reason=reason)
    alert.refresh_from_db()
    return alert.status


def wait(alert: Alert, seconds: float) -> None:
    """Time passes: what was answered was answered so many seconds earlier."""
    for row in alert.decisions.all():
        Decision.objects.filter(pk=row.pk).update(at=row.at - timedelta(seconds=seconds))


@pytest.mark.parametrize("what", ["same", "different", "unclear"])
def test_an_answer_taken_back_at_once_leaves_the_alert_as_it_was(cast: Cast, alert: Alert, what: str):
    answer(cast.north_principal, alert, what)
    assert take_back(cast.north_principal, alert) == "waiting"
    assert (alert.answered_at, alert.settled_at) == (None, None)
    assert list(waiting_for(cast.north_principal)) == [alert]
    assert not waiting_for_others(cast.north_principal).exists()


def test_both_rows_stay_and_both_are_in_the_log(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    take_back(cast.north_principal, alert)
    first, second = alert.decisions.all()
    assert (first.answer, second.answer, second.corrects) == ("same", "undone", first)
    actions = AccessRecord.objects.filter(subject_kind="alert").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["decided", "took back an answer on"]


def test_after_ten_seconds_it_is_too_late(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    wait(alert, 13)
    with pytest.raises(NotAccepted, match="too late"):
        take_back(cast.north_principal, alert)
    alert.refresh_from_db()
    assert alert.status == "rejected"


def test_once_somebody_has_answered_after_it_it_cannot_be_taken_back(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "unclear")
    answer(cast.north_security, alert, "same")
    with pytest.raises(NotAccepted, match="somebody has answered since"):
        take_back(cast.north_principal, alert)


def test_a_confirmation_taken_back_needs_a_second_person_again(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    assert answer(cast.north_security, alert, "same") == "confirmed"
    assert take_back(cast.north_security, alert) == "second"
    assert alert.confirmed_second_by is None and alert.settled_at is None


def test_nobody_takes_back_what_another_answered_or_what_is_not_theirs_to_see(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    with pytest.raises(NotAccepted):
        take_back(cast.north_security, alert)
    with pytest.raises(Http404):
        take_back(cast.south_principal, alert)
    grant_review(cast.outsider, alert.camera.school)
    with pytest.raises(PermissionDenied):
        take_back(cast.outsider, alert)
    assert alert.decisions.count() == 1


def test_who_took_their_answer_back_after_seeing_the_first_one_cannot_confirm_it(cast: Cast, alert: Alert):
    third = make_person("tess", access.SECURITY)
    grant_review(third, alert.camera.school)
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "unclear")  # and is now shown that Maria says "same"
    take_back(cast.north_security, alert)
    assert answer(cast.north_security, alert, "same") == "second"
    assert answer(third, alert, "same") == "confirmed"
    assert {alert.confirmed_first_by, alert.confirmed_second_by} == {cast.north_principal, third}


def test_nor_can_who_corrects_their_answer_after_seeing_the_first_one(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "different")
    assert change(cast.north_security, alert, "same") == "second"


def test_a_correction_reopens_what_was_decided_and_keeps_both_answers(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    wait(alert, 3600)
    assert change(cast.north_principal, alert, "same", "The scar above the eye") == "second"
    first, second = alert.decisions.all()
    assert (first.answer, second.answer, second.note) == ("different", "same", "The scar above the eye")
    assert answer(cast.north_security, alert, "same") == "confirmed"


def test_a_correction_of_a_confirmation_asks_a_third_person(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "same")
    assert change(cast.north_principal, alert, "different") == "second"
    assert alert.confirmed_first_by is None


@pytest.mark.parametrize(
    ("what", "reason", "complaint"),
    [
        ("different", " ", "Say why"),
        ("same", "x", "already"),
        ("undone", "x", "Choose one"),
        ("different", "x" * 1001, "too long"),
    ],
)
def test_a_correction_says_what_and_why(cast: Cast, alert: Alert, what: str, reason: str, complaint: str):
    answer(cast.north_principal, alert, "same")
    with pytest.raises(NotAccepted, match=complaint):
        change(cast.north_principal, alert, what, reason)
    assert alert.decisions.count() == 1


def test_who_has_not_answered_has_nothing_to_correct(cast: Cast, alert: Alert):
    with pytest.raises(NotAccepted, match="no answer here"):
        change(cast.north_principal, alert, "same")


def test_the_database_refuses_two_corrections_of_one_answer(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    first = alert.decisions.get()
    Decision.objects.create(alert=alert, by=cast.north_principal, answer="unclear", corrects=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(alert=alert, by=cast.north_principal, answer="different", corrects=first)


def test_however_many_rows_one_person_has_they_count_once(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    change(cast.north_principal, alert, "different")
    assert change(cast.north_principal, alert, "same") == "second"


def test_the_times_are_measured(cast: Cast, alert: Alert):
    before = timezone.now()
    answer(cast.north_principal, alert, "same")
    assert before < alert.answered_at < timezone.now() and alert.settled_at is None
    answer(cast.north_security, alert, "same")
    assert alert.answered_at < alert.settled_at < timezone.now()


def strangers_matched(alert: Alert) -> int:
    return EntryHistogram.objects.get(entry=alert.entry).strangers_matched


def test_a_no_taken_back_is_unlearnt(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    assert strangers_matched(alert) == 1
    take_back(cast.north_principal, alert)
    assert strangers_matched(alert) == 0
    answer(cast.north_principal, alert, "different")
    assert strangers_matched(alert) == 1


def test_a_no_corrected_is_unlearnt_and_a_correction_to_no_is_learnt(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    change(cast.north_principal, alert, "unclear")
    assert strangers_matched(alert) == 0
    assert change(cast.north_principal, alert, "different") == "rejected"
    assert strangers_matched(alert) == 1


def test_a_second_no_to_what_is_decided_already_counts_no_second_time(cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "unclear")
    answer(cast.north_security, alert, "different")
    assert change(cast.north_principal, alert, "different") == "rejected"
    assert strangers_matched(alert) == 1
