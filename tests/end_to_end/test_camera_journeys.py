"""Cameras in a browser: a mask is drawn and what is behind it is not matched; a camera goes down and comes back.

Real RTSP servers play one clip with two enrolled people in it, one in each half of the picture. Nothing is timed: each
step waits for what it is about, so that a busy machine makes the journey longer and not wrong.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.cameras import LEFT, RIGHT, draw_with_the_keyboard, draw_with_the_mouse, film_both, photographs
from tests.end_to_end.deployment import Deployment, deployment, wait_for
from tests.end_to_end.people import ENROL, MAKE_DISTRICT, PASSWORD
from tests.rtsp.fixtures import RtspServer, require_gstreamer, start_server

pytestmark = [pytest.mark.browser, pytest.mark.rtsp, pytest.mark.timeout(600)]

PATIENCE = 120  # seconds; a machine with nothing else to do needs a tenth
TALL = {"viewport": {"width": 1280, "height": 1400}}
LEFT_HALF = [(0.002, 0.002), (0.5, 0.002), (0.5, 0.998), (0.002, 0.998)]
RIGHT_HALF = [(0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)]
LOOK_AFTER_CAMERAS = f"""
from django.contrib.auth.models import Group, User
otto = User.objects.create_user("otto", password="{PASSWORD}", is_staff=True)
otto.groups.add(Group.objects.get(name="System administrator"))
"""
SEEN = """
import json
from alerts.models import Alert
from cameras.health import health_of
from cameras.models import Camera
rows = Alert.objects.values_list("camera__name", "entry__name", "sightings")
looked_at = health_of(Camera.objects.values_list("pk", flat=True))
print(json.dumps([list(rows), {Camera.objects.get(pk=pk).name: row.analysed for pk, row in looked_at.items()}]))
"""


@dataclass
class Journey:
    """A district whose cameras all show the same clip, each from a server of its own or of another's."""

    district: Deployment
    clip: Path
    servers: dict[str, RtspServer] = field(default_factory=dict)

    def camera(self, name: str, place: str, server: str) -> None:
        if server not in self.servers:
            self.servers[server] = start_server(file=self.clip, loop=True)
        url = self.servers[server].url
        self.district.manage("camera_add", name, "--school", "North Park", "--place", place, url)

    def enrol(self) -> None:
        """From now on everybody in the clip is looked for."""
        photographs(self.district.folder)
        self.district.shell(ENROL.format(names=[LEFT, RIGHT], folder=str(self.district.folder)))

    def matches(self) -> dict[tuple[str, str], int]:
        """How often somebody was seen: {(camera, person): sightings}."""
        rows, _ = json.loads(self.district.shell(SEEN).splitlines()[-1])
        return {(camera, person): count for camera, person, count in rows}

    def looked_at(self, camera: str) -> int:
        return json.loads(self.district.shell(SEEN).splitlines()[-1])[1][camera]


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> Iterator[Journey]:
    require_gstreamer()
    folder = tmp_path_factory.mktemp("cameras")
    with deployment(folder) as district:
        district.shell(MAKE_DISTRICT + LOOK_AFTER_CAMERAS)
        story = Journey(district, film_both(folder / "both.mp4"))
        try:
            story.camera("Front door", "entrance", "front")
            story.camera("Gym door", "entrance", "gym")
            story.camera("Nurse", "clinic", "front")
            district.start_all()
            yield story
        finally:
            for server in story.servers.values():
                server.kill()
                server.process.stdout.close()


def test_a_face_behind_a_mask_is_not_matched_and_the_one_beside_it_is(journey: Journey):
    district = journey.district
    with browser_window(**TALL) as window:
        page = sign_in(window, district.url, "otto")
        open_camera(page, district, "Front door")
        page.locator("text=Every face found in it has been made unrecognisable").wait_for(timeout=PATIENCE * 1000)
        draw_with_the_mouse(page, LEFT_HALF, "Neighbour's window")
        open_camera(page, district, "Gym door")
        draw_with_the_keyboard(page, RIGHT_HALF, "Changing room door")
    journey.enrol()
    with browser_window(**TALL) as window:
        page = sign_in(window, district.url, "principal")
        page.locator("article.card").nth(1).wait_for(timeout=PATIENCE * 1000)
    # Each of the two is the other's proof that a face in that half would be matched, were it not for the mask.
    expected = {("Front door", RIGHT), ("Gym door", LEFT)}
    wait_for(
        lambda: all(journey.matches().get(pair, 0) >= 5 for pair in expected), "too few sightings", seconds=PATIENCE
    )
    assert set(journey.matches()) == expected, "nobody behind a mask, and nobody at all in the clinic"
    assert journey.looked_at("Nurse") > 0, "though its pictures do arrive"


def test_a_camera_that_goes_down_is_shown_as_blind_and_recovers_by_itself(journey: Journey):
    with browser_window(**TALL) as window:
        page = sign_in(window, journey.district.url, "principal")
        page.goto(f"{journey.district.url}/cameras/")
        row = page.locator("tr[data-camera]", has_text="Gym door")
        other = page.locator("tr[data-camera]", has_text="Front door")
        becomes(row, "watching")
        became = row.locator(".state-word").inner_text()
        server = journey.servers["gym"]
        server.kill()
        becomes(row, "blind")
        assert "Nobody passing here would be noticed." in row.inner_text()
        assert "Check that it has power and network" in row.inner_text() or "restart the camera" in row.inner_text()
        assert "since" in row.locator(".state-word").inner_text()
        assert other.get_attribute("data-state") == "watching", "one bad camera is one bad camera"
        page.locator(".state[data-level=bad]", has_text="1 camera blind").wait_for(timeout=PATIENCE * 1000)
        journey.servers["gym"] = start_server(file=journey.clip, loop=True, port=server.port)
        becomes(row, "watching")
        assert row.locator(".state-word").inner_text().split("since")[0] == became.split("since")[0]
        page.locator(".state[data-level=good]", has_text="All cameras watching").wait_for(timeout=PATIENCE * 1000)


def open_camera(page, district: Deployment, name: str) -> None:
    """As somebody comes there who looks after cameras: from the list of them all."""
    page.goto(f"{district.url}/cameras/")
    page.get_by_role("link", name=name).click()
    page.wait_for_url("**/cameras/*/")


def becomes(row, state: str) -> None:
    """Waits for the open page to show it: nothing is loaded anew by hand."""
    row.and_(row.page.locator(f"[data-state={state}]")).wait_for(timeout=PATIENCE * 1000)
