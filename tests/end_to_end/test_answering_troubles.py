"""The review room when something is in the way: no network, a failing server, a session that is over, a small phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.deployment import deployment
from tests.end_to_end.people import MAKE_DISTRICT, PASSWORD
from tests.pictures import MAKE_ALERTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CHANGE = """
from django.contrib.auth.models import User
from alerts.correcting import correct
from audit.services import Actor
security = User.objects.get(username="security")
correct(person=security, actor=Actor.from_person(security), alert_pk=1, answer="different", reason="The ears differ")
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("answering-troubles")
    with deployment(folder) as district:
        district.shell(MAKE_DISTRICT + MAKE_ALERTS)
        district.start_all(watching=False)
        yield district


def same(page, number: int):
    return page.locator(f"#alert-{number}").get_by_role("button", name="Same person")


@pytest.mark.parametrize("size", [(360, 740), (640, 740)])
def test_the_answers_of_the_first_card_are_seen_without_scrolling_on_a_phone(running, size: tuple[int, int]):
    with browser_window(viewport={"width": size[0], "height": size[1]}) as window:
        page = sign_in(window, running.url, "principal")
        bar = page.locator(".rail").bounding_box()
        answers = page.locator('.queue[data-section="yours"] .card').first.locator(".answers button")
        assert answers.count() == 3
        for button in answers.all():
            box = button.bounding_box()
            assert box["height"] >= 44 and box["y"] + box["height"] <= bar["y"], box


def test_an_answer_that_cannot_be_sent_says_so_and_can_be_given_again(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page = sign_in(window, running.url, "principal")
        said = page.locator("#alert-2 [data-unsent]")
        page.locator("#alert-2 .note summary").click()
        page.fill("#note-2", "By the gym")
        page.route("**/alerts/2/decision", lambda route: route.fulfill(status=503, body="no"))
        same(page, 2).click()
        expect(said).to_have_text("Your answer was not sent: the server has a problem. Try again.")
        expect(said).to_have_attribute("role", "alert")
        page.unroute("**/alerts/2/decision")
        window.set_offline(True)
        expect(same(page, 2)).to_be_enabled()
        same(page, 2).click()
        expect(said).to_have_text("Your answer was not sent: the connection is lost. Try again.")
        expect(page.locator("[data-offline]")).to_be_visible(timeout=2000)
        window.set_offline(False)
        expect(page.locator("[data-offline]")).to_be_hidden(timeout=10_000)
        expect(page.locator("#note-2")).to_have_value("By the gym")
        same(page, 2).click()
        page.wait_for_selector('#alert-2[data-section="others"]')
        assert said.count() == 0


def test_signed_out_meanwhile_one_signs_in_and_is_back_where_one_was(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page = sign_in(window, running.url, "security")
        for place, card in (("/", "#alert-2"), ("/alerts/2/", "article.alert")):
            page.goto(running.url + place)
            window.clear_cookies(name="sessionid")
            page.locator(card).get_by_role("button", name="Cannot tell").click()
            page.wait_for_url("**/sign-in/?next=**")
            assert "nothing was saved" in page.locator("main").inner_text()
            page.fill("input[name=username]", "security")
            page.fill("input[name=password]", PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_selector("text=no answer was given")
            expect(page).to_have_url(running.url + place)
            expect(page.locator(card).get_by_role("button", name="Cannot tell")).to_be_enabled()


def test_who_answered_first_is_told_of_the_confirmation_and_of_its_end(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        page = sign_in(window, running.url, "principal")
        same(page, 1).click()
        page.wait_for_selector('#alert-1[data-section="others"]')
        other = sign_in(window.browser.new_context(), running.url, "security")
        same(other, 1).click()
        news = page.locator("[data-news] p")
        expect(news).to_contain_text("Confirmed by a second person: ", timeout=5000)
        expect(news).to_contain_text("at North Park, Front door.")
        assert news.locator("a").get_attribute("href").endswith("/alerts/1/")
        expect(page.locator("#alert-1 .steps")).to_be_visible()
        running.shell(CHANGE)
        expect(news).to_contain_text("The confirmation was withdrawn: ", timeout=5000)
        expect(page.locator("#alert-1 .outcome")).to_contain_text("one of them says otherwise now")
        assert news.count() == 1
        news.get_by_role("button", name="Close").click()
        assert news.count() == 0
