"""The main job: a face on a real camera becomes an alert in a real browser.

A real RTSP server with a password plays a clip of people walking past (London faces: enrolled with *neutral*, filmed
*smiling*), real workers watch it, and a principal looks at the review room in headless Chromium.
"""

import json
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.alerts.notices import Received, mail_server
from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.deployment import Deployment, deployment, wait_for
from tests.end_to_end.people import ALERTS, ENROL, MAKE_DISTRICT

pytestmark = [pytest.mark.shared, pytest.mark.rtsp, pytest.mark.browser, pytest.mark.timeout(420)]

ENROLLED = ["003", "014", "022", "041"]
PASSERS_BY = ["008", "031", "061", "087"]
WALKERS = [name for pair in zip(ENROLLED, PASSERS_BY, strict=True) for name in pair]
GAP, CROSSING, NEAREST = 2.0, 4.0, 150
CAMERA_PASSWORD = "s3cret/p@ss word"

NOTE_ARRIVALS = """() => {
  window.arrivals = {};
  const note = () => document.querySelectorAll("article.card").forEach((card) => {
    window.arrivals[card.dataset.alert] ??= Date.now() / 1000;
  });
  note();
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def clip(shared: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    words = f"--fps 15 --gap {GAP} --crossing {CROSSING} --face {NEAREST} --size 1920x1080 --people".split() + WALKERS
    command = [sys.executable, shared / "tools" / "make_clip.py", "--out", folder / "walk.mp4"]
    command += ["--truth", folder / "walk.json", "--faces", shared / "data" / "london" / "smiling", *words]
    subprocess.run(command, check=True, timeout=300)
    return folder / "walk.mp4"


@pytest.fixture
def running(tmp_path: Path):
    with deployment(tmp_path) as district:
        district.shell(MAKE_DISTRICT)
        yield district


def alerts_of(district: Deployment) -> list[dict]:
    return json.loads(district.shell(ALERTS).splitlines()[-1])


def clip_began_at(district: Deployment) -> float:
    """When the first picture of the stream arrived, in unix seconds, from the worker's log."""
    line = re.search(
        r"^(\S+ \S+?),(\d+) INFO cameras.vision.capture: .*: watching, was starting", district.log("watch"), re.M
    )
    assert line, "the worker did not say that it watches"
    return datetime.fromisoformat(line[1]).timestamp() + int(line[2]) / 1000


def reaches_100_pixels_at(name: str) -> float:
    """Seconds into the clip at which the walker's face is 100 pixels wide (see make_clip.py)."""
    start = GAP + WALKERS.index(name) * max(GAP, CROSSING)
    return start + CROSSING * (100 / NEAREST - 0.35) / 0.65


def test_each_enrolled_person_raises_exactly_one_alert_and_a_passer_by_none(running, clip, shared, rtsp_server):
    camera = rtsp_server(file=clip, loop=True, user="viewer", password=CAMERA_PASSWORD)
    running.shell(ENROL.format(names=ENROLLED, folder=str(shared / "data" / "london" / "neutral")))
    running.manage("camera_add", "Front door", "--school", "North Park", camera.url)
    running.start_all()
    with mail_server() as mail, browser_window() as window:
        page = sign_in(window, running.url, "principal")
        be_told_by_mail(page, running, mail)
        page.evaluate(NOTE_ARRIVALS)
        # Everybody walks past at least once, and most twice.
        clip_seconds = GAP * 2 + len(WALKERS) * CROSSING
        wait_for(lambda: page.locator("article.card").count() >= len(ENROLLED), "not all alerts arrived", seconds=120)
        remaining = clip_began_at(running) + 1.6 * clip_seconds - time.time()
        page.wait_for_timeout(max(remaining, 0) * 1000)
        arrivals = {int(pk): moment for pk, moment in page.evaluate("window.arrivals").items()}
        alerts = alerts_of(running)
        assert sorted(row["entry__name"] for row in alerts) == ENROLLED, "one alert each, and none for passers-by"
        assert set(arrivals) == {row["pk"] for row in alerts}, "the browser shows what was raised, without reloading"
        check_what_the_card_says(page, running)
        number = decide(page, running)
        check_what_the_mail_says(mail, running, number)
    report_delays(running, alerts, arrivals)
    assert running.stop("watch") <= 5
    assert running.stop("web") <= 5
    assert CAMERA_PASSWORD not in running.all_logs()
    assert "p%40ss" not in running.all_logs()


def check_what_the_card_says(page, running) -> None:
    card = page.locator("article.card").first
    words = card.inner_text()
    for expected in ("Possible match", "North Park", "Front door", "Is this the same person?"):
        assert expected in words
    assert re.search(r"\bE[SD]T\b", words), "the time is in the school's zone, and says so"
    enrolled = card.locator("[aria-label='Enrolled photograph'] image").get_attribute("href")
    camera = card.locator("img[alt^='Face of the passer-by']").get_attribute("src")
    for picture in (enrolled, camera):
        answer = page.request.get(running.url + picture)
        assert answer.status == 200 and answer.headers["content-type"] == "image/jpeg"
        assert "no-store" in answer.headers["cache-control"]


def be_told_by_mail(page, running: Deployment, mail: Received) -> None:
    page.goto(f"{running.url}/notifications/")
    page.fill("#id_name", "My mailbox")
    page.fill("#id_address", f"mailto://127.0.0.1:{mail.port}?from=lockport@example.org&to=principal@example.org")
    page.locator("button.main").click()
    page.wait_for_selector("section.place")
    page.goto(running.url)


def check_what_the_mail_says(mail: Received, running: Deployment, number: str) -> None:
    """One mail for each alert, and one when two people have confirmed one; none names anybody."""

    def confirmed() -> list[str]:
        return [text for text in mails() if "Confirmed by two people" in text]

    def mails() -> list[str]:
        return [message["message"].replace("=\r\n", "") for message in mail.messages]

    wait_for(confirmed, "no mail says that it is confirmed", seconds=40)
    time.sleep(5)  # and no second one follows
    assert len(confirmed()) == 1 and f"/alerts/{number}/" in confirmed()[0]
    assert sum("Possible match at North Park, Front door" in text for text in mails()) == len(ENROLLED)
    assert not [text for text in mails() if "image/" in text or "attachment" in text]


def decide(page, running: Deployment) -> str:
    """Answers an alert; a second person, not told the answer, agrees. Returns the alert's number."""
    first = page.locator("article.card").first
    number = first.get_attribute("data-alert")
    first.locator("button[value=same]").click()
    page.wait_for_selector(f"#alert-{number}[data-status=second]")
    other = sign_in(page.context.browser.new_context(), running.url, "security")
    other.goto(f"{running.url}/alerts/{number}/")
    assert "Somebody has answered already" in other.locator("main").inner_text()
    other.locator("button[value=same]").first.click()
    other.wait_for_selector("text=/confirmed/i")
    page.wait_for_selector(f"#alert-{number}[data-status=confirmed]", timeout=5000)
    return number


def report_delays(running: Deployment, alerts: list[dict], arrivals: dict[int, float]) -> None:
    began = clip_began_at(running)
    delays = [arrivals[row["pk"]] - began - reaches_100_pixels_at(row["entry__name"]) for row in alerts]
    print(
        f"\nfrom 100 pixels to the alert in the browser: median {np.median(delays):.2f} s, p95 "
        f"{np.percentile(delays, 95):.2f} s (goal 2 s; below 0: decided before the face was that large)"
    )
