"""Whoever is refused a page stands in the log: with less than was asked for, nothing was shown, but it was tried."""

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from django.test import AsyncClient, Client

from audit.models import AccessRecord
from tests.alerts.conftest import *  # noqa: F403 - the fixtures of the alerts' tests
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def said(person) -> list[tuple[str, str, str]]:
    rows = AccessRecord.objects.filter(actor_id=person.pk, result="refused").order_by("pk")
    return list(rows.values_list("action", "subject", "reason"))


def test_a_page_that_a_role_may_not_open_is_recorded(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    assert client.get("/log/").status_code == 403
    assert said(cast.north_principal) == [("opened", "the page /log/", "not allowed")]


def test_what_is_another_schools_is_recorded_and_looks_like_what_is_not_there(client: Client, cast: Cast, alert):
    client.force_login(cast.south_principal)
    for address in (f"/alerts/{alert.pk}/", "/alerts/999999/", f"/api/alerts/{alert.pk}/"):
        assert client.get(address).status_code == 404
    words = "nothing there that they may see"
    assert said(cast.south_principal) == [
        ("looked for", f"the page /alerts/{alert.pk}/", words),
        ("looked for", "the page /alerts/999999/", words),
        ("looked for", f"the page /api/alerts/{alert.pk}/", words),
    ]


def test_an_address_that_no_page_has_and_visitors_who_are_sent_to_the_door_are_no_refusals(client: Client, cast: Cast):
    assert client.get("/log/").status_code == 302
    client.force_login(cast.north_principal)
    assert client.get("/wp-login.php").status_code == 404
    assert not AccessRecord.objects.filter(result="refused").exists()


def test_a_secret_in_an_address_is_not_written_down(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    assert client.get("/sign-in/welcome/MQ/a-secret-token/").status_code == 404
    ((_, subject, _),) = said(cast.north_principal)
    assert "secret" not in subject and "<str:token>" in subject


def test_a_refusal_that_cannot_be_recorded_is_answered_with_503(client: Client, cast: Cast, monkeypatch):
    def full(record):
        raise OperationalError("disk full")

    client.force_login(cast.north_principal)
    monkeypatch.setattr("audit.services.insert", full)
    assert client.get("/log/").status_code == 503


def test_a_refusal_is_recorded_under_the_asynchronous_server_too(cast: Cast):
    async def ask() -> int:
        client = AsyncClient()
        await client.aforce_login(cast.north_principal)
        return (await client.get("/log/")).status_code

    assert async_to_sync(ask)() == 403
    assert len(said(cast.north_principal)) == 1


def test_the_log_says_it_in_a_sentence(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    client.get("/log/")
    client.force_login(cast.privacy_officer)
    page = client.get("/log/", {"result": "refused"}).content.decode()
    assert "Maria Lopez" in page and "tried to" in page and "the page /log/" in page
