"""Coming in and going out: where it leads, and that it is recorded whoever succeeds or fails."""

import pytest
from django.db import DatabaseError
from django.test import Client

from audit.models import AccessRecord
from tests.conftest import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"username": name, "password": password} | more)


def signs() -> list[tuple[str, str, str, str]]:
    return list(AccessRecord.objects.order_by("pk").values_list("actor_name", "action", "subject", "result"))


def test_a_reviewer_comes_to_the_review_room(client: Client, cast: Cast):
    assert sign_in(client, "maria")["Location"] == "/"
    assert signs() == [("Maria Lopez", "signed in", "maria", "done")]


def test_an_administrator_comes_to_the_desk(client: Client, cast: Cast):
    assert sign_in(client, "ada")["Location"] == "/admin/"


def test_a_privacy_officer_comes_to_a_page_that_is_theirs(client: Client, cast: Cast):
    assert client.get(sign_in(client, "priya")["Location"]).status_code == 200


def test_the_page_one_wanted_comes_first(client: Client, cast: Cast):
    assert client.get("/alerts/7/")["Location"] == "/sign-in/?next=/alerts/7/"
    assert sign_in(client, "maria", next="/alerts/7/")["Location"] == "/alerts/7/"


def test_nobody_is_led_to_another_site(client: Client, cast: Cast):
    assert sign_in(client, "maria", next="https://example.org/")["Location"] == "/"


def test_a_wrong_password_is_recorded_without_the_password(client: Client, cast: Cast):
    answer = sign_in(client, "maria", "a wrong secret")
    assert answer.status_code == 200
    assert "do not belong together" in answer.content.decode()
    assert signs() == [("Somebody not signed in", "signed in", "maria", "refused")]
    assert "a wrong secret" not in str(list(AccessRecord.objects.values()))


def test_a_name_that_nobody_has_is_not_written_down_since_it_may_be_a_password(client: Client, cast: Cast):
    sign_in(client, "my secret password", "maria")
    assert signs() == [("Somebody not signed in", "signed in", "a name that nobody has", "refused")]


def test_signing_out_is_recorded_and_ends_the_session(client: Client, cast: Cast):
    sign_in(client, "maria")
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert signs()[-1] == ("Maria Lopez", "signed out", "maria", "done")
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_the_admin_has_no_door_of_its_own(client: Client, cast: Cast):
    answer = client.post("/admin/login/?next=/admin/auth/", {"username": "ada", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/?next=%2Fadmin%2Fauth%2F"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    assert not signs()


def test_who_is_no_administrator_is_told_so_at_the_admin(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    assert client.get("/admin/", follow=True).status_code == 403


def test_whoever_cannot_be_recorded_does_not_come_in(client: Client, cast: Cast, monkeypatch):
    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("audit.signs.record_access", fail)
    assert sign_in(client, "maria").status_code == 503
    monkeypatch.undo()
    assert client.get("/").status_code == 302


def test_the_bare_address_leads_each_to_their_own_room(client, cast):
    answer = client.post(
        "/sign-in/?next=/", {"username": cast.administrator.username, "password": PASSWORD, "next": "/"}
    )
    assert answer.url == "/admin/"
