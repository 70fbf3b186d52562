"""Makes the pictures of the pages in docs/pictures: `python -m tests.pictures`. The faces in them are drawings."""

import tempfile
from pathlib import Path

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
from cameras.health import report
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
for door, state in zip(doors, ("watching", "frozen")):
    moment = timezone.now().timestamp()
    report(door.pk, state=state, last_frame_at=moment + (60 if state == "watching" else -95), frames_read=41230,
           frames_dropped=12, analysed=13730, since=moment - 3600)
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


def main() -> None:
    folder = PROJECT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, deployment(Path(name)) as district:
        district.shell(MAKE_DISTRICT)
        district.start_all(watching=False)
        district.shell(MAKE_ALERTS)
        looks = {
            "desk": {"viewport": {"width": 1280, "height": 800}},
            "phone": {"viewport": {"width": 360, "height": 740}},
            "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
        }
        for look, options in looks.items():
            with browser_window(**options) as window:
                page = sign_in(window, district.url, "principal")
                for path in ("", "alerts/1/", "cameras/"):
                    page.goto(f"{district.url}/{path}")
                    page.wait_for_timeout(500)
                    title = path.split("/")[0] or "queue"
                    page.screenshot(path=folder / f"{title}-{look}.png", full_page=look == "phone")
        district.shell(MAKE_ROOM)
        for look, options in looks.items():
            with browser_window(**options) as window:
                page = sign_in(window, district.url, "priya")
                for title, path in (("log", "log/"), ("log-about", "log/?about=1"), ("reviews", "log/reviews/")):
                    page.goto(f"{district.url}/{path}")
                    page.wait_for_timeout(300)
                    page.screenshot(path=folder / f"{title}-{look}.png", full_page=look == "phone")
        with browser_window(**looks["desk"]) as window:
            page = sign_in(window, district.url, "ada")
            for title, path in (("desk", "watchlist/entry/"), ("desk-add", "watchlist/entry/add/")):
                page.goto(f"{district.url}/admin/{path}")
                page.screenshot(path=folder / f"{title}.png")


if __name__ == "__main__":
    main()
