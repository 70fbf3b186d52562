"""As a district runs it, not as the demonstration: a real browser signs in with an app, with a recovery code, and with
a passkey of Chromium's own virtual authenticator (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/).
"""

import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import BrowserContext, Page

from tests.end_to_end.browser import browser_window
from tests.end_to_end.deployment import Deployment, deployment
from tests.end_to_end.people import MAKE_DISTRICT, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def running(tmp_path: Path):
    with deployment(tmp_path) as district:
        # A browser takes plain HTTP on this one name for a secure place, as it does a district's TLS.
        district.environment |= {"LOCKPORT_DEVELOPMENT": "0", "SECURE_SSL_REDIRECT": "off"}
        district.shell(MAKE_DISTRICT)
        district.start_all(watching=False)
        yield district


def place(district: Deployment) -> str:
    return f"http://localhost:{district.port}"


def password(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.fill("input[name=username]", "principal")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def code(secret: str) -> str:
    """The next one: each works once, and one step ahead is still taken."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def watch_for_refusals(window: BrowserContext) -> list[str]:
    """What the content security policy refused: it says so in the console."""
    refused: list[str] = []
    window.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    return refused


def test_an_app_and_a_recovery_code_open_the_door_and_nothing_else_does(running: Deployment):
    url = place(running)
    with browser_window() as window:
        refused = watch_for_refusals(window)
        page = window.new_page()
        page.goto(f"{url}/sign-in/")
        assert "demonstration" not in page.inner_text("main")
        password(page, url)
        page.wait_for_url("**/account/second-factor/")
        page.goto(f"{url}/cameras/")
        assert page.url.endswith("/account/second-factor/"), "without a second factor every page leads there"
        page.get_by_role("link", name="Set up an app").click()
        secret = page.inner_text("[data-secret]")
        page.fill("input[name=code]", code(secret))
        page.get_by_role("button", name="Set up").click()
        page.wait_for_url("**/codes/")
        recovery = page.locator(".codes code").first.inner_text()
        assert len(page.locator(".codes code").all()) == 10
        page.goto(f"{url}/")
        page.get_by_role("button", name="Sign out").click()
        cookies = {each["name"]: each for each in window.cookies()}
        assert all(each["secure"] and each["httpOnly"] for each in cookies.values())
        assert set(cookies) <= {"__Host-session", "__Host-csrf"}

        password(page, url)
        page.wait_for_url("**/sign-in/second-factor/")
        page.fill("input[name=code]", "000000")
        page.get_by_role("button", name="Go on").click()
        assert "not right" in page.inner_text("main")
        page.fill("input[name=code]", recovery)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"{url}/")
        assert not refused


def virtual_authenticator(window: BrowserContext, page: Page) -> None:
    tools = window.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_opens_the_door_by_itself_and_steps_up(running: Deployment):
    url = place(running)
    with browser_window() as window:
        refused = watch_for_refusals(window)
        page = window.new_page()
        virtual_authenticator(window, page)
        password(page, url)
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_role("button", name="Add").click()
        page.wait_for_url("**/codes/")
        page.goto(f"{url}/")
        page.get_by_role("button", name="Sign out").click()

        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(f"{url}/")

        running.shell(
            "from django.contrib.sessions.backends.db import SessionStore\n"
            "from django.contrib.sessions.models import Session\n"
            "for row in Session.objects.all():\n"
            "    session = SessionStore(row.pk); session['proved_at'] = 0; session.save()"
        )
        page.goto(f"{url}/watchlist/break-glass/")
        assert "Is it still you?" in page.inner_text("h1")
        if link := page.get_by_role("link", name="Use a passkey").all():
            link[0].click()
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url("**/watchlist/break-glass/")

        page.goto(f"{url}/")
        page.get_by_role("button", name="Sign out").click()
        password(page, url)
        page.wait_for_url("**/sign-in/second-factor/")
        page.get_by_role("button", name=re.compile("passkey")).click()
        page.wait_for_url(f"{url}/")
        assert not refused
