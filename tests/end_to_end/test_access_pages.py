"""The pages about who may see: axe-core objects to nothing, and none is wider than the screen."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.deployment import deployment
from tests.end_to_end.people import MAKE_DISTRICT, PASSWORD
from tests.end_to_end.test_review_room import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# The officer and the system administrator; a guard with one camera for an hour; and broken glass.
MAKE_MORE = f"""
from datetime import timedelta
from django.contrib.auth.models import Group, User
from django.utils import timezone
from audit.services import Actor
from cameras.models import Camera, School
from watchlist.glass import glass_break
from watchlist.grants import grant_set
north = School.objects.get()
south = School.objects.create(name="South Hill", time_zone="America/Chicago", jurisdiction="US-PA")
doors = [Camera.objects.create(school=school, name=name, address="usb:0", enabled=False)
         for school in (north, south) for name in ("Front door", "Back door")]
roles = dict(officer="Privacy officer", otto="System administrator", guard="Security")
for name, role in roles.items():
    person = User.objects.create_user(name, password="{PASSWORD}", is_staff=name == "otto", first_name=name.title())
    person.groups.add(Group.objects.get(name=role))
guard = User.objects.get(username="guard")
until = timezone.now() + timedelta(hours=1)
grant_set(to=guard, row=doors[0], actor=Actor.command(), until=until, reason="Incident 12")
security = User.objects.get(username="security")
glass_break(person=security, school=south, reason="Fire, nobody else can be reached", actor=Actor.command())
"""
ROOMS = {
    "principal": [
        "watchlist/break-glass/",
        "account/second-factor/",
        "account/second-factor/app/",
        "account/password/",
    ],
    "guard": ["", "cameras/", "map/", "figures/"],
    "officer": ["watchlist/who-can-see/", "notifications/", "retention/holds/"],
    "otto": ["admin/auth/user/", "{grants}", "admin/auth/user/add/"],
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("access-pages")
    with deployment(folder) as district:
        district.shell(MAKE_DISTRICT)
        district.shell(MAKE_MORE)
        district.start_all(watching=False)
        yield district


def check(page: Page, name: str) -> None:
    for summary in page.locator("main summary, #content summary").all():
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{name} is {too_wide} px wider than the screen"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_core_finds_nothing_and_no_page_is_wider_than_the_screen(running, look: str):
    number = running.shell("from django.contrib.auth.models import User; print(User.objects.get(username='guard').pk)")
    grants = f"admin/auth/user/{number.splitlines()[-1]}/grants/"
    with browser_window(bypass_csp=True, **LOOKS[look]) as window:
        outside = window.new_page()
        for path in ("sign-in/", "who-can-see/"):
            outside.goto(f"{running.url}/{path}")
            check(outside, path)
    for person, paths in ROOMS.items():
        with browser_window(bypass_csp=True, **LOOKS[look]) as window:
            page = sign_in(window, running.url, person)
            for path in paths:
                page.goto(f"{running.url}/{path.format(grants=grants)}")
                check(page, f"{person}: {path or 'queue'}")
