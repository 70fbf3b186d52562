"""What an office does in a browser: a signed list is imported, an appeal answered, a photograph dropped on the form,
and somebody proposed without a mouse.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.cameras import LEFT, RIGHT, is_focused, photographs, tab_to
from tests.end_to_end.deployment import deployment
from tests.end_to_end.desk import BANNED, Registry, blurred, check_list, drop, note_failures, open_entry, told
from tests.end_to_end.people import MAKE_DISTRICT
from tests.end_to_end.test_keyboard_only import come_in
from tests.pictures import MAKE_ALERTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WIDE = {"viewport": {"width": 1280, "height": 800}}
SLOWLY = 60_000  # milliseconds: a photograph takes a second, and many on a busy machine


@pytest.fixture(scope="module")
def registry(tmp_path_factory) -> Registry:
    return Registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def faces(registry: Registry) -> dict[str, Path]:
    return photographs(registry.folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory, registry: Registry):
    with deployment(tmp_path_factory.mktemp("desk")) as district:
        district.environment["LOCKPORT_REGISTRY_KEYS"] = registry.setting
        district.shell(MAKE_DISTRICT + MAKE_ALERTS)
        district.start_all(watching=False)
        yield district


def test_a_signed_list_is_imported_and_who_leaves_it_is_proposed_to_be_withdrawn(running, registry, faces):
    with browser_window(**WIDE) as window:
        wrong, ada = note_failures(window), sign_in(window, running.url, "ada")
        ada.goto(f"{running.url}/admin/watchlist/entry/")
        ada.get_by_role("link", name="Import a list…").click()
        march = registry.issue("march", {"R-1": LEFT, "R-2": RIGHT})
        plan = check_list(ada, registry, march, [LEFT])
        assert is_focused(plan) and "✓ The signature fits the key" in plan.inner_text()
        row = plan.locator("tr", has_text=RIGHT)
        assert "no photograph of this name" in row.inner_text() and row.get_by_role("checkbox").count() == 0
        plan = check_list(ada, registry, march, [LEFT, RIGHT])
        assert plan.get_by_text("+ new").count() == 2
        ada.get_by_role("button", name="Propose what is ticked").click()
        ada.wait_for_url("**/entry/", timeout=SLOWLY)
        assert "Proposed: 2; to be withdrawn: 0." in told(ada)

        bela = sign_in(window.browser.new_context(), running.url, "bela")
        open_entry(bela, running, LEFT)
        bela.get_by_role("link", name="Approve…").click()
        assert registry.name in bela.locator(".desk-summary").inner_text()
        bela.get_by_role("button", name="Approve: cameras look for this person").click()
        assert "Cameras will look for this person within 5 seconds." in told(bela)

        ada.goto(f"{running.url}/admin/watchlist/entry/import/")
        april = registry.issue("april", {"R-2": RIGHT})
        plan = check_list(ada, registry, april, [RIGHT])
        assert "= unchanged" in plan.locator("tr", has_text=RIGHT).inner_text()
        assert plan.get_by_label(f"R-1: {LEFT}").is_checked()
        ada.get_by_role("button", name="Propose what is ticked").click()
        ada.wait_for_url("**/entry/", timeout=SLOWLY)
        assert "Proposed: 0; to be withdrawn: 1." in told(ada)
        state = ada.locator("#result_list tr", has_text=LEFT).inner_text()
        assert "looked for" in state and "withdrawal proposed" in state, "a list alone takes nobody off the watchlist"
        open_entry(bela, running, LEFT)
        assert "No longer in the list" in bela.locator(".desk-caution").inner_text()
        assert wrong == []


def test_a_list_that_was_altered_after_it_was_signed_is_refused_in_words(running, registry, faces):
    altered = registry.issue("may", {"R-3": LEFT})
    altered.write_text(altered.read_text().replace(f",{LEFT},", ",Somebody Else,"))
    with browser_window(**WIDE) as window:
        wrong, ada = note_failures(window), sign_in(window, running.url, "ada")
        ada.goto(f"{running.url}/admin/watchlist/entry/import/")
        plan = check_list(ada, registry, altered, [LEFT])
        assert "the list was altered, or another key signed it" in plan.inner_text()
        assert is_focused(plan) and ada.get_by_role("button", name="Propose what is ticked").count() == 0
        assert wrong == []


def test_an_appeal_is_recorded_with_its_two_clocks_acknowledged_and_answered_by_somebody_else(running):
    received = datetime.now() - timedelta(days=2)
    acknowledge_by, answer_by = (f"{received + timedelta(days=days):%Y-%m-%d}" for days in (7, 30))
    with browser_window(**WIDE) as window:
        wrong, ada = note_failures(window), sign_in(window, running.url, "ada")
        open_entry(ada, running, "Person 0")
        ada.get_by_role("link", name="Record an appeal…").click()
        ada.get_by_label("Received: date").fill(f"{received:%Y-%m-%d}")
        ada.get_by_label("Received: time").fill("12:00:00")
        ada.get_by_label("Statement").fill("That is my twin. Call 555-0100.")
        ada.get_by_role("button", name="Record the appeal").click()
        assert "acknowledged within 7 days and answered within 30" in told(ada)
        assert "✉ appeal" in ada.locator("#result_list tr", has_text="Person 0").inner_text()
        ada.get_by_role("navigation", name="Rooms").get_by_role("link", name="Appeals").click()
        ada.get_by_role("link", name="against Person 0").click()
        assert "somebody else must answer" in ada.locator(".desk-caution").inner_text()

        bela = sign_in(window.browser.new_context(), running.url, "bela")
        bela.goto(f"{running.url}/admin/watchlist/appeal/")
        assert f"acknowledge by {acknowledge_by}" in bela.locator("#result_list").inner_text()
        bela.get_by_role("link", name="against Person 0").click()
        assert f"answer by {answer_by}" in bela.locator(".desk-summary").inner_text()
        bela.get_by_role("button", name="Acknowledge: the person was told").click()
        assert f"will be answered by {answer_by}" in told(bela)
        assert f"answer by {answer_by}" in bela.locator("#result_list").inner_text(), "the other clock goes on"
        bela.get_by_role("link", name="against Person 0").click()
        bela.get_by_label("upheld").check()
        bela.get_by_label("Reasons").fill("The photographs were compared again.")
        bela.get_by_role("button", name="Answer the appeal").click()
        assert "Answered. Send the person the reasons." in told(bela)
        assert "✓ upheld" in bela.locator("#result_list").inner_text()
        ada.goto(f"{running.url}/admin/watchlist/entry/")
        assert "Person 0" not in ada.locator("#result_list").inner_text(), "upheld: withdrawn and forgotten at once"
        assert wrong == []


def test_a_dropped_photograph_is_judged_at_once_and_the_better_one_is_kept(running, faces):
    note = faces[LEFT].with_name("order.pdf")
    note.write_bytes(b"%PDF-1.4 the order")
    with browser_window(**WIDE) as window:
        wrong, ada = note_failures(window), sign_in(window, running.url, "ada")
        ada.goto(f"{running.url}/admin/watchlist/entry/add/")
        zone, rejected = ada.locator(".drop"), ada.locator(".desk-card .rejected")
        drop(ada, zone, note)
        ada.get_by_text("order.pdf").wait_for()
        drop(ada, zone, blurred(faces[LEFT]))
        rejected.wait_for(timeout=SLOWLY)
        assert "Use a sharp photograph" in rejected.inner_text()
        drop(ada, zone, faces[LEFT])
        ada.locator(".desk-card .accepted").wait_for(timeout=SLOWLY)
        rejected.locator("xpath=../..").get_by_role("button", name="Leave this photograph out").click()
        kept = "[...document.querySelector('[name=new_photographs]').files].map((file) => file.name)"
        assert ada.evaluate(kept) == [faces[LEFT].name], "what the form will send"
        assert rejected.count() == 0 and is_focused(ada.locator("input[name=new_photographs]"))
        assert wrong == []


def test_somebody_is_proposed_without_a_mouse(running, faces):
    until = datetime.now() + timedelta(days=20)
    with browser_window(**WIDE) as window:
        wrong, page = note_failures(window), window.new_page()
        come_in(page, running.url, "ada")
        page.goto(f"{running.url}/admin/watchlist/entry/")
        tab_to(page, page.get_by_role("link", name="Add entry"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/add/")
        for name, words in BANNED.items():
            tab_to(page, page.locator(f"[name={name}]"))
            page.keyboard.type(words)
        tab_to(page, page.locator("[name=where]").first)
        page.keyboard.press("ArrowDown")
        tab_to(page, page.get_by_label("North Park"))
        page.keyboard.press("Space")
        for name, words in {"expires_at_0": f"{until:%Y-%m-%d}", "expires_at_1": "12:00:00"}.items():
            tab_to(page, page.locator(f"[name={name}]"))
            page.keyboard.type(words)
        tab_to(page, page.locator("[name=new_photographs]"))
        page.set_input_files("[name=new_photographs]", faces[RIGHT])  # the window to choose it is the system's
        page.locator(".desk-card .accepted").wait_for(timeout=SLOWLY)
        tab_to(page, page.get_by_role("button", name="Box around the face"))
        page.keyboard.press("Enter")
        cut = page.get_by_role("button", name="Cut to the box")
        tab_to(page, cut)
        uncut = cut.element_handle()
        page.keyboard.press("Enter")
        uncut.wait_for_element_state("hidden")
        page.locator(".desk-card .accepted").wait_for(timeout=SLOWLY)
        assert is_focused(page.locator(".desk-cards > li")), "at what the smaller picture is worth"
        tab_to(page, page.get_by_role("button", name="Propose"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/entry/", timeout=SLOWLY)
        assert "Another administrator must approve it" in told(page)
        row = page.locator("#result_list tr", has_text="Jo Doe").inner_text()
        assert all(words in row for words in ("waiting for approval", "North Park", f"{until:%Y-%m-%d} 12:00"))
        assert wrong == []
