"""Somebody is proposed and approved in Django admin, and found; withdrawn, and found no more. Each within 5 seconds.

The browser does what two administrators would; a camera films the same person again and again all the while.
"""

import json
import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from lockport.demo.clip import make_clip
from lockport.demo.faces import packaged_faces
from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.deployment import Deployment, deployment, wait_for
from tests.end_to_end.people import MAKE_DISTRICT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PROMISE = 5.0
LOOKED_FOR = re.compile(r"^(\S+ \S+?),(\d+) INFO \S+: Camera \d+: (\d+) people are looked for", re.MULTILINE)
LOOKED_AT = "from cameras.health import health_of; print(health_of([1])[1].analysed)"
COUNT = "from alerts.models import Sighting; print(Sighting.objects.count())"


@pytest.fixture
def running(tmp_path: Path):
    with deployment(tmp_path) as district:
        district.shell(MAKE_DISTRICT)
        yield district


def film(district: Deployment) -> Path:
    """A camera that sees Eileen Collins every few seconds; returns her photograph."""
    from watchlist.enrolment import examine

    face = next(face for face in packaged_faces() if face.enrolled)
    photograph = district.folder / "collins.jpg"
    cv2.imwrite(str(photograph), face.picture)
    seen = examine(photograph.read_bytes())
    picture = cv2.imdecode(np.frombuffer(seen.jpeg, np.uint8), cv2.IMREAD_COLOR)
    (district.folder / "videos").mkdir(exist_ok=True)
    make_clip(district.folder / "videos" / "walk.mp4", [(picture, seen.face)])
    district.manage("camera_add", "Front door", "--school", "North Park", "walk.mp4")
    return photograph


def changes(district: Deployment) -> list[tuple[float, int]]:
    """When the running watch took up a new gallery, and how many people were in it, from the worker's log."""
    found = LOOKED_FOR.findall(district.log("watch"))
    return [(datetime.fromisoformat(at).timestamp() + int(ms) / 1000, int(people)) for at, ms, people in found]


def look_at_more_pictures(district: Deployment, count: int) -> None:
    """Until the camera's watch has looked at so many more: by its own count, however busy the machine is."""
    goal = int(district.shell(LOOKED_AT)) + count
    wait_for(lambda: int(district.shell(LOOKED_AT)) >= goal, "no pictures are looked at", seconds=120)


def propose(page, running: Deployment, photograph: Path) -> None:
    page.goto(f"{running.url}/admin/watchlist/entry/add/")
    page.fill("input[name=name]", "Eileen Collins")
    page.select_option("select[name=category]", label="Banned from school property by the school or a court")
    page.fill("textarea[name=basis]", "Order 17")
    page.select_option("select[name=order_by]", "court")
    page.fill("input[name=order_number]", "17")
    page.check("input[name=where][value=every]")
    expires = datetime.now() + timedelta(days=30)
    page.fill("input[name=expires_at_0]", f"{expires:%Y-%m-%d}")
    page.fill("input[name=expires_at_1]", "12:00:00")
    not_a_picture = photograph.with_name("notes.jpg")
    not_a_picture.write_text("these are notes")
    page.set_input_files("input[name=new_photographs]", not_a_picture)
    verdict = page.locator(".desk-card .rejected")
    verdict.wait_for(timeout=60_000)
    assert "not a JPEG" in verdict.inner_text(), "a bad photograph is refused at once, before anything is sent off"
    page.click("input[name=_save]")
    assert "picture" in page.locator(".errorlist").first.inner_text().lower(), "a bad file is refused at its field"
    blurred = photograph.with_name("blurred.jpg")
    cv2.imwrite(str(blurred), cv2.GaussianBlur(cv2.imread(str(photograph)), (0, 0), 4))
    page.set_input_files("input[name=new_photographs]", blurred)
    verdict.wait_for(timeout=60_000)
    assert "Use a sharp photograph" in verdict.inner_text(), "what is bad about it, and what to do better"
    page.get_by_role("button", name="Leave this photograph out").click()
    page.set_input_files("input[name=new_photographs]", photograph)
    page.locator(".desk-card .accepted").wait_for(timeout=60_000)
    assert verdict.count() == 0
    page.click("input[name=_save]")
    assert "Another administrator must approve it" in page.locator(".messagelist").inner_text()


def test_a_person_is_matched_within_5_seconds_of_the_approval_and_no_more_after_the_withdrawal(running: Deployment):
    photograph = film(running)
    running.start_all()
    with browser_window() as window:
        ada = sign_in(window, running.url, "ada")
        propose(ada, running, photograph)
        look_at_more_pictures(running, 15)
        assert changes(running) == [], "nobody is looked for on one person's word"

        bela = sign_in(window.browser.new_context(), running.url, "bela")
        bela.goto(f"{running.url}/admin/watchlist/entry/1/approve/")
        bela.click("input[type=submit].default")
        approved_at = time.time()
        wait_for(lambda: changes(running), "the watch did not take up the new person", seconds=PROMISE)
        assert changes(running)[-1][1] == 1
        reviewer = sign_in(window.browser.new_context(), running.url, "principal")
        reviewer.wait_for_selector("article.card", timeout=30_000)

        bela.goto(f"{running.url}/admin/watchlist/entry/1/withdraw/")
        bela.fill("[name=reason]", "The order was lifted")
        bela.click("input[type=submit].default")
        withdrawn_at = time.time()
        wait_for(lambda: changes(running)[-1][1] == 0, "the watch still looks for the person", seconds=PROMISE)
        took = changes(running)[0][0] - approved_at, changes(running)[-1][0] - withdrawn_at
        print(f"\napproved to looked for: {took[0]:.1f} s; withdrawn to forgotten: {took[1]:.1f} s")
        seen = json.loads(running.shell(COUNT))
        look_at_more_pictures(running, 100)  # she walks past twice more
        assert json.loads(running.shell(COUNT)) == seen, "a withdrawn person is not matched"
        files = [path for path in (running.folder / "vault" / "entries").rglob("*") if path.is_file()]
        assert not files, "photographs and templates are destroyed at once"
