"""Wrong answers are counted by account and by address; what cannot be counted is not let in."""

import pytest
from django.test import Client

from audit.models import AccessRecord
from lockport.proxies import forwarded_for
from tests.conftest import PASSWORD, Cast
from tests.environment import free_port

pytestmark = pytest.mark.django_db


def sign_in(name: str, password: str = PASSWORD, address: str = "192.0.2.7"):
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": name, "password": password})


def test_after_five_wrong_passwords_the_account_waits_wherever_the_next_comes_from(cast: Cast):
    for number in range(5):
        assert "belong together" in sign_in("maria", "wrong", f"192.0.2.{number}").content.decode()
    answer = sign_in("maria", PASSWORD, "198.51.100.1")
    assert answer.status_code == 200 and "Wait five minutes" in answer.content.decode()
    record = AccessRecord.objects.filter(result="refused").first()
    assert (record.subject, record.reason, record.address) == ("maria", "too many wrong answers", "198.51.100.1")


def test_one_account_is_one_however_its_name_and_the_site_are_written(cast: Cast):
    for number, name in enumerate(["maria", "Maria", "MARIA", " maria ", "mARIA"]):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}", HTTP_HOST=f"testserver:{8000 + number}")
        client.post("/sign-in/", {"username": name, "password": "wrong"})
    assert "Wait five minutes" in sign_in("maria", PASSWORD, "198.51.100.1").content.decode()
    assert AccessRecord.objects.filter(result="refused", subject="maria").count() == 6


def test_another_account_is_not_locked_by_it(cast: Cast):
    for number in range(6):
        sign_in("maria", "wrong", f"192.0.2.{number}")
    assert sign_in("sam", PASSWORD, "198.51.100.1").status_code == 302


def test_twenty_wrong_passwords_for_different_names_lock_the_address_and_no_other(cast: Cast):
    for number in range(20):
        sign_in(f"name-{number}", "wrong")
    assert "Wait five minutes" in sign_in("maria").content.decode()
    assert sign_in("maria", address="198.51.100.1").status_code == 302


def test_sixty_tries_a_minute_from_one_address_are_refused_in_words_and_recorded(cast: Cast, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "3/m/ip"}
    answers = [sign_in("maria", "wrong") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Too many tries" in answers[-1].content.decode()
    assert AccessRecord.objects.filter(reason="too many tries from this address", address="192.0.2.7").exists()


def test_a_right_password_is_not_counted(cast: Cast):
    assert {sign_in("maria").status_code for _ in range(8)} == {302}


def test_while_tries_cannot_be_counted_nobody_comes_in_and_who_is_in_goes_on(client: Client, cast: Cast, settings):
    client.force_login(cast.north_principal)
    away = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    settings.CACHES = {"default": away}
    answer = sign_in("maria")
    assert answer.status_code == 503 and "Nobody can sign in at the moment" in answer.content.decode()
    assert "_auth_user_id" not in answer.client.session
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("header", "address"),
    [("198.51.100.9", "198.51.100.9"), ("10.0.0.1, 198.51.100.9", "198.51.100.9"), ("x, 2001:db8::1", "2001:db8::1")],
)
def test_behind_a_proxy_the_address_is_the_one_the_proxy_wrote(cast: Cast, settings, header: str, address: str):
    settings.BEHIND_PROXY = True
    Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=header).post(
        "/sign-in/", {"username": "maria", "password": "x"}
    )
    assert AccessRecord.objects.first().address == address


def test_without_a_proxy_nobody_chooses_their_own_address(cast: Cast):
    Client(REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.9").post(
        "/sign-in/", {"username": "maria", "password": "x"}
    )
    assert AccessRecord.objects.first().address == "192.0.2.7"


@pytest.mark.parametrize("header", ["", "unknown", "198.51.100.9, nonsense"])
def test_what_is_no_address_is_not_taken_for_one(rf, header: str):
    assert forwarded_for(rf.get("/", HTTP_X_FORWARDED_FOR=header)) == ""
