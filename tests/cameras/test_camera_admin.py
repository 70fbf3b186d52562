import re

import pytest
from django.test import Client

from audit.models import AccessRecord
from cameras.models import Camera, School
from tests.second_factor import with_app

pytestmark = pytest.mark.django_db
ADD, LIST = "/admin/cameras/camera/add/", "/admin/cameras/camera/"


@pytest.fixture
def otto(cast) -> Client:
    """The system administrator."""
    client = Client()
    client.force_login(cast.system_administrator)
    return client


def change(camera: Camera) -> str:
    return f"/admin/cameras/camera/{camera.pk}/change/"


def words(school: School, **changes: str) -> dict:
    return {
        "school": school.pk,
        "name": "Front door",
        "place": "entrance",
        "enabled": "on",
        "recording": "always",
        "watch_days": "1234567",
        "new_address": "",
    } | changes


def errors_of(response, field: str) -> str:
    assert response.status_code == 200
    return " ".join(response.context["adminform"].form.errors.get(field, []))


def test_a_camera_is_added_and_recorded(otto, north, cast):
    otto.post(ADD, words(north, new_address="rtsp://viewer:s3cret-word@192.0.2.7/stream"))
    camera = Camera.objects.get()
    assert camera.address == "rtsp://viewer:s3cret-word@192.0.2.7/stream"
    record = AccessRecord.objects.get(action="added")
    assert (record.subject, record.actor_id) == ("Front door, North Park", cast.system_administrator.pk)


def test_the_stored_password_is_never_shown_again(otto, front_door):
    shown = otto.get(change(front_door)).content.decode()
    assert "192.0.2.7" in shown
    for secret in ("s3cret-word", "viewer", "/stream"):
        assert secret not in shown
    assert "s3cret-word" not in otto.get(LIST).content.decode()


def test_a_typed_password_is_not_shown_again_when_another_field_is_wrong(otto, north):
    response = otto.post(ADD, words(north, name="", new_address="rtsp://viewer:s3cret-word@192.0.2.7/stream"))
    assert errors_of(response, "name")
    assert "s3cret-word" not in response.content.decode()


def test_an_address_left_blank_keeps_the_one_that_is_stored_and_the_watch_starts_anew(otto, front_door, north):
    otto.post(change(front_door), words(north, name="Main door"))
    camera = Camera.objects.get()
    assert (camera.name, camera.version) == ("Main door", front_door.version + 1)
    assert camera.address == "rtsp://viewer:s3cret-word@192.0.2.7/stream"


@pytest.mark.parametrize(
    "what", [{"new_address": "usb:0"}, {"place": "hallway"}, {"enabled": ""}, {"name": "Back door"}]
)
def test_every_change_makes_a_running_watch_start_anew(what, otto, front_door, north):
    otto.post(change(front_door), words(north) | what)
    assert Camera.objects.get().version == front_door.version + 1


def test_the_days_are_ticked_and_at_least_one_must_be(otto, front_door, north):
    assert "Monday" in otto.get(change(front_door)).content.decode()
    otto.post(change(front_door), words(north, watch_days=["5", "1", "2"]))
    assert Camera.objects.get().watch_days == "125"
    values = words(north)
    del values["watch_days"]
    assert "Tick at least one day" in errors_of(otto.post(change(front_door), values), "watch_days")
    assert Camera.objects.get().watch_days == "125"


def test_the_log_says_from_where_to_where_a_camera_is_said_to_hang(otto, front_door, north):
    otto.post(change(front_door), words(north, place="clinic"))
    otto.post(change(front_door), words(north, place="hallway"))
    otto.post(change(front_door), words(north, place="hallway", name="Hall"))
    reasons = AccessRecord.objects.filter(action="changed").order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["place: entrance to clinic", "place: clinic to hallway", ""]


def test_a_new_camera_needs_an_address(otto, north):
    assert "Enter the camera's address" in errors_of(otto.post(ADD, words(north)), "new_address")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("gopher://192.0.2.7/x", "begins with rtsp://"),
        ("rtsp://192.168.1.5:99999/x", "port"),
        ("rtsp://127.0.0.1/x", "the server itself"),
        ("rtsp://169.254.1.1/x", "link-local"),
        ("rtsp://[::ffff:169.254.169.254]/x", "metadata"),
        ("/etc/passwd", "no such video file"),
    ],
)
def test_a_refused_address_is_an_error_at_its_field_that_says_why(otto, cast, north, settings, address, reason):
    settings.LOCKPORT_DEVELOPMENT = False
    with_app(cast.system_administrator)
    settings.SECURE_SSL_REDIRECT = False
    assert reason in errors_of(otto.post(ADD, words(north, new_address=address)), "new_address")
    assert not Camera.objects.exists()


def test_a_video_file_in_the_allowed_folder_is_accepted(otto, north, settings):
    (settings.LOCKPORT_VIDEO_FOLDER / "clip.mp4").write_bytes(b"x")
    otto.post(ADD, words(north, new_address="clip.mp4"))
    assert Camera.objects.get().address == "clip.mp4"


def test_a_place_where_recognition_is_refused_is_explained(otto, north):
    response = otto.post(ADD, words(north, new_address="usb:0", place="clinic"), follow=True)
    assert "never recognised in classrooms" in " ".join(map(str, response.context["messages"]))
    assert Camera.objects.get().recognition_refused


def test_a_camera_whose_address_cannot_be_read_can_still_be_mended(otto, front_door, north):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE cameras_camera SET address = %s", [b"sealed under another key, long ago"])
    assert otto.get(LIST).status_code == 200
    assert "another master key" in otto.get(change(front_door)).content.decode()
    otto.post(change(front_door), words(north, new_address="usb:0"))
    assert Camera.objects.get().address == "usb:0"


def test_a_camera_without_alerts_is_deleted_and_that_is_recorded(otto, front_door):
    otto.post(f"/admin/cameras/camera/{front_door.pk}/delete/", {"post": "yes"})
    assert not Camera.objects.exists()
    assert AccessRecord.objects.get(action="deleted").subject == "Front door, North Park"


def test_a_school_is_added_and_changed_on_the_record(otto):
    values = {"name": "East Side", "time_zone": "America/Chicago", "jurisdiction": "US-PA"}
    otto.post("/admin/cameras/school/add/", values)
    school = School.objects.get(name="East Side")
    otto.post(f"/admin/cameras/school/{school.pk}/change/", values | {"name": "East Park"})
    assert School.objects.get(pk=school.pk).name == "East Park"
    acts = AccessRecord.objects.filter(subject_kind="school").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["added", "changed"]


@pytest.mark.parametrize("person", ["administrator", "outsider", "north_principal"])
def test_nobody_but_the_system_administrator_reaches_the_cameras_settings(person, front_door, cast):
    user = getattr(cast, person)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get(ADD).status_code == 403
    assert client.post(change(front_door), {"name": "x"}).status_code == 403


def test_a_new_camera_is_watched_every_day_unless_somebody_unticks_one(otto):
    shown = otto.get(ADD).content.decode()
    assert len(re.findall(r'name="watch_days"[^>]* checked', shown)) == 7


def test_a_video_file_that_is_not_there_names_the_folder_and_no_more_of_its_path(otto, north, settings):
    said = errors_of(otto.post(ADD, words(north, new_address="missing.mp4")), "new_address")
    folder = settings.LOCKPORT_VIDEO_FOLDER
    assert f"{folder.parent.name}/videos" in said
    assert str(folder) not in said
    assert f"{folder.parent.name}/videos" in otto.get(ADD).content.decode()


def test_the_hours_of_a_camera_offer_no_now_by_another_clock_than_the_schools(otto, front_door):
    Camera.objects.update(watch_from="08:00", watch_until="17:00")
    shown = otto.get(change(front_door), headers={"accept-language": "es"}).content.decode()
    assert "vTimeField" not in shown
    assert 'type="time" name="watch_from" value="08:00"' in re.sub(r"\s+", " ", shown)
