from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from audit.sentences import Part, clock, day, plain, sentence
from tests.audit.records import MORNING, record

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Maria Lopez looked at alert 1042, Front door, as principal of North Park"),
        ({"grant": ""}, "Maria Lopez looked at alert 1042, Front door, as principal, at North Park"),
        (
            {"action": "looked at the face of"},
            "Maria Lopez looked at the camera's picture of the face of alert 1042, Front door, "
            "as principal of North Park",
        ),
        (
            {"action": "decided", "result": "refused"},
            "Maria Lopez tried to answer alert 1042, Front door, as principal of North Park, and was refused",
        ),
        (
            {"subject_kind": "photograph", "subject": "photograph 3 of entry 5 (b2a97777-d80a-44b3-a058-ae2f0ce58a2e)"},
            "Maria Lopez looked at photograph 3 of entry 5, as principal of North Park",
        ),
        (
            {"action": "decided", "reason": "Same person."},
            "Maria Lopez answered alert 1042, Front door, as principal of North Park: Same person",
        ),
        (
            {"actor_kind": "worker", "actor_id": None, "actor_name": "worker on box", "role": "", "action": "raised"},
            "The worker on box raised alert 1042, Front door, at North Park",
        ),
        (
            {
                "actor_kind": "command",
                "actor_id": None,
                "actor_name": "root on box",
                "role": "manage.py demo",
                "action": "added",
                "subject": "North Park",
                "subject_kind": "school",
            },
            "root on box, at the command line, added North Park",
        ),
        (
            {
                "action": "signed in",
                "subject_kind": "user",
                "subject_id": "7",
                "subject": "maria",
                "school": "",
                "role": "",
            },
            "Maria Lopez signed in",
        ),
        (
            {
                "actor_kind": "stranger",
                "actor_id": None,
                "actor_name": "Somebody not signed in",
                "role": "",
                "action": "signed in",
                "result": "refused",
                "subject_kind": "user",
                "subject_id": "7",
                "subject": "maria",
                "school": "",
            },
            "Somebody not signed in tried to sign in as maria, and was refused",
        ),
        (
            {
                "subject_kind": "",
                "subject_id": "",
                "subject": "the access log",
                "school": "",
                "role": "Privacy officer",
            },
            "Maria Lopez looked at the access log, as privacy officer",
        ),
    ],
)
def test_a_record_reads_as_a_plain_sentence(changes, words):
    assert plain(record(**changes)) == words


def test_person_act_subject_and_school_can_be_filtered_by():
    named = [part for part in sentence(record()) if part.name]
    assert named == [
        Part("Maria Lopez", "who", "7"),
        Part("looked at", "act", "looked at"),
        Part("alert 1042, Front door", "subject", "alert 1042"),
        Part("North Park", "school", "North Park"),
    ]


def test_a_refusal_can_be_filtered_by():
    assert Part("refused", "result", "refused") in sentence(record(result="refused"))


def test_times_name_their_zone_and_keep_it_over_the_change_of_clocks():
    assert clock(MORNING, NEW_YORK) == "08:14:00 EST"
    assert clock(MORNING - timedelta(days=30), NEW_YORK) == "09:14:00 EDT"
    assert day(MORNING, NEW_YORK) == "Wednesday, 18 November 2026"
