"""The district's own sign-on by SAML: real requests, answers that are really signed, and each way of cheating."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType

import environ
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from audit.models import AccessRecord
from lockport import urls
from lockport.account_urls import district_urls
from lockport.district_sign_on import sign_on_providers
from tests.conftest import Cast
from tests.lockport.identity_provider import Asked, IdentityProvider, identity_provider

pytestmark = pytest.mark.django_db

HOST = "lockport.example.org"
DOOR = "/sign-in/saml/district/"


@pytest.fixture
def district(settings, monkeypatch, cast: Cast) -> Iterator[IdentityProvider]:
    """Maria Lopez is known to the district under maria@example.org, and it is set as the way to sign on."""
    User.objects.filter(pk=cast.north_principal.pk).update(email="maria@example.org")
    with identity_provider() as provider:
        cache.delete(f"saml.metadata.{provider.entity}/metadata.{provider.entity}")
        monkeypatch.setenv("LOCKPORT_SAML_METADATA_URL", f"{provider.entity}/metadata")
        monkeypatch.setenv("LOCKPORT_SAML_ENTITY_ID", provider.entity)
        monkeypatch.setenv("LOCKPORT_SAML_NAME", "Valley District")
        settings.ALLOWED_HOSTS = [HOST]
        settings.SOCIALACCOUNT_PROVIDERS = sign_on_providers(environ.Env())
        configured = ModuleType("configured_urls")
        configured.urlpatterns = [*district_urls(settings.SOCIALACCOUNT_PROVIDERS), *urls.urlpatterns]
        settings.ROOT_URLCONF = configured
        yield provider


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": HOST})


def ask(browser: Client) -> Asked:
    """Press “Continue with the district”: the browser is sent there with a request."""
    return Asked.read(browser.get(DOOR)["Location"])


def hand_in(browser: Client, response: str):
    """What the provider's page makes the browser do: post the answer; Lockport then asks it to come once more."""
    return browser.get(browser.post(f"{DOOR}acs/", {"SAMLResponse": response})["Location"])


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def test_a_signed_answer_leads_to_the_one_account_with_this_address(browser: Client, district: IdentityProvider):
    assert "Continue with Valley District" in browser.get("/sign-in/").content.decode()
    asked = ask(browser)
    assert asked.answer_to == f"http://{HOST}{DOOR}acs/"
    assert hand_in(browser, district.answer(asked))["Location"] == "/"
    assert is_in(browser)
    assert AccessRecord.objects.filter(actor_name="Maria Lopez", action="signed in", result="done").exists()


def test_it_replaces_no_second_factor(browser: Client, cast: Cast, district: IdentityProvider):
    TOTP.activate(cast.north_principal, generate_totp_secret())
    assert hand_in(browser, district.answer(ask(browser)))["Location"] == "/sign-in/second-factor/"
    assert not is_in(browser)


def test_whoever_the_district_knows_and_lockport_does_not_stays_outside(browser: Client, district: IdentityProvider):
    district.address, people = "stranger@example.org", User.objects.count()
    assert "You have no account here" in hand_in(browser, district.answer(ask(browser))).content.decode()
    assert not is_in(browser) and User.objects.count() == people
    assert AccessRecord.objects.filter(action="signed in", result="refused").exists()


def test_a_right_that_the_district_claims_for_somebody_is_not_given(browser: Client, cast: Cast, district):
    district.attributes = {"is_staff": "true", "is_superuser": "true", "groups": "System administrator"}
    hand_in(browser, district.answer(ask(browser)))
    maria = User.objects.get(pk=cast.north_principal.pk)
    assert is_in(browser) and not maria.is_staff and not maria.is_superuser
    assert [group.name for group in maria.groups.all()] == ["Principal"]


CHEATS = {
    "signed by somebody else": {"signs_with": "an impostor"},
    "not signed": {"signed": False},
    "expired": {"lasts": timedelta(minutes=-10)},
    "meant for another service": {"audience": "https://elsewhere.example.org"},
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_an_answer_is_refused_and_that_recorded_if_it_is(browser: Client, district: IdentityProvider, cheat: str):
    for name, value in CHEATS[cheat].items():
        setattr(district, name, value)
    assert hand_in(browser, district.answer(ask(browser))).status_code == 401
    assert not is_in(browser)
    record = AccessRecord.objects.get(action="signed in", result="refused")
    assert record.reason == "the district's answer was not accepted"


def test_an_answer_that_was_changed_after_signing_is_refused(browser: Client, cast: Cast, district: IdentityProvider):
    User.objects.filter(pk=cast.north_security.pk).update(email="sammy@example.org")
    answer = base64.b64decode(district.answer(ask(browser)))
    assert b"maria@example.org" in answer
    changed = base64.b64encode(answer.replace(b"maria@example.org", b"sammy@example.org")).decode()
    assert hand_in(browser, changed).status_code == 401 and not is_in(browser)


def test_a_second_assertion_beside_the_signed_one_is_refused(browser: Client, cast: Cast, district: IdentityProvider):
    """Signature wrapping: the signature is right, and of something else than what would be read."""
    User.objects.filter(pk=cast.north_security.pk).update(email="sammy@example.org")
    answer = base64.b64decode(district.answer(ask(browser))).decode()
    begin, end = answer.index("<saml:Assertion"), answer.index("</samlp:Response>")
    forged = answer[begin:end].replace("maria@", "sammy@").replace('ID="_assertion"', 'ID="_forged"')
    for wrapped in (answer[:begin] + forged + answer[begin:], answer[:end] + forged + answer[end:]):
        assert hand_in(browser, base64.b64encode(wrapped.encode()).decode()).status_code == 401
        assert not is_in(browser)


def test_an_answer_works_once(browser: Client, district: IdentityProvider):
    answer = district.answer(ask(browser))
    hand_in(browser, answer)
    assert is_in(browser)
    browser.post("/sign-out/")
    assert not is_in(browser)
    assert hand_in(browser, answer).status_code in {401, 403}
    assert not is_in(browser)


def test_an_answer_works_in_no_other_browser(browser: Client, district: IdentityProvider):
    answer = district.answer(ask(browser))
    thief = Client(headers={"host": HOST})
    assert hand_in(thief, answer).status_code in {401, 403}
    ask(thief)
    assert hand_in(thief, answer).status_code in {401, 403}
    assert not is_in(thief)


@pytest.mark.parametrize("answer", ["", "nonsense", "PHgvPg==", base64.b64encode(b"<!DOCTYPE x []><x/>").decode()])
def test_what_is_no_answer_is_refused(browser: Client, district: IdentityProvider, answer: str):
    ask(browser)
    assert hand_in(browser, answer).status_code == 401
    assert not is_in(browser)


def test_what_the_district_must_be_told_of_lockport_is_at_its_address(browser: Client, district: IdentityProvider):
    answer = browser.get(f"{DOOR}metadata/")
    assert answer.status_code == 200 and f"http://{HOST}{DOOR}acs/" in answer.content.decode()


def test_the_district_can_end_a_session_and_gets_an_answer(browser: Client, district: IdentityProvider):
    hand_in(browser, district.answer(ask(browser)))
    answer = browser.get(f"{DOOR}sls/", district.log_out(f"http://{HOST}{DOOR}sls/"))
    assert answer["Location"].startswith(f"{district.entity}/out?SAMLResponse=")
    assert not is_in(browser)
    assert AccessRecord.objects.filter(actor_name="Maria Lopez", action="signed out").exists()


@pytest.mark.parametrize(("cheat", "status"), [("not signed", 403), ("signed by somebody else", 400)])
def test_nobody_else_can(browser: Client, district: IdentityProvider, cheat: str, status: int):
    hand_in(browser, district.answer(ask(browser)))
    for name, value in CHEATS[cheat].items():
        setattr(district, name, value)
    said = district.log_out(f"http://{HOST}{DOOR}sls/")
    assert browser.get(f"{DOOR}sls/", said).status_code == status
    assert is_in(browser)
    assert browser.get(f"{DOOR}sls/", said | {"Signature": ""}).status_code == 403
    assert browser.get(f"{DOOR}sls/").status_code == 403
    assert is_in(browser)


@pytest.mark.parametrize("said", ["nonsense", "PHgvPg==", "x", base64.b64encode(b"<!DOCTYPE x []><x/>").decode()])
def test_what_is_no_log_out_is_refused(browser: Client, district: IdentityProvider, said: str):
    hand_in(browser, district.answer(ask(browser)))
    for kind in ("SAMLRequest", "SAMLResponse"):
        assert browser.get(f"{DOOR}sls/", {kind: said, "Signature": "eA=="}).status_code in {400, 403}
    assert is_in(browser)
