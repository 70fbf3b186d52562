"""What the room reads: newest first, whatever is asked for, and never more than it must."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import room
from audit.filters import Filter
from tests.audit.records import MORNING, keep, minutes_ago

pytestmark = pytest.mark.django_db


def read_all(wanted: Filter, size: int) -> list[int]:
    """The numbers of all records, read page by page."""
    found, before = [], None
    for _ in range(100):
        page = room.page(wanted, before, size)
        found += [row.pk for row in page.records]
        before = page.following
        if not before:
            return found
    raise AssertionError("the log has no end")


def test_pages_follow_each_other_without_a_gap_or_a_repetition_also_within_one_moment():
    rows = [keep(at=minutes_ago(minutes)) for minutes in (9, 3, 3, 3, 3, 1)]
    newest_first = [row.pk for row in sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)]
    for size in (1, 2, 3, 6, 7):
        assert read_all(Filter(), size) == newest_first


ASKED = [
    ({"who": "7"}, {"actor_id": 8}),
    ({"who": "worker"}, {"actor_id": 7}),
    ({"about": "entry 5"}, {"about": "entry 55"}),
    ({"subject": "alert 1042"}, {"subject_id": "10"}),
    ({"subject": "alert 1042"}, {"subject_kind": "camera"}),
    ({"school": "North Park"}, {"school": "South Hill"}),
    ({"act": "looked at"}, {"action": "decided"}),
    ({"act": "look"}, {"action": "decided"}),
    ({"result": "refused"}, {"result": "done"}),
    ({"since": date(2026, 11, 18)}, {"at": MORNING - timedelta(days=1)}),
    ({"until": date(2026, 11, 18)}, {"at": MORNING + timedelta(days=1)}),
]


@pytest.mark.parametrize(("asked", "other"), ASKED)
def test_each_filter_shows_what_is_asked_for_and_nothing_else(asked, other):
    like = {"actor_id": None, "actor_kind": "worker"} if asked.get("who") == "worker" else {}
    like |= {"result": "refused"} if "result" in asked else {}
    wanted = keep(**like)
    keep(**(like | other | ({"actor_kind": "person"} if asked.get("who") == "worker" else {})))
    assert [row.pk for row in room.page(Filter(**asked)).records] == [wanted.pk]


def test_a_kind_of_act_shows_all_its_actions_in_one_order():
    rows = [
        keep(action=action, at=minutes_ago(number))
        for number, action in enumerate(["looked at", "looked at the face of", "looked at", "followed"])
    ]
    keep(action="decided", at=minutes_ago(2))
    for size in (1, 3, 10):
        assert read_all(Filter(act="look"), size) == [row.pk for row in rows]


def test_several_conditions_are_looked_for_only_so_far_and_the_page_says_how_far(monkeypatch):
    monkeypatch.setattr(room, "MOST_WALKED", 5)
    rare = keep(actor_id=8, at=minutes_ago(100))
    for minutes in range(20):
        keep(at=minutes_ago(minutes))
        keep(actor_id=8, school="South Hill", at=minutes_ago(minutes))
    wanted = Filter(who="8", school="North Park")
    first = room.page(wanted)
    assert (first.records, first.looked_back_to) == ([], minutes_ago(5))
    assert read_all(wanted, 10) == [rare.pk]


def test_several_conditions_find_everything_however_the_rows_are_mixed(monkeypatch):
    monkeypatch.setattr(room, "MOST_WALKED", 3)
    rows = [
        keep(actor_id=7 + n % 3, school=("North Park", "South Hill")[n % 2], at=minutes_ago(n // 2)) for n in range(60)
    ]
    wanted = [row for row in rows if row.actor_id == 8 and row.school == "South Hill"]
    assert read_all(Filter(who="8", school="South Hill", act="look"), 2) == [
        row.pk for row in sorted(wanted, key=lambda row: (row.at, row.pk), reverse=True)
    ]


def test_the_log_is_neither_counted_nor_skipped_through():
    for minutes in range(60):
        keep(at=minutes_ago(minutes))
    second = room.page(Filter()).following
    with CaptureQueriesContext(
        connection,
    ) as queries:
        room.page(Filter(who="7"), second)
    assert len(queries) == 1
    assert "OFFSET" not in queries[0]["sql"] and "COUNT" not in queries[0]["sql"]


def test_who_has_seen_this_person_counts_looks_and_not_other_acts():
    for minutes in (1, 2, 3):
        keep(at=minutes_ago(minutes))
    keep(actor_id=8, actor_name="Sam Reed", at=minutes_ago(4))
    keep(actor_id=9, actor_name="Ada Stone", action="approved")
    keep(actor_id=10, actor_name="Peter Young", result="refused")
    keep(actor_id=11, actor_name="Otto Lang", about="entry 6")
    tallies = room.seen_by(Filter(about="entry 5"))
    assert [(tally.name, tally.value, tally.count) for tally in tallies] == [
        ("Maria Lopez", "7", 3),
        ("Sam Reed", "8", 1),
    ]
    assert (tallies[0].first, tallies[0].last) == (minutes_ago(3), minutes_ago(1))


def test_what_this_user_has_seen_is_counted_by_enrolled_person():
    keep(about="entry 5"), keep(about="entry 5"), keep(about="entry 6"), keep(about="")
    keep(about="entry 7", actor_id=8)
    assert [(tally.name, tally.count) for tally in room.has_seen(Filter(who="7"))] == [("entry 5", 2), ("entry 6", 1)]


@pytest.mark.parametrize(
    "text", ["", "~", "2026-11-18~5", "2026-11-18T08:00:00+00:00", "x~1", "2026-11-18T08:00:00Z~a"]
)
def test_what_is_no_place_in_the_log_is_refused(text):
    with pytest.raises(ValueError):
        room.Cursor.parse(text)


def test_a_place_in_the_log_survives_the_address():
    cursor = room.Cursor(MORNING, 7)
    assert room.Cursor.parse(str(cursor)) == cursor
