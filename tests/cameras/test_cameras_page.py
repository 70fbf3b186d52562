"""The cameras page: which cameras see, which are blind, and since when."""

import html
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AccessRecord
from cameras import health
from cameras.models import Camera, School
from cameras.selectors import overview
from cameras.vision.capture import CaptureStats
from cameras.vision.states import CameraState
from cameras.watching import Health
from tests.conftest import Cast
from tests.environment import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_reports() -> None:
    from django.core.cache import cache

    cache.clear()


def page(client: Client, person) -> str:
    client.force_login(person)
    return html.unescape(" ".join(client.get("/cameras/").content.decode().split()))


def watching(camera: Camera, **values: object) -> None:
    health.report(camera.pk, **({"state": "watching", "last_frame_at": time.time()} | values))


def test_a_camera_that_watches_says_so_with_its_numbers(client: Client, cast: Cast, front_door: Camera):
    watching(front_door, frames_read=12_345, frames_dropped=12_000, analysed=345, delay=0.234)
    text = page(client, cast.north_principal)
    assert "All cameras watching" in text
    assert "<strong>Watching</strong>" in text
    for number in ("12,345", "12,000", "345", "0.23 s"):
        assert f">{number}<" in text


def test_a_camera_that_nobody_watches_is_blind_and_says_what_to_do(client: Client, cast: Cast, front_door: Camera):
    text = page(client, cast.north_principal)
    assert "Not watched by any worker." in text
    assert "Start a watch worker" in text
    assert "All cameras blind" in text


@pytest.mark.parametrize("state", [state for state in CameraState if not state.is_healthy])
def test_every_other_state_is_shown_as_blind_in_its_own_words(
    client: Client, cast: Cast, front_door: Camera, state: CameraState
):
    health.report(front_door.pk, state=state.value)
    text = page(client, cast.north_principal)
    assert "<strong>Blind</strong>" in text
    assert state.message in text
    assert state.advice in text


def test_a_camera_that_claims_to_watch_but_shows_an_old_picture_is_not_believed(
    client: Client, cast: Cast, front_door: Camera
):
    watching(front_door, last_frame_at=time.time() - 60)
    text = page(client, cast.north_principal)
    assert "All cameras watching" not in text
    assert CameraState.FROZEN.message in text


def test_a_report_that_is_not_renewed_is_forgotten(front_door: Camera, monkeypatch):
    monkeypatch.setattr("cameras.health.EXPIRES", 1)
    watching(front_door)
    assert health.health_of([front_door.pk])[front_door.pk].is_watching
    time.sleep(1.2)
    assert health.health_of([front_door.pk])[front_door.pk] == health.CameraHealth()


def test_since_when_a_state_lasts_is_kept_until_it_changes(front_door: Camera):
    health.report(front_door.pk, state="unreachable")
    first = health.health_of([front_door.pk])[front_door.pk].since
    health.report(front_door.pk, state="unreachable", frames_read=3)
    assert health.health_of([front_door.pk])[front_door.pk].since == first
    watching(front_door)
    assert health.health_of([front_door.pk])[front_door.pk].since > first


def test_what_a_watch_reports_is_what_the_page_shows(front_door: Camera):
    stats = CaptureStats(
        state=CameraState.WATCHING,
        frames_read=100,
        frames_dropped=75,
        last_frame_age=0.5,
        reconnects=0,
        undecodable=0,
        size=(1920, 1080),
        fps=25.0,
    )
    now = time.time()
    health.report_watch(
        Health(
            camera_id=front_door.pk,
            state=CameraState.WATCHING,
            capture=stats,
            analysed=20,
            matches=1,
            failed_analyses=0,
            failed_matches=0,
            failing="",
            at=now,
            delay=0.25,
        )
    )
    found = health.health_of([front_door.pk])[front_door.pk]
    assert (found.frames_read, found.frames_dropped, found.analysed) == (100, 75, 20)
    assert found.delay == 0.25
    assert found.last_frame_at == pytest.approx(now - 0.5)
    assert found.is_watching


def test_a_value_that_health_does_not_have_is_refused(front_door: Camera):
    with pytest.raises(TypeError):
        health.report(front_door.pk, state="watching", addres="rtsp://viewer:s3cret-word@192.0.2.7")


def test_without_the_cache_nothing_is_claimed(client: Client, cast: Cast, front_door: Camera, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://:hidden-word@127.0.0.1:{free_port()}/0",
        }
    }
    text = page(client, cast.north_principal)
    assert "Camera state not known" in text
    assert "All cameras watching" not in text
    assert "hidden-word" not in text


def test_a_camera_in_a_classroom_and_one_switched_off_are_not_called_blind(
    client: Client, cast: Cast, front_door: Camera, north: School
):
    watching(front_door)
    Camera.objects.create(school=north, name="Room 12", place=Camera.Place.CLASSROOM, address="usb:0")
    Camera.objects.create(school=north, name="Old door", enabled=False, address="usb:1")
    text = page(client, cast.north_principal)
    assert "All cameras watching" in text
    assert "Faces are never recognised in a classroom." in text
    assert "The camera is switched off in the settings." in text


def test_the_state_is_said_in_at_most_four_words(cast: Cast, north: School):
    said = {overview(cast.north_principal).words}
    cameras = [Camera.objects.create(school=north, name=f"Door {number}", address="usb:0") for number in range(3)]
    for camera in cameras:
        said.add(overview(cast.north_principal).words)
        watching(camera)
    said.add(overview(cast.north_principal).words)
    assert said == {"No cameras yet", "All cameras blind", "2 cameras blind", "1 camera blind", "All cameras watching"}
    assert all(len(words.split()) <= 4 for words in said)


def test_blind_cameras_come_first(cast: Cast, north: School):
    first = Camera.objects.create(school=north, name="A door", address="usb:0")
    second = Camera.objects.create(school=north, name="B door", address="usb:0")
    watching(first)
    assert [view.camera.pk for view in overview(cast.north_principal).cameras] == [second.pk, first.pk]


def test_cameras_of_other_schools_are_neither_shown_nor_counted(client: Client, cast: Cast, front_door: Camera):
    text = page(client, cast.south_principal)
    assert "Front door" not in text
    assert "You can see no cameras" in text
    assert "No cameras yet" in text


def test_whoever_looks_after_cameras_sees_how_all_of_them_do_and_no_recording(
    client: Client, cast: Cast, front_door: Camera, south: School
):
    Camera.objects.create(school=south, name="South gate", address="usb:0")
    watching(front_door)
    text = page(client, cast.system_administrator)
    assert "Front door" in text and "South gate" in text
    assert "1 camera blind" in text
    assert "/recording/" not in text
    client.get(f"/cameras/{front_door.pk}/")
    assert "Watching" in client.get(f"/cameras/{front_door.pk}/").content.decode()


def test_no_address_appears_anywhere(client: Client, cast: Cast, front_door: Camera):
    watching(front_door, failing="OSError in open, line 3 of reading.py")
    for address in ("/cameras/", "/cameras/state", "/", "/api/cameras/"):
        client.force_login(cast.north_principal)
        text = client.get(address).content.decode()
        assert "192.0.2.7" not in text and "s3cret-word" not in text, address


def test_the_page_is_recorded_before_it_is_shown(client: Client, cast: Cast, front_door: Camera):
    page(client, cast.north_principal)
    assert AccessRecord.objects.get(action="looked at").subject == f"cameras page, cameras: {front_door.pk}"


def test_the_number_of_queries_does_not_grow_with_the_cameras(
    client: Client, cast: Cast, front_door: Camera, north: School
):
    client.force_login(cast.north_principal)
    client.get("/cameras/")
    with CaptureQueriesContext(connection) as few:
        client.get("/cameras/")
    for number in range(30):
        Camera.objects.create(school=north, name=f"Door {number}", address="usb:0")
    with CaptureQueriesContext(connection) as many:
        client.get("/cameras/")
    assert len(many) == len(few)
    assert not any('"cameras_camera"."address"' in query["sql"] for query in many)


def test_in_an_emergency_the_cameras_page_and_a_refusal_lead_to_breaking_the_glass(client: Client, cast: Cast):
    assert "/watchlist/break-glass/" in page(client, cast.south_principal)
    assert "/watchlist/break-glass/" in client.get("/log/").content.decode(), "a page that is not open to them"
    assert "/watchlist/break-glass/" not in page(client, cast.system_administrator)
