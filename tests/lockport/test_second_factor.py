"""Outside the demonstration nobody gets anywhere without a second factor, and with it they do."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from audit.models import AccessRecord
from lockport.loopback import came_from_here
from tests.conftest import PASSWORD, Cast
from tests.second_factor import code_for, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def district(settings) -> None:
    """Not the demonstration."""
    settings.LOCKPORT_DEVELOPMENT = False


def password(client: Client, name: str):
    return client.post("/sign-in/", {"username": name, "password": PASSWORD})


@pytest.mark.parametrize(
    "person", ["north_principal", "administrator", "superuser", "privacy_officer", "system_administrator", "outsider"]
)
@pytest.mark.parametrize("place", ["/", "/admin/", "/cameras/", "/watchlist/who-can-see/", "/alerts/stream"])
def test_without_one_every_page_leads_to_where_one_is_set_up(client: Client, cast: Cast, person: str, place: str):
    client.force_login(getattr(cast, person))
    assert client.get(place)["Location"] == "/account/second-factor/"


def test_without_one_nothing_can_be_posted_or_asked_of_the_api(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    assert client.get("/api/alerts/").status_code == 403
    assert client.post("/alerts/1/decision", {"answer": "same"}).status_code == 403
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/second-factor/"


def test_the_demonstration_is_exempt_and_says_so(client: Client, cast: Cast, settings):
    assert "demonstration" not in client.get("/sign-in/").content.decode()
    settings.LOCKPORT_DEVELOPMENT = True
    assert "no second factor" in client.get("/sign-in/").content.decode()
    client.force_login(cast.north_principal)
    assert client.get("/").status_code == 200


def test_setting_up_an_app_opens_the_door_and_gives_recovery_codes(
    client: Client, cast: Cast, django_capture_on_commit_callbacks
):
    assert password(client, "maria")["Location"] == "/account/second-factor/"
    page = client.get("/account/second-factor/app/").content.decode()
    secret = re.search(r"data-secret>(\w+)<", page).group(1)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/account/second-factor/app/", {"code": code_for(secret)})
    assert done["Location"] == "/account/second-factor/codes/"
    assert client.get(done["Location"]).content.decode().count("<li><code>") == 10
    assert client.get("/").status_code == 200
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True))), "it is sealed"
    assert AccessRecord.objects.filter(action="added a second factor to", subject="maria").exists()


def test_the_password_alone_opens_nothing(client: Client, cast: Cast):
    with_app(cast.north_principal)
    assert password(client, "maria")["Location"] == "/sign-in/second-factor/"
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert not AccessRecord.objects.filter(action="signed in").exists()


def test_with_the_code_one_comes_to_ones_room(client: Client, cast: Cast):
    secret = with_app(cast.administrator)
    password(client, "ada")
    assert client.post("/sign-in/second-factor/", {"code": code_for(secret)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_is_recorded_and_after_five_the_account_waits(client: Client, cast: Cast):
    secret = with_app(cast.north_principal)
    password(client, "maria")
    for _ in range(5):
        assert client.post("/sign-in/second-factor/", {"code": "000000"}).status_code == 200
    answer = client.post("/sign-in/second-factor/", {"code": code_for(secret)})
    assert "Wait five minutes" in answer.content.decode()
    refused = AccessRecord.objects.filter(action="signed in", result="refused", subject="maria")
    assert refused.filter(reason="a wrong code").count() == 5
    assert client.get("/").status_code == 302


def test_a_code_works_once(client: Client, cast: Cast):
    secret = with_app(cast.north_principal)
    code = code_for(secret)
    password(client, "maria")
    assert client.post("/sign-in/second-factor/", {"code": code}).status_code == 302
    other = Client()
    password(other, "maria")
    assert other.post("/sign-in/second-factor/", {"code": code}).status_code == 200


def test_step_up_asks_for_the_second_factor_and_not_the_password(client: Client, cast: Cast):
    secret = with_app(cast.superuser)
    client.force_login(cast.superuser)
    session = client.session
    session["proved_at"] = 0
    session.save()
    again = client.get(f"/admin/auth/user/{cast.outsider.pk}/grants/")["Location"]
    code_page = client.get(again)["Location"]
    assert code_page.startswith("/sign-in/again/code/")
    place = f"/admin/auth/user/{cast.outsider.pk}/grants/"
    assert client.post(code_page, {"code": code_for(secret), "next": place})["Location"] == place
    assert client.get(place).status_code == 200


def test_removing_the_only_one_leads_to_setting_up_another(client: Client, cast: Cast):
    with_app(cast.north_principal)
    client.force_login(cast.north_principal)
    assert client.get("/").status_code == 200
    client.post("/account/second-factor/app/remove/")
    assert client.get("/")["Location"] == "/account/second-factor/"


def scope(server: str, client: str, **headers: str) -> dict:
    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "server": (server, 8000), "client": (client, 5000), "headers": names}


@pytest.mark.parametrize(
    ("connection", "answered"),
    [
        (scope("127.0.0.1", "127.0.0.1"), True),
        (scope("::1", "::1"), True),
        (scope("192.0.2.1", "192.0.2.7"), False),
        (scope("127.0.0.1", "127.0.0.1", x_forwarded_for="192.0.2.7"), False),
        ({"type": "http", "headers": []}, False),
    ],
)
def test_the_demonstration_answers_on_loopback_only(connection, answered):
    assert came_from_here(connection) is answered


@pytest.mark.parametrize("is_set_up", [True, False])
def test_the_account_page_leads_back_and_to_the_password_once_the_door_is_open(
    client: Client, cast: Cast, is_set_up: bool
):
    if is_set_up:
        with_app(cast.north_principal)
    client.force_login(cast.north_principal)
    page = client.get("/account/second-factor/").content.decode()
    assert ("Back to the rooms" in page) == is_set_up
    assert ("/account/password/" in page) == is_set_up


def test_the_demonstrations_account_page_leads_back_without_a_factor(client: Client, cast: Cast, settings):
    settings.LOCKPORT_DEVELOPMENT = True
    client.force_login(cast.north_principal)
    page = client.get("/account/second-factor/").content.decode()
    assert "Back to the rooms" in page and "/account/password/" in page
