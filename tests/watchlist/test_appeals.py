"""Appeals: two clocks, an answer by somebody else, and what upholding one does."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor
from tests.conftest import signed_in
from watchlist.appeals import appeal_acknowledge, appeal_answer, appeal_record
from watchlist.models import Entry
from watchlist.papers import Appeal
from watchlist.refusals import Refused
from watchlist.services import entry_withdraw

pytestmark = pytest.mark.django_db


def who(person) -> dict:
    return {"by": person, "actor": Actor.from_person(person)}


def received(entry: Entry, cast, *, days_ago: float = 0) -> Appeal:
    at = timezone.now() - timedelta(days=days_ago)
    return appeal_record(entry=entry, received_at=at, statement="I am Robin's twin.", **who(cast.administrator))


@pytest.fixture
def appeal(active, cast) -> Appeal:
    return received(active, cast)


@pytest.mark.parametrize(
    ("days", "acknowledged", "overdue", "next_act"),
    [
        (6.9, False, False, "acknowledge"),
        (7.1, False, True, "acknowledge"),
        (7.1, True, False, "answer"),
        (29.9, True, False, "answer"),
        (30.1, True, True, "answer"),
    ],
)
def test_the_clocks_run_from_the_day_it_was_received(active, cast, days, acknowledged, overdue, next_act):
    row = received(active, cast, days_ago=days)
    if acknowledged:
        row = appeal_acknowledge(appeal=row, actor=Actor.from_person(cast.administrator))
    assert (row.is_overdue, row.next_clock[0]) == (overdue, next_act)
    assert Appeal.objects.overdue().exists() == overdue


def test_an_answered_appeal_has_no_clock(appeal, cast):
    Appeal.objects.update(received_at=timezone.now() - timedelta(days=60))
    row = appeal_answer(appeal=appeal, outcome="rejected", answer="It is you.", **who(cast.second_administrator))
    assert (row.next_clock, row.is_overdue) == (None, False)
    assert not Appeal.objects.overdue().exists()


def test_upholding_withdraws_the_entry_and_forgets_what_was_said(appeal, cast):
    appeal_answer(appeal=appeal, outcome="upheld", answer="You are the twin.", **who(cast.second_administrator))
    row = Appeal.objects.get()
    assert Entry.objects.get().status == Entry.Status.WITHDRAWN
    assert (row.statement, row.outcome) == ("", "upheld")
    assert AccessRecord.objects.filter(action="withdrew", reason=f"Appeal {row.pk} was upheld.").exists()


def test_rejecting_keeps_the_entry_and_what_was_said_until_the_entry_ends(appeal, active, cast):
    appeal_answer(appeal=appeal, outcome="rejected", answer="It is you.", **who(cast.second_administrator))
    assert Entry.objects.active().exists()
    assert Appeal.objects.get().statement == "I am Robin's twin."
    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    assert Appeal.objects.get().statement == ""


def test_an_open_appeal_outlives_the_entry_and_is_still_answered(appeal, active, cast):
    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    assert Appeal.objects.open().get().statement == "I am Robin's twin."
    row = appeal_answer(
        appeal=appeal, outcome="upheld", answer="It has ended already.", **who(cast.second_administrator)
    )
    assert row.statement == ""


def test_whoever_proposed_the_entry_does_not_answer(appeal, cast):
    with pytest.raises(Refused, match="somebody else must answer"):
        appeal_answer(appeal=appeal, outcome="rejected", answer="No.", **who(cast.administrator))


@pytest.mark.parametrize(("outcome", "answer"), [("", "Reasons"), ("perhaps", "Reasons"), ("upheld", " ")])
def test_an_answer_needs_an_outcome_and_reasons(appeal, cast, outcome, answer):
    with pytest.raises(Refused):
        appeal_answer(appeal=appeal, outcome=outcome, answer=answer, **who(cast.second_administrator))
    assert Appeal.objects.open().exists()


def test_nothing_is_answered_or_acknowledged_twice(appeal, cast):
    actor = Actor.from_person(cast.second_administrator)
    appeal_acknowledge(appeal=appeal, actor=actor)
    with pytest.raises(Refused, match="already"):
        appeal_acknowledge(appeal=appeal, actor=actor)
    appeal_answer(appeal=appeal, outcome="rejected", answer="It is you.", **who(cast.second_administrator))
    with pytest.raises(Refused, match="already"):
        appeal_answer(appeal=appeal, outcome="upheld", answer="Sorry.", **who(cast.second_administrator))


def test_an_appeal_from_tomorrow_is_refused(active, cast):
    with pytest.raises(Refused, match="lies ahead"):
        received(active, cast, days_ago=-1)


def test_what_was_said_lies_sealed_in_the_database(appeal):
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM watchlist_appeal")
        assert b"twin" not in bytes(cursor.fetchone()[0])


def test_the_privacy_officer_sees_the_clocks_and_no_name(active, cast):
    row = received(active, cast, days_ago=8)
    client = Client()
    client.force_login(cast.privacy_officer)
    page = client.get("/watchlist/appeals/").content.decode()
    assert "overdue" in page
    assert "Banned from school property" in page
    assert "Robin" not in page and "twin" not in page
    said = f"clocks of the appeals: {row.pk}"
    assert AccessRecord.objects.filter(actor_id=cast.privacy_officer.pk, subject=said).exists()


def test_the_desk_shows_what_is_overdue_and_answers(active, cast):
    row = received(active, cast, days_ago=8)
    client = Client()
    client.force_login(cast.second_administrator)
    assert "overdue: acknowledge was due" in client.get("/admin/watchlist/appeal/").content.decode()
    place = f"/admin/watchlist/appeal/{row.pk}/answer/"
    assert "twin" in client.get(place).content.decode()
    client.post(place, {"acknowledge": "1"})
    assert Appeal.objects.get().acknowledged_at is not None
    client.post(place, {"outcome": "upheld", "answer": "You are the twin."})
    assert Entry.objects.get().status == Entry.Status.WITHDRAWN


def test_an_appeal_is_recorded_from_the_page_of_the_entry(active, cast):
    client = Client()
    client.force_login(cast.administrator)
    now = timezone.now().astimezone(ZoneInfo("America/New_York")) - timedelta(minutes=1)
    words = {"received_at_0": f"{now:%Y-%m-%d}", "received_at_1": f"{now:%H:%M:%S}", "statement": "Not me."}
    client.post(f"/admin/watchlist/entry/{active.pk}/appeal/", words)
    assert Appeal.objects.get().statement == "Not me."
    assert "✉ appeal" in client.get("/admin/watchlist/entry/").content.decode()


def test_the_page_of_an_appeal_shows_both_clocks_and_says_what_upholding_destroys(active, cast):
    client = Client()
    client.force_login(cast.second_administrator)
    who = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    appeal = appeal_record(entry=active, received_at=timezone.now(), statement="Not me. Call 555-0100.", **who)
    place = f"/admin/watchlist/appeal/{appeal.pk}/answer/"
    shown = " ".join(client.get(place).content.decode().split())
    assert "acknowledge by" in shown and "answer by" in shown
    assert "Write down first where the reasons are to be sent" in shown
    told = client.post(place, {"acknowledge": "1"}, follow=True)
    assert re.search(r"will be answered by \d{4}-\d\d-\d\d \d\d:\d\d E[SD]T", told.content.decode())
    client.post(place, {"outcome": "upheld", "answer": "The photographs were compared again."})
    assert "Forgotten: the appeal is answered" in client.get(place).content.decode()
    assert "Olvidado" in client.get(place, headers={"accept-language": "es"}).content.decode()


def test_a_refused_appeal_comes_back_with_what_was_typed(active, cast):
    client = signed_in(cast.administrator)
    words = {"received_at_0": "2099-01-01", "received_at_1": "10:00:00", "statement": "I am Robin's twin."}
    page = client.post(f"/admin/watchlist/entry/{active.pk}/appeal/", words)
    assert page.status_code == 200
    shown = page.content.decode()
    assert "This day lies ahead" in shown
    assert "I am Robin&#x27;s twin." in shown and 'value="2099-01-01"' in shown


def test_a_refused_answer_comes_back_with_its_reasons(appeal, cast):
    client = signed_in(cast.administrator)  # who proposed the entry
    words = {"outcome": "rejected", "answer": "Compared again."}
    page = client.post(f"/admin/watchlist/appeal/{appeal.pk}/answer/", words)
    assert page.status_code == 200
    assert "somebody else must answer" in str(page.context["form"].non_field_errors())
    assert page.context["form"]["answer"].value() == "Compared again."
