"""A person with a browser: the system's Chromium, without a screen."""

import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.end_to_end.people import PASSWORD

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-background-networking"]


@contextlib.contextmanager
def browser_window(**options: object) -> Iterator[BrowserContext]:
    """A new, empty browser profile; skipped where there is no Chromium, but never in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        try:
            yield browser.new_context(**options)
        finally:
            browser.close()


def sign_in(window: BrowserContext, url: str, username: str, password: str = PASSWORD) -> Page:
    page = window.new_page()
    page.goto(f"{url}/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    return page
