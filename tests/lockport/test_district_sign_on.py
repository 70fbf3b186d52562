"""The district's own sign-on: a real OpenID Connect exchange with a small provider of the test's own, over HTTP."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import environ
import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from audit.models import AccessRecord
from lockport import urls
from lockport.account_urls import district_urls
from lockport.district_sign_on import OPENID, SAML, sign_on_providers
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


class Provider(BaseHTTPRequestHandler):
    """Says of everybody that they are `address`; takes every code."""

    address = ""
    issuer = ""

    def do_GET(self) -> None:
        if "openid-configuration" in self.path:
            names = {"token_endpoint": "token", "userinfo_endpoint": "me", "authorization_endpoint": "ask"}
            self._say(
                {name: f"{self.issuer}/{path}" for name, path in names.items()}
                | {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
            )
        else:
            self._say({"sub": "17", "email": self.address})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "lockport",
            "sub": "17",
            "email": self.address,
            "iat": now,
            "exp": now + 60,
        }
        token = jwt.encode(claims, "a secret of thirty-two bytes long", algorithm="HS256")
        self._say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _say(self, what: dict) -> None:
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not in the output of the tests."""


@pytest.fixture
def provider(settings, monkeypatch) -> Iterator[type[Provider]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Provider.issuer = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {"SERVER": Provider.issuer, "CLIENT_ID": "lockport", "SECRET": "s", "NAME": "District"}.items():
        monkeypatch.setenv(f"LOCKPORT_OPENID_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = sign_on_providers(environ.Env())
    configured = ModuleType("configured_urls")
    configured.urlpatterns = [*district_urls(settings.SOCIALACCOUNT_PROVIDERS), *urls.urlpatterns]
    settings.ROOT_URLCONF = configured
    yield Provider
    server.shutdown()
    server.server_close()


def sign_on(client: Client):
    """What a browser does: follow the link, come back with a code."""
    asked = client.get("/sign-in/openid/district/")
    query = parse_qs(urlsplit(asked["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    return client.get("/sign-in/openid/district/callback/", {"code": "c", "state": query["state"][0]})


def test_it_leads_to_the_one_account_with_this_address(client: Client, cast: Cast, provider):
    cast.north_principal.email = "maria@example.org"
    cast.north_principal.save()
    provider.address = "Maria@example.org"
    assert "Continue with District" in client.get("/sign-in/").content.decode()
    assert sign_on(client)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert AccessRecord.objects.filter(actor_name="Maria Lopez", action="signed in", result="done").exists()


def test_it_replaces_no_second_factor(client: Client, cast: Cast, provider):
    cast.north_principal.email = provider.address = "maria@example.org"
    cast.north_principal.save()
    TOTP.activate(cast.north_principal, generate_totp_secret())
    assert sign_on(client)["Location"] == "/sign-in/second-factor/"
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("case", ["nobody", "two", "switched off", "no address"])
def test_it_makes_no_account_and_opens_no_other(client: Client, cast: Cast, provider, case: str):
    provider.address = "" if case == "no address" else "maria@example.org"
    if case in {"two", "switched off"}:
        cast.north_principal.email = "maria@example.org"
        cast.north_principal.is_active = case != "switched off"
        cast.north_principal.save()
    if case == "two":
        cast.north_security.email = "MARIA@example.org"
        cast.north_security.save()
    people = type(cast.outsider).objects.count()
    assert "You have no account here" in sign_on(client).content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert type(cast.outsider).objects.count() == people
    assert AccessRecord.objects.filter(action="signed in", result="refused").exists()


def test_an_answer_that_was_not_asked_for_is_refused(client: Client, cast: Cast, provider):
    answer = client.get("/sign-in/openid/district/callback/", {"code": "c", "state": "made-up"})
    assert answer.status_code in {401, 403} and client.get("/").status_code == 302


def test_without_settings_there_is_no_such_route(client: Client):
    assert client.get("/sign-in/openid/district/").status_code == 404
    assert district_urls(sign_on_providers(environ.Env())) == []


def test_saml_asks_for_signed_assertions_that_were_asked_for(monkeypatch):
    monkeypatch.setenv("LOCKPORT_SAML_METADATA_URL", "https://idp.example.org/metadata")
    monkeypatch.setenv("LOCKPORT_SAML_ENTITY_ID", "https://idp.example.org")
    providers = sign_on_providers(environ.Env())
    advanced = providers[SAML]["APPS"][0]["settings"]["advanced"]
    assert advanced == {"want_assertion_signed": True, "reject_idp_initiated_sso": True}
    assert providers[OPENID]["APPS"] == []
    assert {route.name for route in district_urls(providers)} == {
        "saml_login",
        "saml_acs",
        "saml_finish_acs",
        "saml_sls",
        "saml_metadata",
    }
