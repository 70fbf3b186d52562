"""The weekly review: all of what was pointed out, by one officer, once, and never changed."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from audit.models import AccessRecord, AppendOnly, Finding, WeeklyReview
from audit.reviews import NotSigned, bounds, review_sign, to_tick, week_of, weeks, worth_a_look
from audit.services import Actor
from lockport import step_up
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
WEEK = week_of(timezone.now().astimezone(NEW_YORK).date() - timedelta(weeks=1))
PAGE = f"/log/reviews/{WEEK}/"


@pytest.fixture
def officer(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.privacy_officer)
    return client


def finding(words: str = "Maria was there at night.", *, weeks_later: int = 0) -> Finding:
    at = bounds(WEEK, NEW_YORK)[0] + timedelta(days=2, weeks=weeks_later)
    return Finding.objects.create(rule="night", key=words, actor_name="Maria", words=words, first_at=at, last_at=at)


def sign(cast: Cast, *findings: Finding, note: str = "Looked into.", week: str = WEEK) -> WeeklyReview:
    return review_sign(
        week=week,
        zone=NEW_YORK,
        officer=cast.privacy_officer,
        ticked=[str(row.pk) for row in findings],
        note=note,
        actor=Actor.from_person(cast.privacy_officer),
    )


def test_a_week_begins_on_monday_in_the_districts_zone():
    assert bounds("2026-W47", NEW_YORK) == (
        datetime(2026, 11, 16, 5, tzinfo=UTC),
        datetime(2026, 11, 23, 5, tzinfo=UTC),
    )
    assert weeks(NEW_YORK, datetime(2026, 11, 23, 4, tzinfo=UTC))[0] == "2026-W46"  # still Sunday there
    assert weeks(NEW_YORK, datetime(2026, 11, 23, 6, tzinfo=UTC))[0] == "2026-W47"
    assert week_of(datetime(2027, 1, 1).date()) == "2026-W53"


@pytest.mark.parametrize("week", ["2026-W54", "2026-W00", "2026-47", "x", "1999-W01"])
def test_what_is_no_week_is_refused(officer: Client, north, week):
    with pytest.raises(ValueError):
        bounds(week, NEW_YORK)
    assert officer.get(f"/log/reviews/{week}/").status_code == 404


def test_a_signed_review_keeps_what_was_ticked_and_is_written_in_the_log(cast: Cast):
    row = finding()
    review = sign(cast, row, note="Spoke with Maria: a burst pipe.")
    assert (review.officer_name, review.pointed_out) == ("Priya Nair", ["Maria was there at night."])
    assert review.log_state
    signed = AccessRecord.objects.get(action="signed off")
    assert (signed.actor_name, signed.subject) == ("Priya Nair", f"review of week {WEEK}")
    assert signed.reason == "1 pointed out; Spoke with Maria: a burst pipe."
    assert worth_a_look(10) == []


@pytest.mark.parametrize("note", ["", "  ", "x" * 1001])
def test_without_a_fitting_note_nothing_is_signed(cast: Cast, note):
    with pytest.raises(NotSigned, match="note"):
        sign(cast, note=note)
    assert not WeeklyReview.objects.exists()


def test_everything_that_was_pointed_out_must_be_ticked(cast: Cast):
    first, _ = finding("one"), finding("two")
    with pytest.raises(NotSigned, match="1 of 2 are not ticked"):
        sign(cast, first)
    assert not AccessRecord.objects.filter(action="signed off").exists()


def test_a_week_that_is_not_over_cannot_be_signed(cast: Cast):
    with pytest.raises(NotSigned, match="not over"):
        sign(cast, week=week_of(timezone.now().astimezone(NEW_YORK).date()))


def test_nobody_signs_a_week_twice_but_another_officer_may(cast: Cast):
    sign(cast)
    with pytest.raises(NotSigned, match="already"):
        sign(cast)
    review_sign(
        week=WEEK,
        zone=NEW_YORK,
        officer=cast.superuser,
        ticked=[],
        note="Agreed.",
        actor=Actor.from_person(cast.superuser),
    )
    assert WeeklyReview.objects.count() == 2


def test_what_nobody_ticked_comes_up_again_and_what_is_newer_does_not(cast: Cast):
    older, newer = finding("older", weeks_later=-3), finding("newer", weeks_later=1)
    assert list(to_tick(WEEK, NEW_YORK)) == [older]
    sign(cast, older)
    after = week_of(bounds(WEEK, NEW_YORK)[1].astimezone(NEW_YORK).date())
    assert list(to_tick(after, NEW_YORK)) == [newer]


def test_a_signed_review_is_neither_changed_nor_deleted(cast: Cast):
    review = sign(cast)
    for attempt in (review.save, review.delete, WeeklyReview.objects.all().delete):
        with pytest.raises(AppendOnly), transaction.atomic():
            attempt()


@pytest.mark.parametrize("act", ["UPDATE audit_weeklyreview SET note = 'fine'", "DELETE FROM audit_weeklyreview"])
def test_the_database_itself_refuses_to_change_a_signed_review(cast: Cast, act):
    sign(cast)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_the_officer_ticks_writes_and_signs_on_the_page(officer: Client, north):
    row = finding()
    assert b"Maria was there at night." in officer.get(PAGE).content
    refused = officer.post(PAGE, {"note": "A burst pipe."})
    assert refused.status_code == 422
    assert b"1 of 1 are not ticked" in refused.content and b"A burst pipe." in refused.content
    assert officer.post(PAGE, {"note": "A burst pipe.", "ticked": [row.pk]})["Location"] == PAGE
    page = officer.get(PAGE).content.decode()
    assert "Signed by Priya Nair" in page and "A burst pipe." in page and "<textarea" not in page
    assert b"signed by Priya Nair" in officer.get("/log/reviews/").content


def test_signing_asks_for_a_recent_sign_in_and_keeps_what_was_written(officer: Client, north, monkeypatch):
    row = finding()
    later = time.time() + step_up.STEP_UP_SECONDS + 5
    with monkeypatch.context() as patch:
        patch.setattr(step_up.time, "time", lambda: later)
        answer = officer.post(PAGE, {"note": "A burst pipe.", "ticked": [row.pk]})
    assert answer.status_code == 302 and "/sign-in/" in answer["Location"]
    assert not WeeklyReview.objects.exists()
    page = officer.get(PAGE).content.decode()
    assert "A burst pipe." in page and f'value="{row.pk}" checked' in page


def test_weeks_before_the_log_began_wait_for_nobody(officer: Client, cast: Cast):
    page = officer.get("/log/reviews/").content.decode()
    assert "not signed" not in page and "first week of this log is not over yet" in page
    sign(cast)
    page = officer.get("/log/reviews/").content.decode()
    assert "signed by Priya Nair" in page and "not signed" not in page
