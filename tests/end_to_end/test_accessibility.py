"""Every page in a browser, wide, narrow and dark: nothing that axe-core objects to (WCAG 2.2 AA), nothing cut off.

The pages are those of the permission tables: one that is added there is looked at here.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Error, Page

from tests.end_to_end.browser import browser_window
from tests.end_to_end.deployment import Deployment, deployment
from tests.test_pages import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
WIDE, ZOOMED, NARROW = ({"width": width, "height": 800} for width in (1280, 640, 360))  # 640 is 1280 at 200 % zoom
PARTS = {"alerts:card", "cameras:state"}  # of pages: they are looked at there
Look = Callable[[Page, str], list[str]]
# What leaves the screen, from within: the smallest things that do.
WIDEST = """[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
  && ![...one.children].some((inner) => inner.getBoundingClientRect().right > innerWidth + 1))
  .slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" ")"""
OPEN = ["/sign-in/", "/who-can-see/", "/there-is-nothing-here/"]
MAKE = """
import dataclasses, json
from django.test import Client
from cameras.models import Camera, School
from tests.conftest import make_authorisation, make_cast
from tests.plenty import more_of_everything
from tests.test_permission_matrix import make_rows
from watchlist.models import Category

north, south = (
    School.objects.create(name=name, time_zone="America/New_York", jurisdiction="US-PA") for name in ("North", "South"))
cast, door = make_cast(north, south), Camera.objects.create(school=north, name="Front door", address="usb:9")
rows = make_rows(cast, door, Category.objects.get(slug="banned"), make_authorisation(cast, north))
more_of_everything(cast, door, 2)
keys = dict()
for person in dataclasses.fields(cast):
    client = Client()
    client.force_login(getattr(cast, person.name))
    keys[person.name] = client.cookies["sessionid"].value
print(json.dumps([{name: str(row) for name, row in rows.items()}, keys]))
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("pages")
    with deployment(folder) as district:
        district.start_all(watching=False)
        yield district


@pytest.fixture(scope="module")
def pages(running: Deployment) -> list[tuple[str, str, str]]:
    """Each page: its name and whose, its address, and the key of that person's session."""
    rows, keys = json.loads(running.shell(MAKE).splitlines()[-1])
    of_people = sorted(pages_of(rows), key=lambda each: each[2])
    known = [(f"{name} ({person})", at, keys[person]) for name, at, person in of_people if name not in PARTS]
    return [*((address, address, "") for address in OPEN), *known]


def objections(page: Page) -> list[str]:
    """What is wrong with the open page as it is now."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]


def too_wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def open_at(page: Page, address: str) -> bool:
    """Open one page with everything on it unfolded; False for a file, which is no page."""
    try:
        answer = page.goto(address)
    except Error as error:
        assert "Download is starting" in error.message
        return False
    if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
        return False
    assert answer.status < 500, address
    page.add_style_tag(content="* { transition: none !important; }")  # or colours are read half-way to the dark
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    return True


def look_at(page: Page, address: str) -> list[str]:
    """Open one page and look at it in every way; what was found, each with the way it was looked at."""
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    if not open_at(page, address):
        return []
    found = [f"light: {words}" for words in objections(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {words}" for words in objections(page)]
    page.set_viewport_size(ZOOMED)
    found += [f"{wide} px too wide at 200 %" for wide in [too_wide(page)] if wide]
    page.set_viewport_size(NARROW)
    found += [f"narrow: {words}" for words in objections(page)]
    return found + [f"{wide} px too wide when narrow" for wide in [too_wide(page)] if wide]


def look_in_spanish(page: Page, address: str) -> list[str]:
    """Its words are longer and there are other ones: once, where there is least room for them."""
    page.set_viewport_size(NARROW)
    if not open_at(page, address):
        return []
    found = objections(page)
    if page.evaluate("document.documentElement.lang") != "es":
        found.append("not in Spanish")
    return found + [f"{wide} px too wide: {page.evaluate(WIDEST)}" for wide in [too_wide(page)] if wide]


def signed_in(window: BrowserContext, running: Deployment, key: str) -> Page:
    window.clear_cookies()
    window.add_cookies([{"name": "sessionid", "value": key, "url": running.url}])
    return window.pages[0] if window.pages else window.new_page()


def wrong_on(pages: list[tuple[str, str, str]], running: Deployment, look: Look, **options: object) -> str:
    found = {}
    with browser_window(bypass_csp=True, **options) as window:
        for name, address, key in pages:
            found[name] = look(signed_in(window, running, key), running.url + address)
    assert len(found) > 60
    return "\n".join(f"{name}: {words}" for name, each in found.items() for words in each)


def test_axe_core_finds_nothing_on_any_page_and_none_is_wider_than_the_screen(running: Deployment, pages):
    assert not (wrong := wrong_on(pages, running, look_at)), wrong


def test_nor_in_spanish_on_a_phone(running: Deployment, pages):
    assert not (wrong := wrong_on(pages, running, look_in_spanish, locale="es-US")), wrong
