"""Makes the pictures of the pages in docs/pictures: `python -m tests.pictures`. The faces in them are drawings."""

import argparse
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.end_to_end.browser import browser_window, sign_in
from tests.end_to_end.deployment import deployment
from tests.end_to_end.people import MAKE_DISTRICT
from tests.environment import PROJECT

MAKE_ALERTS = """
from datetime import timedelta
import cv2, numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from alerts.models import Alert
from cameras.models import Camera, School
from watchlist.models import Category, Entry, Photograph

def drawing(skin, hair, coat, place, size=300):
    picture = np.full((size, size, 3), place, np.uint8)
    middle = size // 2
    cv2.ellipse(picture, (middle, size + 30), (110, 120), 0, 0, 360, coat, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (middle, middle - 12), (86, 104), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (middle, middle + 8), (70, 90), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for x in (-27, 27):
        cv2.circle(picture, (middle + x, middle - 4), 6, (50, 40, 40), -1, cv2.LINE_AA)
    cv2.line(picture, (middle, middle + 4), (middle - 5, middle + 30), (90, 90, 120), 2, cv2.LINE_AA)
    cv2.ellipse(picture, (middle, middle + 48), (24, 10), 0, 10, 170, (80, 80, 150), 3, cv2.LINE_AA)
    return cv2.imencode(".jpg", picture)[1].tobytes()

school = School.objects.get()
doors = [Camera.objects.create(school=school, name=name, address="usb:9", enabled=False) for name in ("Front door", "Gym door")]
Camera.objects.update(enabled=True)
ada, bela = User.objects.get(username="ada"), User.objects.get(username="bela")
people = [("banned", (150, 180, 220), (40, 50, 70), (120, 90, 60)), ("staff", (90, 120, 170), (20, 20, 25), (70, 110, 80))]
now = timezone.now()
for number, (slug, skin, hair, coat) in enumerate(people):
    category = Category.objects.get(slug=slug)
    entry = Entry.objects.create(name=f"Person {number}", category=category, basis="Order 17", every_school=True, status="active",
        expires_at=now + timedelta(days=30), proposed_by=ada, approved_by=bela)
    photograph = Photograph(entry=entry, quality=0.9, face=dict(left=70, top=50, right=230, bottom=250))
    photograph.file.save("x.jpg", ContentFile(drawing(skin, hair, coat, (205, 205, 200))), save=False)
    photograph.template.save("x.f32", ContentFile(bytes(512)), save=False)
    photograph.save()
    dim = [tuple(int(v * 0.8) for v in colour) for colour in (skin, hair, coat)]
    alert = Alert(entry=entry, category=category, camera=doors[number], first_seen=now - timedelta(seconds=40 + 300 * number),
        last_seen=now - timedelta(seconds=30), sightings=4, window_ends=now + timedelta(minutes=5), distance=-0.14 + 0.03 * number,
        raw_distance=0.41, threshold=-0.09, frames_used=5, quality=0.8 - 0.3 * number, runner_up_distance=0.11, gallery_size=23,
        gallery_version="7f3a", model="dlib_face_recognition_resnet_model_v1, onnxruntime")
    alert.face.save("face.jpg", ContentFile(drawing(*dim, (120, 125, 130))), save=False)
    alert.frame.save("frame.jpg", ContentFile(drawing(*dim, (120, 125, 130), size=420)), save=False)
    alert.save()
"""

# Believed for half a minute after the last report: to be run once the server is up.
REPORT = """
from django.core.cache import cache
from django.utils import timezone
from cameras import health
from cameras.models import Camera
health.EXPIRES = 600
for door, state in zip(Camera.objects.filter(school__name="North Park").order_by("pk"), ("watching", "frozen")):
    moment = timezone.now().timestamp()
    health.report(door.pk, state=state, last_frame_at=moment + (600 if state == "watching" else -95), frames_read=41230,
        frames_dropped=12, analysed=13730, since=moment - 3600)
"""

MAKE_ROOM = """
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo
from django.contrib.auth.models import Group, User
from django.utils import timezone
from alerts.models import Alert
from audit.findings import findings_renew
from audit.models import AccessRecord
from audit.services import Actor, record_access
from cameras.models import School
from watchlist.models import Photograph

officer = User.objects.create_user("priya", password="a long enough pass phrase", first_name="Priya", last_name="Nair")
officer.groups.add(Group.objects.get(name="Privacy officer"))
for name, first, last in (("principal", "Maria", "Lopez"), ("security", "Sam", "Reed"), ("ada", "Ada", "Stone")):
    User.objects.filter(username=name).update(first_name=first, last_name=last)
School.objects.create(name="South Hill", time_zone="America/Chicago", jurisdiction="US-PA")
maria, sam, ada = (Actor.from_person(User.objects.get(username=name)) for name in ("principal", "security", "ada"))
alerts, photograph = list(Alert.objects.all()), Photograph.objects.first()
acts = [(Actor.worker(), "raised", alerts[0], "", "done"), (maria, "looked at", alerts[0], "", "done"),
    (maria, "looked at the face of", alerts[0], "", "done"), (maria, "looked at", photograph, "", "done"),
    (maria, "decided", alerts[0], "Same person", "done"), (sam, "looked at", alerts[1], "", "done"),
    (sam, "decided", alerts[1], "You have answered this alert already.", "refused"), (ada, "changed", photograph.entry, "", "done"),
    (ada, "revoked", User.objects.get(username="security"), "school North Park", "done")]
for actor, action, subject, reason, result in acts:
    record_access(actor=actor, action=action, subject=subject, reason=reason, result=result)
night = datetime.combine(timezone.now().date(), time(2, 14), ZoneInfo("America/New_York"))
like = AccessRecord.objects.filter(action="looked at", actor_name="Sam Reed").values().first()
AccessRecord(**(like | dict(id=None, at=min(night, timezone.now()) - timedelta(days=1)))).save()
findings_renew()
"""


MAKE_MONTHS = """
import random
from datetime import timedelta
import cv2, numpy as np
from io import BytesIO
from django.contrib.auth.models import User
from django.utils import timezone
from alerts.models import Alert
from audit.services import Actor
from cameras.aiming import plan_set
from cameras.models import Camera, School, Traffic, Uptime
from tests.watchlist.evaluations import crowd, figures_of
from watchlist.evaluations import keep

chance, now, school = random.Random(7), timezone.now(), School.objects.get(name="North Park")
first, second = (User.objects.get(username=name) for name in ("principal", "security"))
like = Alert.objects.values().order_by("pk").first()
for number in range(140):
    at = now - timedelta(days=1 + 58 * chance.random())
    took = timedelta(seconds=chance.lognormvariate(4, 0.8))
    status = "confirmed" if number % 9 == 0 else "rejected"
    both = dict(confirmed_first_by_id=first.pk, confirmed_second_by_id=second.pk) if status == "confirmed" else dict()
    changes = dict(id=None, handle=__import__("uuid").uuid4(), first_seen=at, last_seen=at, window_open=False, status=status,
        looked_at=at + took / 3, answered_at=at + took, settled_at=at + took * (2 if both else 1))
    row = Alert.objects.create(**(like | changes | both))
    Alert.objects.filter(pk=row.pk).update(created_at=at)
for camera in Camera.objects.filter(school=school):
    for days in range(60):
        day, lost = (now - timedelta(days=days)), chance.choice([0, 0, 0, 4, 30]) * (3 if "Gym" in camera.name else 1)
        Traffic.objects.create(camera=camera, day=day.date(), passers_by=chance.randint(900, 1400))
        minutes = dict(watching=720 - lost, away=lost, resting=720)
        Uptime.objects.create(camera=camera, day=day.date(), began_at=day, counted_at=day, **minutes)
plan = np.full((560, 960, 3), 250, np.uint8)
for left, top, right, bottom, name in ((40, 40, 400, 240, "Gym"), (400, 40, 920, 240, "Cafeteria"), (40, 320, 300, 520, "Office"),
        (300, 320, 620, 520, "Library"), (620, 320, 920, 520, "Classrooms"), (40, 240, 920, 320, "")):
    cv2.rectangle(plan, (left, top), (right, bottom), (150, 150, 150), 3)
    cv2.putText(plan, name, (left + 20, top + 60), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (140, 140, 140), 2, cv2.LINE_AA)
plan_set(school=school, file=BytesIO(cv2.imencode(".png", plan)[1].tobytes()), actor=Actor.command())
Camera.objects.filter(name="Front door").update(plan_x=0.06, plan_y=0.5)
Camera.objects.filter(name="Gym door").update(plan_x=0.25, plan_y=0.4)
keep(figures_of(counts=crowd(40, 3200), grouped=True), actor=Actor.command())
from audit import tasks
for task in (tasks.seal_log, tasks.publish_head, tasks.verify_log):
    task()
"""

DESK, PHONE = {"viewport": {"width": 1280, "height": 800}}, {"viewport": {"width": 360, "height": 740}}
DARK = DESK | {"color_scheme": "dark"}
# Who looks how, at what: the name of each picture and the page.
PRINCIPAL = {
    "queue": "/",
    "alerts": "/alerts/1/",
    "map": "/map/1/",
    "figures": "/figures/",
    "evaluation": "/figures/evaluation/",
    "notifications": "/notifications/",
}
LOOKS: list[tuple[str, str, dict, dict[str, str]]] = [
    ("principal", "desk", DESK, PRINCIPAL),
    ("principal", "dark", DARK, {"queue": "/", "cameras": "/cameras/"}),
    ("principal", "phone", PHONE, {"queue": "/", "alerts": "/alerts/1/"}),
    ("priya", "desk", DESK, {"log": "/log/"}),
    ("ada", "desk", DESK, {"watchlist": "/admin/watchlist/entry/"}),
    ("principal", "es", PHONE, {"queue": "/"}),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=PROJECT / "docs" / "pictures")
    folder: Path = parser.parse_args().folder
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, deployment(Path(name)) as district:
        for script in (MAKE_DISTRICT, MAKE_ALERTS, MAKE_ROOM, MAKE_MONTHS):
            district.shell(script)
        district.start_all(watching=False)
        district.shell(REPORT)
        for person, look, options, pages in LOOKS:
            with browser_window(**options) as window:
                page = sign_in(window, district.url, person)
                if look == "es":
                    window.add_cookies([{"name": "language", "value": "es", "url": district.url}])
                for title, path in pages.items():
                    take(page, district.url + path, folder / f"{title}-{look}.png")
        with browser_window(**DESK) as window:
            take(window.new_page(), f"{district.url}/who-can-see/", folder / "who-can-see-desk.png")


def take(page: Page, address: str, file: Path) -> None:
    """A picture of a page in 128 colours: its text stays sharp, and it is a third as large."""
    page.goto(address)
    page.wait_for_timeout(500)
    picture = Image.open(BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main()
