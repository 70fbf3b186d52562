"""Invariant 3: a look is recorded, durably, before the first byte of data; what cannot be recorded is not shown."""

import threading

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections

from audit.models import AccessRecord
from retention.vault import Vault
from tests.alerts.conftest import *  # noqa: F403 - the fixtures of the alerts' tests

PAGES = ["/", "/alerts/{alert}/", "/alerts/{alert}/card", "/alerts/{alert}/face", "/alerts/{alert}/frame"]
PAGES += ["/watchlist/photograph/{photograph}/", "/cameras/", "/api/alerts/", "/api/alerts/{alert}/", "/api/cameras/"]


def numbers_of(alert) -> dict:
    return {"alert": alert.pk, "photograph": alert.entry.photographs.first().pk}


def test_no_transaction_spans_a_request():
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")
    assert not connection.settings_dict["ATOMIC_REQUESTS"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "page", ["/alerts/{alert}/face", "/alerts/{alert}/frame", "/watchlist/photograph/{photograph}/"]
)
def test_when_the_first_byte_is_read_everybody_else_can_see_the_record(client, cast, alert, monkeypatch, page):
    seen: list[bool] = []
    actually_open = Vault._open

    def open_and_look(self, name, mode="rb"):
        def look() -> None:
            about = AccessRecord.objects.filter(actor_id=cast.north_principal.pk).exclude(action="signed in")
            seen.append(about.exists())
            connections.close_all()

        elsewhere = threading.Thread(target=look)  # with a connection of its own: it sees what was committed
        elsewhere.start()
        elsewhere.join()
        return actually_open(self, name, mode)

    client.force_login(cast.north_principal)
    address = page.format(**numbers_of(alert))
    monkeypatch.setattr(Vault, "_open", open_and_look)
    assert client.get(address).status_code == 200
    assert seen and all(seen)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_what_cannot_be_recorded_is_not_shown(client, cast, alert, monkeypatch, page):
    def full(record):
        raise OperationalError("disk full")

    client.force_login(cast.north_principal)
    address = page.format(**numbers_of(alert))
    assert client.get(address).status_code == 200
    monkeypatch.setattr("audit.services.insert", full)
    answer = client.get(address)
    assert answer.status_code == 503
    for word in (b"Front door", b"Robin", b"\xff\xd8\xff"):
        assert word not in answer.content


@pytest.mark.django_db
def test_commits_are_durable_whatever_the_servers_default_is():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone()[0] == "on"
        else:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == 2  # FULL
