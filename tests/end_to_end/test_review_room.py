"""The review room in a browser: answered by keyboard, taken back, confirmed by a second person."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.cameras import is_focused
from tests.end_to_end.deployment import deployment, wait_for
from tests.end_to_end.people import MAKE_DISTRICT
from tests.pictures import MAKE_ALERTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Number 2 is decided: not this person.
MAKE_MORE = """
from django.contrib.auth.models import User
from alerts.deciding import decide
from audit.services import Actor
security = User.objects.get(username="security")
decide(person=security, actor=Actor.from_person(security), alert_pk=2, answer="different", note="Much older")
"""
STATE = """
import json
from alerts.models import Alert
print(json.dumps(list(Alert.objects.order_by("pk").values_list("status", "looked_at__year"))))
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("review-room")
    with deployment(folder) as district:
        district.shell(MAKE_DISTRICT)
        district.shell(MAKE_ALERTS)
        district.shell(MAKE_MORE)
        district.start_all(watching=False)
        yield district


def test_an_answer_is_given_and_taken_back_by_keyboard_and_two_people_confirm(running):
    with browser_window(viewport={"width": 1280, "height": 800}) as window:
        errors: list[str] = []
        page = sign_in(window, running.url, "principal")
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.wait_for_selector("#alert-1.current")
        page.keyboard.press("1")
        page.wait_for_selector('#alert-1[data-section="others"]')
        toast = page.locator("[data-toast]")
        assert "You answered: Same person." in toast.inner_text()
        page.keyboard.press("u")
        page.wait_for_selector('#alert-1[data-section="yours"]')
        assert toast.is_hidden()
        page.locator("#alert-1").get_by_role("button", name="Same person").click()
        page.wait_for_selector('#alert-1[data-section="others"]')
        page.locator("#alert-1 [data-undo] button").focus()
        page.wait_for_timeout(10_500)
        assert toast.is_hidden() and page.locator("#alert-1 [data-undo]").count() == 0
        assert is_focused(page.locator("#alert-1")), "the button went after its ten seconds, and its card is at hand"
        other = sign_in(page.context.browser.new_context(), running.url, "security")
        other.wait_for_selector("#alert-1.current")
        assert "You are asked without being told" in other.locator("#alert-1").inner_text()
        other.keyboard.press("1")
        page.wait_for_selector('#alert-1[data-status="confirmed"]', timeout=5000)
        assert errors == []
    states = json.loads(running.shell(STATE).splitlines()[-1])
    assert [status for status, _ in states] == ["confirmed", "rejected"] and all(year for _, year in states)


def test_a_pushed_message_is_shown_with_its_words_by_our_worker(running):
    """The browser's maker is left out: Chromium's own tools hand the message to the worker."""
    with browser_window() as window:
        window.grant_permissions(["notifications"], origin=running.url)
        page = sign_in(window, running.url, "principal")
        page.goto(f"{running.url}/notifications/")
        assert page.get_by_role("button", name="Use this browser").is_visible()
        tools = window.new_cdp_session(page)
        found: list[dict] = []
        tools.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
        tools.send("ServiceWorker.enable")
        page.evaluate("navigator.serviceWorker.register('/push-worker.js').then(() => navigator.serviceWorker.ready)")
        wait_for(lambda: page.evaluate("1") and found, "the worker is not registered")
        message = json.dumps(
            {"title": "Lockport", "body": "Possible match at North Park", "url": "/", "tag": "notice-1"}
        )
        pushed = {"origin": running.url, "registrationId": found[0]["registrationId"], "data": message}
        titles = "then((worker) => worker.getNotifications()).then((all) => all.map((one) => one.body))"
        shown = f"navigator.serviceWorker.ready.{titles}"

        # A worker that was only just installed may miss one; by its tag the next takes the place of the one before.
        def is_shown_once() -> bool:
            tools.send("ServiceWorker.deliverPushMessage", pushed)
            return page.evaluate(shown) == ["Possible match at North Park"]

        wait_for(is_shown_once, "nothing is shown")
