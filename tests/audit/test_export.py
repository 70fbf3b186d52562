"""A copy of the log: all that was asked for, written down before its first byte, and harmless to open."""

import csv
import io
import json
import time
import tracemalloc

import pytest
from django.db import DatabaseError
from django.test import Client

from audit import export, room, views
from audit.filters import Filter
from audit.models import AccessRecord
from lockport import step_up
from tests.audit.records import MORNING, keep, minutes_ago, record
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
EXPORT = "/log/export"


@pytest.fixture
def officer(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.privacy_officer)
    return client


def text(answer) -> str:
    return b"".join(answer).decode()


def test_the_table_holds_all_that_was_asked_for_and_nothing_else(officer: Client, monkeypatch):
    monkeypatch.setattr(room, "MOST_WALKED", 3)
    wanted = [keep(at=minutes_ago(n), reason='said "no", then left') for n in range(12)]
    keep(school="South Hill")
    rows = list(csv.DictReader(io.StringIO(text(officer.get(EXPORT, {"format": "csv", "school": "North Park"})))))
    assert [int(row["id"]) for row in rows] == [row.pk for row in wanted]
    assert rows[0]["at"] == "2026-11-18T13:14:00+00:00"
    assert (rows[0]["grant"], rows[0]["about"]) == ("North Park; Banned by court order", "entry 5")
    assert rows[0]["sentence"].startswith("Maria Lopez looked at alert 1042, Front door, as principal of North Park")


def test_json_says_the_same(officer: Client):
    row = keep(actor_name="Zoë", actor_id=7007)  # a number that the officer, who acts as well, does not have
    answer = officer.get(EXPORT, {"format": "json", "who": "7007"})
    assert answer["Content-Type"] == "application/json"
    (found,) = json.loads(text(answer))
    assert (found["id"], found["actor_name"], found["address"]) == (row.pk, "Zoë", None)


def test_an_empty_copy_is_still_a_table_and_an_array(officer: Client):
    assert json.loads(text(officer.get(EXPORT, {"format": "json", "who": "99"}))) == []
    assert len(text(officer.get(EXPORT, {"format": "csv", "who": "99"})).splitlines()) == 1


def test_the_copy_is_recorded_before_it_begins_and_is_not_in_itself(officer: Client, cast: Cast):
    keep()
    answer = officer.get(EXPORT, {"format": "csv", "school": "North Park"})
    taken = AccessRecord.objects.get(action="exported")  # nothing has been read yet
    assert (taken.actor_id, taken.subject, taken.reason) == (
        cast.privacy_officer.pk,
        "the access log",
        "CSV of at North Park",
    )
    assert "exported" not in text(answer)


def test_no_copy_leaves_that_could_not_be_recorded(officer: Client, monkeypatch):
    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(views, "record_access", fail)
    assert officer.get(EXPORT, {"format": "csv"}).status_code == 503


def test_a_copy_asks_for_a_recent_sign_in(officer: Client, monkeypatch):
    later = time.time() + step_up.STEP_UP_SECONDS + 5
    monkeypatch.setattr(step_up.time, "time", lambda: later)
    answer = officer.get(EXPORT, {"format": "csv"})
    assert answer.status_code == 302 and "/sign-in/" in answer["Location"]
    assert not AccessRecord.objects.filter(action="exported").exists()


@pytest.mark.parametrize("query", [{}, {"format": "xml"}, {"format": "csv", "who": "x"}])
def test_there_is_no_copy_of_anything_else(officer: Client, query):
    assert officer.get(EXPORT, query).status_code == 404


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_spreadsheet_does_not_compute_what_somebody_typed(name):
    lines = "".join(export.as_csv([[record(actor_name=name, reason=name)]]))
    (row,) = csv.DictReader(io.StringIO(lines, newline=""))
    assert row["actor_name"] == row["reason"] == f"'{name}"


def test_memory_does_not_grow_with_the_copy():
    def peak(pieces: int) -> int:
        tracemalloc.start()
        try:
            made = ([record(reason="x" * 300, pk=n) for n in range(500)] for _ in range(pieces))
            for _ in export.as_csv(made):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(2), peak(20)
    assert many < few * 1.5


def test_everything_is_read_in_pieces():
    for n in range(25):
        keep(at=minutes_ago(n))
    pieces = list(room.everything(Filter(), until=room.Cursor(MORNING, 10**9), size=10))
    assert [len(piece) for piece in pieces] == [10, 10, 5]
