"""A whole day without a mouse: the focus is always seen, Tab goes on, and nothing is lost in a swap."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.end_to_end.browser import browser_window
from tests.end_to_end.cameras import is_focused, tab_to
from tests.end_to_end.deployment import deployment, wait_for
from tests.end_to_end.people import MAKE_DISTRICT, PASSWORD
from tests.pictures import MAKE_ALERTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ASK = """
from django.contrib.auth.models import User
from django.utils import timezone
from datetime import timedelta
from audit.services import Actor
from watchlist.models import Entry
from watchlist.renewals import renewal_propose
ada = User.objects.get(username="ada")
entry = Entry.objects.get(pk=1)
renewal_propose(
    entry=entry, until=timezone.now() + timedelta(days=90), reason="Extended", by=ada, actor=Actor.from_person(ada))
"""
# What has the focus now: which element, whether it can be seen, and whether something shows that it is the one.
FOCUS = """() => {
  const it = document.activeElement;
  if (it === document.body) return {name: "nothing", seen: true, marked: true};
  const box = it.getBoundingClientRect();
  const style = getComputedStyle(it);
  const shown = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const marked = outline || style.boxShadow !== "none";
  return {name: it.outerHTML.slice(0, 120), seen: shown, marked};
}"""
TRAPPED = 6  # times in the same place; a time field has four parts, each a step of Tab
PAGES = ["/", "/alerts/2/", "/cameras/", "/map/", "/figures/", "/notifications/"]
DESK = ["/admin/", "/admin/watchlist/entry/", "/admin/watchlist/entry/add/", "/admin/watchlist/entry/1/renewal/"]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("keyboard")
    with deployment(folder) as district:
        district.shell(MAKE_DISTRICT + MAKE_ALERTS + ASK)
        district.start_all(watching=False)
        yield district


def come_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in/")
    tab_to(page, page.locator("input[name=username]"))
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)


def walk(page: Page, address: str, most: int = 150) -> list[str]:
    """Tab through a page until it comes round again; what was wrong on the way."""
    page.goto(address)
    found, names = [], []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["name"] == "nothing" or (names and at["name"] == names[0] and len(names) > 5):
            return found
        names.append(at["name"])
        found += [f"{address}: not {what}: {at['name']}" for what in ("seen", "marked") if not at[what]]
        if len(names) > TRAPPED and len(set(names[-TRAPPED:])) == 1:
            return [*found, f"{address}: Tab does not leave {at['name']}"]
    return found


def test_the_focus_is_seen_on_every_page_and_nothing_holds_it(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page = window.new_page()
        come_in(page, running.url, "principal")
        wrong = [words for place in PAGES for words in walk(page, running.url + place)]
        desk = window.browser.new_context().new_page()
        come_in(desk, running.url, "bela")
        wrong += [words for place in DESK for words in walk(desk, running.url + place)]
    assert not wrong, "\n".join(wrong)


def test_the_skip_link_leads_past_the_rail(running):
    with browser_window() as window:
        page = window.new_page()
        come_in(page, running.url, "principal")
        page.goto(f"{running.url}/cameras/")
        page.keyboard.press("Tab")
        assert is_focused(page.locator("a.skip"))
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_two_alerts_are_answered_one_after_the_other_and_an_answer_taken_back(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page = window.new_page()
        come_in(page, running.url, "principal")
        page.wait_for_selector(".card.current")
        page.keyboard.press("j")
        second = page.locator(".card.current").get_attribute("id")
        page.keyboard.press("k")
        first = page.locator(".card.current").get_attribute("id")
        assert first != second and is_focused(page.locator(f"#{first}"))
        tab_to(page, page.locator(f"#{first} .answers button").nth(2))
        page.keyboard.press("Enter")
        page.locator("[data-toast]").wait_for()
        page.wait_for_selector(f"#{second}.current")
        assert is_focused(page.locator(f"#{second}")), "the button went with its card: the next one is at hand"
        page.keyboard.press("u")
        page.wait_for_selector(f'#{first}[data-section="yours"]')
        assert page.evaluate("document.activeElement !== document.body")


def test_an_alert_is_answered_on_its_own_page_without_a_mouse_and_the_focus_stays_at_the_answer(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page, elsewhere = window.new_page(), window.new_page()
        come_in(page, running.url, "principal")
        page.goto(f"{running.url}/alerts/2/")
        answer = page.locator("#answer")
        elsewhere.goto(f"{running.url}/alerts/2/")
        tab_to(page, page.get_by_role("button", name="Same person"))
        page.keyboard.press("Enter")
        answer.get_by_text("You answered same person").wait_for()
        wait_for(lambda: is_focused(answer), "the focus is not at what was answered", seconds=5)
        page.bring_to_front()
        page.keyboard.press("Tab")
        assert is_focused(page.get_by_role("button", name="Undo my answer")), "and Tab goes on from there"
        page.keyboard.press("Enter")
        answer.get_by_text("Is this the same person?").wait_for()
        wait_for(lambda: is_focused(answer), "the focus is not at the question", seconds=5)
        page.keyboard.press("2")
        page.locator("article.alert[data-status=rejected]").wait_for()
        wait_for(lambda: is_focused(answer), "the focus is not at how it ended", seconds=5)
        elsewhere.bring_to_front()
        elsewhere.keyboard.press("1")
        elsewhere.get_by_text("You have answered this alert already.").wait_for()
        wait_for(lambda: is_focused(elsewhere.get_by_role("alert")), "the focus is not at what was wrong", seconds=5)


def test_a_renewal_is_approved(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page = window.new_page()
        come_in(page, running.url, "bela")
        page.goto(f"{running.url}/admin/watchlist/entry/")
        tab_to(page, page.get_by_role("link", name="Person 0"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/change/**")
        tab_to(page, page.get_by_role("link", name="Decide on the renewal…"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/renewal/")
        tab_to(page, page.locator("input.default"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/entry/")
        assert "Renewed: cameras look for this person until" in page.locator(".messagelist").inner_text()
