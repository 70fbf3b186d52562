"""Longer times need a second person, and end with the entry."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor
from tests.conftest import signed_in
from watchlist.models import Entry
from watchlist.papers import Renewal
from watchlist.refusals import Refused
from watchlist.renewals import (
    renewal_approve,
    renewal_drop,
    renewal_propose,
    withdrawal_decline,
    withdrawal_propose,
)
from watchlist.services import entry_change, entry_withdraw

pytestmark = pytest.mark.django_db


def who(person) -> dict:
    return {"by": person, "actor": Actor.from_person(person)}


def later(days: int = 90):
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


@pytest.fixture
def asked(active, cast) -> Renewal:
    return renewal_propose(
        entry=active, until=later(), reason="The order was extended.", **who(cast.second_administrator)
    )


def test_until_somebody_else_approves_the_old_day_counts(active, asked, cast):
    before = active.expires_at
    row = Entry.objects.get()
    assert (row.status, row.expires_at) == (Entry.Status.ACTIVE, before)
    renewal_approve(renewal=asked, **who(cast.administrator))
    row = Entry.objects.get()
    assert (row.status, row.expires_at) == (Entry.Status.ACTIVE, asked.until)


def test_whoever_asked_cannot_approve_and_the_attempt_is_recorded(active, asked, cast):
    with pytest.raises(Refused, match="another administrator"):
        renewal_approve(renewal=asked, **who(cast.second_administrator))
    assert Entry.objects.get().expires_at == active.expires_at
    assert AccessRecord.objects.filter(action="renewed", result="refused").exists()


def test_the_database_itself_refuses_one_person_twice(asked, cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Renewal.objects.update(approved_by=cast.second_administrator)


def test_a_renewal_is_approved_once(asked, cast):
    renewal_approve(renewal=asked, **who(cast.administrator))
    with pytest.raises(Refused, match="already"):
        renewal_approve(renewal=asked, **who(cast.administrator))


def test_nothing_is_renewed_beyond_the_categorys_limit_or_to_an_earlier_day(active, cast):
    with pytest.raises(Refused, match="at most 365 days"):
        renewal_propose(entry=active, until=later(400), reason="Still.", **who(cast.administrator))
    with pytest.raises(Refused, match="anyway"):
        renewal_propose(entry=active, until=later(3), reason="Still.", **who(cast.administrator))


def test_a_renewal_needs_a_reason_and_an_approved_entry(active, propose, cast):
    with pytest.raises(Refused, match="Say why"):
        renewal_propose(entry=active, until=later(), reason=" ", **who(cast.administrator))
    with pytest.raises(Refused, match="Only an approved entry"):
        renewal_propose(entry=propose("Kim Ash"), until=later(), reason="Still.", **who(cast.administrator))


def test_only_one_renewal_waits_at_a_time(active, asked, cast):
    with pytest.raises(Refused, match="waits for approval already"):
        renewal_propose(entry=active, until=later(91), reason="Again.", **who(cast.administrator))


def test_a_renewal_that_is_turned_down_is_gone_and_can_be_asked_for_again(active, asked, cast):
    renewal_drop(renewal=asked, actor=Actor.from_person(cast.administrator))
    assert not Renewal.objects.exists()
    assert renewal_propose(entry=active, until=later(91), reason="Again.", **who(cast.administrator))


def test_changed_words_take_a_waiting_renewal_with_them(active, asked, cast):
    active.refresh_from_db()
    active.basis = "Another order"
    entry_change(entry=active, schools=[], **who(cast.administrator))
    assert not Renewal.objects.exists()


def test_a_withdrawn_entry_keeps_no_reasons_of_renewals(active, asked, cast):
    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    assert not Renewal.objects.exists()
    with pytest.raises(Refused, match="has ended"):
        renewal_approve(renewal=asked, **who(cast.administrator))


def test_a_proposed_withdrawal_marks_the_entry_until_somebody_decides(active, cast):
    actor = Actor.from_person(cast.administrator)
    withdrawal_propose(entry=active, reason="No longer in the list.", actor=actor)
    assert Entry.objects.active().get().withdrawal_proposed == "No longer in the list."
    with pytest.raises(Refused, match="Say why"):
        withdrawal_decline(entry=active, reason="", actor=actor)
    withdrawal_decline(entry=active, reason="The list was wrong.", actor=actor)
    assert Entry.objects.active().get().withdrawal_proposed == ""
    assert AccessRecord.objects.filter(action="kept", reason="The list was wrong.").exists()


def test_a_refused_renewal_comes_back_with_its_reason(active, cast):
    client = signed_in(cast.administrator)
    words = {"until_0": "2099-01-01", "until_1": "10:00:00", "reason": "The order was extended."}
    page = client.post(f"/admin/watchlist/entry/{active.pk}/renew/", words)
    assert page.status_code == 200
    assert "at most 365 days" in page.content.decode()
    assert page.context["form"]["reason"].value() == "The order was extended."


def test_a_refusal_after_the_forms_own_checks_keeps_what_was_typed(monkeypatch, north, cast):
    def refuse(**_values):
        raise Refused("Somebody was faster.")

    monkeypatch.setattr("watchlist.desk.authorisations.authorisation_sign", refuse)
    client = signed_in(cast.system_administrator)
    words = {"school": north.pk, "categories": [1], "law": "Resolution 12"}
    words |= {"valid_from_0": "2026-01-01", "valid_from_1": "00:00", "valid_until_0": "2099-01-01"}
    page = client.post("/admin/watchlist/authorisation/add/", words | {"valid_until_1": "00:00"})
    form = page.context["adminform"].form
    assert form.non_field_errors() == ["Somebody was faster."]
    assert form["law"].value() == "Resolution 12"
