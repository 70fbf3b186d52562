"""A recording in a real browser: found on the timeline, asked for with a reason, and it plays."""

from pathlib import Path

import pytest

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.deployment import deployment, wait_for
from tests.end_to_end.people import MAKE_DISTRICT
from tests.rtsp.clips import make_clip

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RECORD = """
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from pathlib import Path
from django.contrib.auth.models import User
from django.utils import timezone
from guardian.shortcuts import assign_perm
from cameras.models import Camera, Gap, School
from tests.recording.conftest import record
school = School.objects.get()
camera = Camera.objects.create(school=school, name="Front door", address="usb:9")
zone = ZoneInfo("America/New_York")
eight = datetime(2026, 3, 2, 8, tzinfo=zone)
record(camera, Path({clip!r}), eight)
record(camera, Path({clip!r}), eight + timedelta(seconds=9))
Gap.objects.create(camera=camera, start=eight - timedelta(hours=7), end=eight, reason="unreachable")
record(camera, Path({clip!r}), eight + timedelta(hours=3))
"""


def test_a_recording_plays_in_a_browser_from_one_part_to_the_next(tmp_path: Path):
    clip = make_clip(tmp_path / "clip.mp4", seconds=9.0)
    with deployment(tmp_path) as district, browser_window(viewport={"width": 1280, "height": 900}) as window:
        district.shell(MAKE_DISTRICT)
        district.shell(RECORD.format(clip=str(clip)))
        district.start_all(watching=False)
        page = sign_in(window, district.url, "principal")
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(f"{district.url}/cameras/1/recording/?day=2026-03-02")
        assert "nothing came from the camera" in page.content()
        page.get_by_role("link", name="Watch from 08:00:00 EST").click()
        page.get_by_label("Minutes").fill("1")
        page.get_by_label("Why you need to see it").fill("A bicycle was stolen")
        page.get_by_role("button", name="Watch").click()
        page.wait_for_url("**/viewings/**")
        video = "document.querySelector('video:not([hidden])')"

        def becomes(condition: str) -> None:  # not wait_for_function, whose polling our content policy forbids
            wait_for(lambda: page.evaluate(condition), f"never: {condition}", seconds=30)

        becomes(f"{video}.readyState >= 2")
        page.evaluate(f"{video}.muted = true; {video}.play()")
        becomes(f"{video}.currentTime > 0.5")
        assert page.evaluate(f"{video}.videoWidth") == 320
        # The first part lasts two seconds; then the next one goes on by itself.
        becomes(f"{video}.src.endsWith('/1.mp4') && {video}.currentTime > 0.5")
        assert page.locator("[data-position]").text_content().startswith("08:00:0")
        page.evaluate(f"{video}.currentTime = 4")
        becomes(f"{video}.currentTime >= 4 && !{video}.seeking")
        assert problems == []
        log = district.shell(
            "from audit.models import AccessRecord; print(AccessRecord.objects.filter(action='watched').count())"
        )
        assert int(log) >= 2
