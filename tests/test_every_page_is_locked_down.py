"""What every page has in common, whoever looks: a strict content security policy, and nothing that it would forbid.

And every route that changes what is hard to undo asks who it is once more. Both go by the tables of the permission
matrix, so that a new page is looked at without being named here.
"""

import re
import time

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from lockport.step_up import PROVED_AT, STEP_UP_SECONDS
from tests.conftest import Cast
from tests.permission_tables import ADMIN, ANONYMOUS, PAGES
from tests.test_permission_matrix import address, doors, names, rows  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

NONCE = re.compile(r"'nonce-([^']+)'")
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
INLINE = re.compile(r"<[^>]+\s(?:style|on\w+)\s*=|<style\b|javascript:", re.IGNORECASE)


def assert_locked_down(answer: HttpResponse, place: str) -> None:
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy, place
    assert answer.headers["X-Frame-Options"] == "DENY" and answer.headers["X-Content-Type-Options"] == "nosniff", place
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    text = answer.content.decode()
    nonce = NONCE.search(policy)
    for attributes in SCRIPT.findall(text):
        named = 'src="' in attributes or 'type="application/json"' in attributes
        assert named or (nonce and f'nonce="{nonce[1]}"' in attributes), f"{place}: <script{attributes}>"
    assert not INLINE.search(text), f"{place}: {INLINE.search(text)}"


def test_no_page_needs_more_than_the_policy_allows(rows: dict[str, int], doors: dict[str, Client]):  # noqa: F811
    seen = 0
    for name, route in PAGES.items():
        place = address(name, rows)
        people = [min(who) for who in route.get.values()] + ["outsider", ANONYMOUS]
        for person in dict.fromkeys(people):
            answer = doors[person].get(place)
            assert_locked_down(answer, f"{place} as {person}")
            seen += answer.status_code == 200
    assert seen > 30


@pytest.mark.parametrize("model", ADMIN)
def test_no_page_of_the_admin_does_either(model: str, rows: dict[str, int], doors: dict[str, Client]):  # noqa: F811
    person = doors[min(ADMIN[model].add or ADMIN[model].see)]
    for name in names():
        if name.startswith(f"admin:{model}_") and not name.endswith("_preview"):
            needs_a_row = not name.endswith(("_changelist", "_add", "_import"))
            place = reverse(name, args=[rows[model]] if needs_a_row else [])
            assert_locked_down(person.get(place), place)
            assert_locked_down(person.post(place), f"{place}, posted")


# What asks again whatever is posted: exports, holds, approvals, grants, and the glass.
STEPS_UP = {
    "cameras:export": "north_principal",
    "cameras:export-decision": "north_security",
    "alerts:clip-export": "north_principal",
    "retention:holds": "privacy_officer",
    "retention:approve": "privacy_officer",
    "retention:end": "privacy_officer",
    "audit:export": "privacy_officer",
    "audit:review": "privacy_officer",
    "watchlist:break-glass": "north_principal",
    "admin:watchlist_entry_approve": "administrator",
    "admin:watchlist_entry_renewal": "administrator",
    "admin:watchlist_authorisation_approve": "superuser",
    "admin:watchlist_appeal_answer": "administrator",
    "admin:watchlist_category_change": "administrator",
    "admin:auth_user_grants": "system_administrator",
    "admin:auth_user_change": "system_administrator",
    "admin:auth_user_password_change": "system_administrator",
    "admin:auth_user_welcome": "system_administrator",
    "admin:auth_user_add": "system_administrator",
}


@pytest.mark.parametrize("name", STEPS_UP)
def test_what_is_hard_to_undo_asks_again_after_five_minutes(
    name: str,
    cast: Cast,
    rows: dict[str, int],  # noqa: F811
):
    client = Client()
    client.force_login(getattr(cast, STEPS_UP[name]))
    session = client.session
    session[PROVED_AT] = time.time() - STEP_UP_SECONDS - 1
    session.save()
    model = name.removeprefix("admin:").rpartition("_")[0].removesuffix("_password")
    arguments = [] if name.endswith("_add") else [rows.get(model)]
    place = reverse(name, args=arguments) if name.startswith("admin:") else address(name, rows)
    ask = client.get if name == "audit:export" else client.post
    answer = ask(place, {"answer": "agree", "read": "yes", "reason": "x" * 30, "format": "csv"})
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/again/"), place


def test_the_routes_that_approve_export_or_grant_are_all_named_above():
    telling = re.compile(r"approve|export$|export-decision|grants|holds|renewal$|break-glass|password_change$")
    found = {name for name in names() if telling.search(name)} - {"admin:password_change"}
    assert found <= set(STEPS_UP), found - set(STEPS_UP)
