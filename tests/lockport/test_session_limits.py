"""A session ends an hour after its person last did something, and a day after they signed in, whatever a page does."""

import time

import pytest
from django.test import Client

from audit.models import AccessRecord
from lockport.session_limits import ACTED_AT, LONGEST, SIGNED_IN_AT
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(client: Client, cast: Cast) -> Client:
    client.force_login(cast.north_principal)
    return client


def ago(client: Client, name: str, seconds: float) -> None:
    session = client.session
    session[name] = time.time() - seconds
    session.save()


def is_signed_in(client: Client) -> bool:
    return client.get("/", headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize(("name", "limit"), [(ACTED_AT, 3600), (SIGNED_IN_AT, LONGEST)])
def test_a_session_ends_at_its_limit_and_not_before(maria: Client, name: str, limit: int):
    ago(maria, name, limit - 2)
    assert is_signed_in(maria)
    ago(maria, name, limit + 2)
    assert not is_signed_in(maria)


def test_its_end_is_recorded_with_the_reason(maria: Client):
    ago(maria, ACTED_AT, 3601)
    assert maria.get("/")["Location"].startswith("/sign-in/")
    record = AccessRecord.objects.get(action="signed out")
    assert (record.actor_name, record.reason) == ("Maria Lopez", "nothing was done for too long")


def test_following_a_link_keeps_the_session(maria: Client):
    ago(maria, ACTED_AT, 3000)
    maria.get("/", headers={"Sec-Fetch-Mode": "navigate"})
    assert time.time() - maria.session[ACTED_AT] < 5


def test_nothing_keeps_it_longer_than_a_day(maria: Client):
    ago(maria, SIGNED_IN_AT, LONGEST + 1)
    ago(maria, ACTED_AT, 1)
    assert maria.get("/").status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true"},  # the state of the cameras, every ten seconds
        {"Accept": "text/event-stream"},
        {"Sec-Fetch-Mode": "cors"},  # a card that the live stream announced
        {"Sec-Fetch-Mode": "no-cors"},  # a picture
    ],
)
def test_what_a_page_asks_for_by_itself_keeps_no_session(maria: Client, headers: dict[str, str]):
    ago(maria, ACTED_AT, 3000)
    for place in ("/cameras/state", "/"):
        maria.get(place, headers=headers)
    assert time.time() - maria.session[ACTED_AT] > 2900


def test_a_setting_can_shorten_the_hour_and_not_lengthen_it(tmp_path):
    from tests.lockport.test_commands import manage

    print_it = [
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings; print(settings.LOCKPORT_IDLE_SECONDS)",
    ]
    assert manage(tmp_path, *print_it, LOCKPORT_IDLE_SECONDS="600").stdout.strip() == "600"
    assert manage(tmp_path, *print_it, LOCKPORT_IDLE_SECONDS="99999").stdout.strip() == "3600"
