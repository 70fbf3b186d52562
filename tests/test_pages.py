"""Every page, as rows are added: it asks the database no more questions, and stays under 100 KB without pictures."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.conftest import Cast
from tests.permission_tables import ADMIN, PAGES
from tests.plenty import more_of_everything
from tests.test_permission_matrix import address, doors, names, rows  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

LARGEST = 100_000
FEW, MORE = 2, 10
# Files and streams, not pages.
UNCOUNTED = {"alerts:stream", "alerts:clip", "audit:export"}
# Compares a face with everybody on the list, and asks for each one whether its key still exists.
COMPARES_EVERYBODY = {"admin:watchlist_entry_approve"}
# What the review room's pages may ask in all, the record of the look among it: fewer is better, more wants a reason.
# (Two of them ask whether anybody is looked for at all: the top of every page says so where nobody is.)
MOST_QUESTIONS = {
    "alerts:queue": 24,  # one of them: is anybody left who could answer what this person has answered
    "alerts:alert": 21,
    "alerts:card": 12,
    "alerts:figures": 19,
    "alerts:map": 17,
    "alerts:notifications": 19,
    "cameras:cameras": 16,
    "cameras:state": 9,
}


def pages_of(rows: dict[str, int]) -> Iterator[tuple[str, str, str]]:  # noqa: F811
    """Every page with a person who may open it: name, address, person."""
    for name, route in PAGES.items():
        people = sorted(route.get.get(200, ())) or (["north_principal"] if route.others == 200 else [])
        if people and name not in UNCOUNTED:
            yield name, address(name, rows), people[0]
    for name in names():
        model = next((model for model in ADMIN if name.startswith(f"admin:{model}_")), None)
        if model is None or name.endswith("_delete"):
            continue
        is_list = name.endswith(("_changelist", "_add", "_import"))
        people = sorted(ADMIN[model].add if name.endswith("_add") else ADMIN[model].see)
        if people and not name.endswith("_preview"):
            yield name, reverse(name, args=[] if is_list else [rows[model]]), people[0]


def questions(client: Client, place: str) -> tuple[list[str], HttpResponse]:
    """What a page that has been opened before asks. Records of the look are not counted: a long list takes several."""
    client.get(place)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(place)
    return [each["sql"] for each in asked if 'INSERT INTO "audit_accessrecord"' not in each["sql"]], answer


def test_no_page_asks_more_or_grows_too_large_as_rows_are_added(
    cast: Cast,
    rows: dict[str, int],  # noqa: F811
    doors: dict[str, Client],  # noqa: F811
    front_door,
):
    more_of_everything(cast, front_door, FEW)
    before = {place: questions(doors[person], place)[0] for _, place, person in pages_of(rows)}
    more_of_everything(cast, front_door, MORE)
    slower, large = {}, {}
    for name, place, person in pages_of(rows):
        asked, answer = questions(doors[person], place)
        most = len(before[place]) + (MORE if name in COMPARES_EVERYBODY else 0)
        if len(asked) > most:
            slower[name] = f"{len(before[place])} queries, then {len(asked)}; the last: {asked[-2][:300]}"
        if answer.get("Content-Type", "").startswith("text/html") and len(answer.content) > LARGEST:
            large[name] = len(answer.content)
    assert len(before) > 60
    assert not slower, "\n".join(f"{name}: {words}" for name, words in slower.items())
    assert not large, f"bytes: {large}"


def test_the_review_room_asks_no_more_than_it_did(
    cast: Cast,
    rows: dict[str, int],  # noqa: F811
    doors: dict[str, Client],  # noqa: F811
    front_door,
):
    more_of_everything(cast, front_door, FEW)
    asked = {}
    for name in MOST_QUESTIONS:
        place = address(name, rows)
        doors["north_principal"].get(place)
        with CaptureQueriesContext(connection) as captured:
            assert doors["north_principal"].get(place).status_code == 200, name
        asked[name] = len(captured)
    over = {name: number for name, number in asked.items() if number > MOST_QUESTIONS[name]}
    assert not over, f"{over}; all of them: {asked}"
