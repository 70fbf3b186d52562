"""The page on which a camera is aimed: masks, zones, the right view, the place on the plan."""

import base64
import json
import time
from io import BytesIO

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from audit.models import AccessRecord
from audit.services import Actor
from cameras import health
from cameras.aiming import areas_of, plan_picture, plan_set, usual_view_keep, usual_view_of
from cameras.models import CameraArea, FloorPlan
from cameras.selectors import cameras_due

TRIANGLE = [[0.1, 0.1], [0.5, 0.1], [0.3, 0.6]]


def a_picture(size: tuple[int, int] = (320, 200), form: str = "PNG") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, "white").save(out, form)
    out.seek(0)
    return out


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.system_administrator)
    return client


def draw(desk, camera, points=TRIANGLE, kind="privacy", name="Window"):
    values = {"kind": kind, "name": name, "points": json.dumps(points)}
    return desk.post(reverse("cameras:areas", args=[camera.pk]), values)


def test_a_drawn_mask_is_in_force_with_the_next_watch_which_begins_at_once(desk, front_door):
    version = front_door.version
    assert draw(desk, front_door).status_code == 302
    front_door.refresh_from_db()
    assert areas_of(front_door).privacy == (((0.1, 0.1), (0.5, 0.1), (0.3, 0.6)),)
    assert front_door.version == version + 1
    assert AccessRecord.objects.filter(action="drew an area for", subject=str(front_door)).exists()


@pytest.mark.parametrize(
    "points", [[], TRIANGLE[:2], [[0, 0], [1, 0], [2, 2]], "no list", [[0, 0], [1, "x"], [1, 1]], [[0.1] * 3] * 3]
)
def test_a_drawing_that_is_none_is_refused_in_words(desk, front_door, points):
    response = draw(desk, front_door, points)
    assert response.status_code == 422
    assert b'role="alert"' in response.content
    assert not CameraArea.objects.exists()


def test_an_area_can_be_removed(desk, front_door):
    draw(desk, front_door)
    desk.post(reverse("cameras:area-remove", args=[CameraArea.objects.get().pk]))
    assert not areas_of(front_door)


def test_the_right_view_is_learned_anew(desk, front_door):
    usual_view_keep(front_door.pk, np.full((36, 64), 7, np.uint8))
    usual_view_keep(front_door.pk, np.full((36, 64), 9, np.uint8))
    front_door.refresh_from_db()
    assert usual_view_of(front_door)[0, 0] == 7, "what was learned first counts until somebody says otherwise"
    desk.post(reverse("cameras:right-view", args=[front_door.pk]))
    front_door.refresh_from_db()
    assert usual_view_of(front_door) is None


def test_without_a_watch_there_is_no_snapshot_and_the_page_says_so(desk, front_door):
    assert desk.get(reverse("cameras:snapshot", args=[front_door.pk]), {"new": 1}).status_code == 204
    assert b"A picture is being asked for" in desk.get(reverse("cameras:aim", args=[front_door.pk])).content


def test_a_camera_is_placed_on_its_school_s_plan(desk, front_door):
    plan_set(school=front_door.school, file=a_picture(), actor=Actor.command())
    desk.post(reverse("cameras:place", args=[front_door.pk]), {"points": "[[0.25, 0.5]]"})
    front_door.refresh_from_db()
    assert (front_door.plan_x, front_door.plan_y) == (0.25, 0.5)
    assert desk.post(reverse("cameras:place", args=[front_door.pk]), {"points": "[[2, 0]]"}).status_code == 422


def test_a_plan_is_kept_sealed_and_no_larger_than_needed(north, desk):
    page = reverse("admin:cameras_school_change", args=[north.pk])
    values = {"name": north.name, "jurisdiction": "US-PA", "time_zone": north.time_zone}
    file = SimpleUploadedFile("plan.jpg", a_picture((4000, 2000), "JPEG").read())
    assert desk.post(page, values | {"new_plan": file}).status_code == 302
    plan = FloorPlan.objects.get(school=north)
    assert (plan.width, plan.height) == (1600, 800)
    assert plan_picture(plan)[:4] == b"\x89PNG"
    with connection.cursor() as cursor:
        cursor.execute("SELECT picture FROM cameras_floorplan")
        assert base64.b64encode(b"\x89PNG") not in bytes(cursor.fetchone()[0])
    assert desk.get(reverse("cameras:plan", args=[north.pk])).content[:4] == b"\x89PNG"


@pytest.mark.parametrize("content", [b"", b"no picture", b"%PDF-1.7"])
def test_a_plan_that_is_no_picture_is_refused(north, content):
    with pytest.raises(ValidationError, match="not a picture"):
        plan_set(school=north, file=BytesIO(content), actor=Actor.command())


def test_only_cameras_that_are_on_and_within_their_hours_are_due(front_door):
    assert cameras_due() == {front_door.pk: front_door.version}
    front_door.watch_days = ""
    front_door.save()
    assert cameras_due() == {}


def test_a_mask_without_corners_is_refused_in_its_own_words_and_its_name_is_kept(desk, front_door):
    shown = draw(desk, front_door, points=[], kind="zone", name="The neighbour").content.decode()
    assert "Draw the corners of the area in the picture first" in shown
    assert "cannot be blank" not in shown
    assert 'value="The neighbour"' in shown and '<option value="zone" selected>' in shown


@pytest.mark.parametrize(
    ("state", "offered"), [("covered", False), ("unreachable", False), ("moved", True), ("watching", True)]
)
def test_a_view_is_learned_only_where_there_is_one(desk, front_door, state, offered):
    health.report(front_door.pk, state=state, last_frame_at=time.time())
    shown = desk.get(reverse("cameras:aim", args=[front_door.pk])).content.decode()
    assert ("This is the right view" in shown) == offered
