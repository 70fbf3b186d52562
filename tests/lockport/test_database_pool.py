"""The web server shares its connections to PostgreSQL between requests, never more than its twenty."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.alerts.server import Server
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def server(cast: Cast) -> Iterator[Server]:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is a file: nothing connects to it")
    running = Server()
    yield running
    running.stop()


def ask(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def opened(server: Server, session: str) -> int:
    """The status of the list of alerts for whoever this session belongs to."""
    browser = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    browser.request("GET", "/api/alerts/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"})
    return browser.getresponse().status


def session_of(person) -> str:
    client = Client()
    client.force_login(person)
    return client.session.session_key


def test_connections_that_the_database_dropped_are_not_handed_out(server: Server, cast: Cast):
    session = session_of(cast.north_principal)
    assert opened(server, session) == 200
    dropped = ask(f"SELECT pg_terminate_backend(pid) {OTHERS}")
    assert len(dropped) >= 2
    assert [opened(server, session) for _ in range(4)] == [200] * 4


def test_sixty_requests_at_once_are_all_answered_with_twenty_connections(server: Server, cast: Cast):
    session = session_of(cast.north_principal)
    with ThreadPoolExecutor(60) as browsers:
        asked = [browsers.submit(opened, server, session) for _ in range(60)]
        most = 0
        while not all(one.done() for one in asked):
            most = max(most, len(ask(f"SELECT pid {OTHERS}")))
    assert [one.result() for one in asked] == [200] * 60
    assert 2 <= most <= 20
