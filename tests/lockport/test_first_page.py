"""Where somebody begins, and where "back to the start" leads: a page that they may open."""

import pytest
from django.test import Client

from tests.conftest import Cast, signed_in

pytestmark = pytest.mark.django_db

FIRST = {
    "north_principal": "/",
    "north_guard": "/",
    "administrator": "/admin/",
    "privacy_officer": "/log/",
    "system_administrator": "/cameras/",
    "outsider": "/account/second-factor/",
}


@pytest.mark.parametrize("name", FIRST)
def test_the_start_is_a_page_that_this_person_may_open(name: str, cast: Cast):
    client = signed_in(getattr(cast, name))
    assert client.get("/start/")["Location"] == FIRST[name]
    assert client.get(FIRST[name]).status_code == 200


def test_a_page_that_is_refused_says_in_words_what_the_role_does_not_allow_and_leads_back(cast: Cast):
    client = signed_in(cast.administrator)
    refused = client.get("/log/")
    shown = refused.content.decode()
    assert refused.status_code == 403
    assert "Your role does not let you: see access records (audit.view_accessrecord)" in shown
    assert 'href="/start/"' in shown and 'href="/"' not in shown


def test_whoever_is_not_signed_in_signs_in_first(client: Client, db):
    assert client.get("/start/")["Location"].startswith("/sign-in/")
