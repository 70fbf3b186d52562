"""The privacy officer's room: what it shows, to whom, and that reading it is written in it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from audit import views
from audit.models import AccessRecord, Finding
from audit.services import Actor, record_access
from audit.state import LogState
from tests.audit.records import MORNING, keep
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
LOG = "/log/"


@pytest.fixture
def officer(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.privacy_officer)
    return client


def own_records(cast: Cast) -> list[tuple[str, str, str]]:
    rows = AccessRecord.objects.filter(actor_id=cast.privacy_officer.pk).exclude(action__startswith="signed")
    return list(rows.order_by("pk").values_list("action", "subject", "reason"))


def test_the_log_reads_in_sentences_with_day_time_and_zone(officer: Client, cast: Cast):
    keep()
    page = officer.get(LOG).content.decode()
    assert "Wednesday, 18 November 2026" in page
    assert "08:14:00 EST" in page
    for part in ("who=7", "act=looked+at", "subject=alert+1042", "school=North+Park"):
        assert f'href="?{part}&amp;zone=America%2FNew_York"' in page


def test_a_school_in_another_zone_shows_its_own_time_too(officer: Client, cast: Cast):
    keep(school="South Hill")
    page = officer.get(LOG, {"zone": "America/New_York"}).content.decode()
    assert "08:14:00 EST" in page and "07:14:00 CST there" in page


def test_reading_the_log_is_recorded_once_with_what_was_asked_for(officer: Client, cast: Cast):
    maria = cast.north_principal.pk
    officer.get(LOG, {"who": str(maria), "school": "North Park"})
    reason = f"acts of Maria Lopez (account {maria}), at North Park"
    nothing = ("looked at", "the access log, records: nothing in it", "")
    assert own_records(cast) == [("looked at", "the access log", reason), nothing]


def test_which_records_were_shown_is_recorded_those_of_broken_glass_too(officer: Client, cast: Cast):
    glass = keep(action="broke the glass", at=timezone.now() - timedelta(hours=1))
    other = [keep(subject_id=str(number)).pk for number in range(3)]
    officer.get(LOG, {"subject": "alert 1"})
    assert own_records(cast)[-1][1] == f"the access log, records: {glass.pk}, {other[1]}"
    before = list(AccessRecord.objects.order_by("pk").values_list("pk", flat=True))
    officer.get(LOG)  # shows all of these and its own first record
    assert own_records(cast)[-1][1] == f"the access log, records: {before[0]}–{before[-1] + 1}"


def test_the_officers_own_look_stands_in_the_log_that_is_shown(officer: Client, cast: Cast):
    assert "looked at</a> the access log, as privacy officer: everything" in officer.get(LOG).content.decode()


def test_nothing_is_shown_that_could_not_be_recorded(officer: Client, monkeypatch):
    keep()

    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(views, "record_access", fail)
    answer = officer.get(LOG)
    assert answer.status_code == 503
    assert b"alert 1042" not in answer.content


def test_what_cannot_be_asked_is_said_and_nothing_is_shown(officer: Client):
    keep()
    answer = officer.get(LOG, {"subject": "1042"})
    assert answer.status_code == 422
    assert b"such as: alert 1042" in answer.content
    assert b"Front door" not in answer.content


def test_the_page_holds_fifty_and_leads_to_the_older_ones(officer: Client, cast: Cast):
    for minutes in range(60):
        keep(at=MORNING - timedelta(minutes=minutes), subject_id=str(minutes), subject=f"alert {minutes}")
    first = officer.get(LOG, {"school": "North Park"})
    assert len(first.context["rows"]) == 50
    second = officer.get(f"{LOG}?{first.context['older']}")
    assert [row.record.subject for row in second.context["rows"]] == [f"alert {n}" for n in range(50, 60)]
    assert second.context["older"] == ""


def test_a_broken_place_in_the_address_shows_the_beginning(officer: Client):
    assert officer.get(LOG, {"before": "nonsense"}).status_code == 200
    for end in ("0001-01-01T00:00:00+12:00~1", "9999-12-31T23:59:59-12:00~1"):
        assert officer.get(LOG, {"before": end}).status_code == 200


def test_who_has_seen_this_person_is_answered(officer: Client, cast: Cast):
    keep()
    keep(actor_id=8, actor_name="Sam Reed")
    keep(actor_id=9, actor_name="Otto Lang", about="entry 6")
    page = officer.get(LOG, {"about": "5"}).content.decode()
    summary = page[page.index("Who has seen entry 5?") : page.index("Opening one alert makes several looks")]
    assert "Maria Lopez" in summary and "Sam Reed" in summary and "Otto Lang" not in summary


def test_what_this_user_has_seen_is_answered(officer: Client, cast: Cast):
    keep(about="entry 5")
    page = officer.get(LOG, {"who": "7"}).content.decode()
    assert "entry 5</a>: 1 look, last on 18 November 2026 at 08:14 EST" in page


def test_a_record_says_role_grants_and_whence_on_request(officer: Client, cast: Cast):
    keep(address="192.0.2.50", user_agent="A browser")
    page = officer.get(LOG).content.decode()
    for words in ("North Park; Banned by court order", "192.0.2.50", "A browser", "about=entry+5"):
        assert words in page


def test_what_somebody_wrote_is_shown_as_text(officer: Client):
    keep(reason="<script>alert(1)</script>", actor_name="<b>Maria</b>")
    page = officer.get(LOG).content.decode()
    assert "<script>alert(1)" not in page and "<b>Maria" not in page


def test_the_first_line_says_whether_the_log_is_whole(officer: Client, monkeypatch):
    monkeypatch.setattr(views, "log_state", lambda: LogState(ok=True, words="The log is complete and unbroken."))
    assert b"The log is complete and unbroken." in officer.get(LOG).content
    broken = LogState(ok=False, words="The log is broken.", problems=["Record 7 is missing."])
    monkeypatch.setattr(views, "log_state", lambda: broken)
    page = officer.get(LOG).content.decode()
    assert "The log is broken." in page and "Record 7 is missing." in page and 'data-level="bad"' in page


def test_what_is_worth_a_look_stands_beside_the_log_until_it_is_reviewed(officer: Client):
    words = "Maria Lopez used something of North Park at night, once, first at 02:14 EST."
    Finding.objects.create(
        rule="night", key="7", actor_id=7, actor_name="Maria Lopez", words=words, first_at=MORNING, last_at=MORNING
    )
    page = officer.get(LOG).content.decode()
    assert words in page
    assert "/log/?who=7&amp;since=2026-11-18&amp;until=2026-11-18&amp;zone=America%2FNew_York" in page


def test_a_broken_glass_is_shown_before_everything_else(officer: Client, cast: Cast):
    record_access(
        actor=Actor.from_person(cast.superuser), action="broke the glass", subject="North Park", reason="fire"
    )
    page = officer.get(LOG).content.decode()
    assert page.index("The glass was broken") < page.index("Everything, newest first")
    keep(action="broke the glass", at=timezone.now() - timedelta(days=2))
    assert officer.get(LOG).content.decode().count("The glass was broken") == 1


def test_the_officer_comes_to_the_room_after_signing_in_and_finds_it_in_the_rail(client: Client, cast: Cast):
    answer = client.post("/sign-in/", {"username": "priya", "password": "correct horse battery staple"}, follow=True)
    assert answer.redirect_chain[-1][0] == LOG
    assert b'href="/log/" aria-current="page"' in answer.content


def test_reviewers_find_no_way_to_the_log(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    assert b"/log/" not in client.get("/").content
    assert client.get(LOG).status_code == 403


def test_a_rows_school_person_and_grants_are_copied_into_the_record(cast: Cast, alert):
    row = record_access(actor=Actor.from_person(cast.north_principal), action="looked at", subject=alert)
    assert (row.school, row.about) == ("North Park", f"entry {alert.entry_id}")
    assert row.grant == f"North Park; {alert.category}"
    by_a_worker = record_access(actor=Actor.worker(), action="raised", subject=alert)
    assert (by_a_worker.school, by_a_worker.grant) == ("North Park", "")


def test_a_grant_that_is_not_held_is_not_said_to_be_relied_on(cast: Cast, alert):
    row = record_access(actor=Actor.from_person(cast.south_principal), action="decided", subject=alert)
    assert row.grant == alert.category.name
