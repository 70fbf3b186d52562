"""What is hard to undo asks who it is again, unless that was proved within the last five minutes."""

import time

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import Client, RequestFactory

from lockport.step_up import PROVED_AT, STEP_UP_SECONDS, step_up_required
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def prove(client: Client, seconds_ago: float) -> None:
    session: SessionBase = client.session
    session[PROVED_AT] = time.time() - seconds_ago
    session.save()


def answer(client: Client, request) -> HttpResponse:
    request.session = client.session
    return step_up_required(lambda request: HttpResponse("done"))(request)


@pytest.mark.parametrize(("seconds_ago", "status"), [(STEP_UP_SECONDS - 1, 200), (STEP_UP_SECONDS + 1, 302)])
def test_a_proof_of_the_last_five_minutes_is_enough(client, cast, seconds_ago, status):
    client.force_login(cast.north_principal)
    prove(client, seconds_ago)
    response = answer(client, RequestFactory().get("/somewhere/?page=2"))
    assert response.status_code == status
    if status == 302:
        assert response["Location"] == "/sign-in/again/?next=/somewhere/%3Fpage%3D2"


def test_a_form_leads_back_to_the_page_it_was_on_and_keeps_nothing_of_what_was_typed(client, cast):
    client.force_login(cast.north_principal)
    prove(client, STEP_UP_SECONDS + 1)
    post = RequestFactory().post(
        "/somewhere/approve/", {"password": "hush"}, headers={"referer": "http://testserver/somewhere/?page=2"}
    )
    assert answer(client, post)["Location"] == "/sign-in/again/?next=/somewhere/%3Fpage%3D2"
    assert "hush" not in str(dict(client.session))


def test_nobody_is_led_to_another_site(client, cast):
    client.force_login(cast.north_principal)
    prove(client, STEP_UP_SECONDS + 1)
    post = RequestFactory().post("/approve/", headers={"referer": "https://example.org/x"})
    assert answer(client, post)["Location"] == "/sign-in/again/?next=/approve/"


def test_a_part_of_a_page_sends_the_whole_page_to_ask_again(client, cast):
    client.force_login(cast.north_principal)
    prove(client, STEP_UP_SECONDS + 1)
    response = answer(client, RequestFactory().post("/approve/", headers={"HX-Request": "true"}))
    assert response["HX-Redirect"].startswith("/sign-in/again/")


def test_signing_in_is_remembered(client, cast):
    client.force_login(cast.north_principal)
    assert time.time() - client.session[PROVED_AT] < 60


def test_the_right_password_is_a_proof_where_there_is_no_second_factor(client, cast):
    client.force_login(cast.system_administrator)
    place = f"/admin/auth/user/{cast.outsider.pk}/grants/"
    prove(client, STEP_UP_SECONDS + 1)
    again = client.get(place)["Location"]
    assert client.post(again, {"password": "wrong"}).status_code == 200
    assert client.get(place).status_code == 302, "a wrong password proves nothing"
    assert client.post(again, {"password": PASSWORD, "next": place})["Location"] == place
    assert client.get(place).status_code == 200


@pytest.mark.parametrize(
    "place",
    [
        "/admin/auth/user/{0}/grants/",
        "/admin/auth/user/{0}/change/",
        "/admin/auth/user/{0}/password/",
        "/admin/auth/user/{0}/welcome/",
        "/admin/auth/user/add/",
        "/watchlist/break-glass/",
    ],
)
def test_accounts_grants_and_broken_glass_ask_again(client, cast, place):
    client.force_login(cast.superuser)
    prove(client, STEP_UP_SECONDS + 1)
    for ask in (client.get, client.post):
        assert ask(place.format(cast.outsider.pk))["Location"].startswith("/sign-in/again/")


def test_approving_an_authorisation_asks_again(client, cast, authorisation):
    client.force_login(cast.superuser)
    prove(client, STEP_UP_SECONDS + 1)
    place = f"/admin/watchlist/authorisation/{authorisation.pk}/approve/"
    assert client.post(place)["Location"].startswith("/sign-in/again/")
