import io

import pytest
from django.core.management import CommandError, call_command

from audit.models import AccessRecord
from cameras.models import Camera, School

pytestmark = pytest.mark.django_db
ADDRESS = "rtsp://viewer:s3cret-word@192.0.2.7/stream?token=also-s3cret"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_camera_is_added_and_recorded_and_its_password_is_not_printed(north):
    said = run("camera_add", "Front door", ADDRESS, "--school", "North Park")
    camera = Camera.objects.get()
    assert (camera.name, camera.school, camera.place, camera.enabled) == ("Front door", north, "entrance", True)
    assert camera.address == ADDRESS
    assert "Front door, North Park" in said
    assert "192.0.2.7" in said
    assert "s3cret" not in said
    record = AccessRecord.objects.get(action="added")
    assert (record.actor_kind, record.subject) == ("command", "Front door, North Park")


def test_the_school_may_be_written_in_any_case_and_the_place_named(north):
    said = run("camera_add", "Room 7", ADDRESS, "--school", "north park", "--place", "classroom")
    assert Camera.objects.get().place == "classroom"
    assert "No face is recognised there" in said


@pytest.mark.parametrize("place", Camera.REFUSED_PLACES)
def test_in_places_of_trust_it_says_that_nobody_is_recognised(north, place):
    assert "No face is recognised there" in run(
        "camera_add", "Room", ADDRESS, "--school", "North Park", "--place", place
    )
    assert Camera.objects.get().recognition_refused


def test_a_place_that_is_none_is_refused(north):
    with pytest.raises(CommandError, match="invalid choice: 'nurse'"):
        run("camera_add", "Nurse", ADDRESS, "--school", "North Park", "--place", "nurse")
    assert not Camera.objects.exists()


def test_the_address_can_be_asked_for_so_that_no_history_keeps_it(north, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: ADDRESS)
    run("camera_add", "Front door", "-", "--school", "North Park")
    assert Camera.objects.get().address == ADDRESS


def test_an_unknown_school_lists_those_there_are(north, south):
    with pytest.raises(CommandError, match="no school “East”. There are: North Park, South Hill"):
        run("camera_add", "Front door", ADDRESS, "--school", "East")


def test_without_any_school_it_says_how_to_add_one(db):
    with pytest.raises(CommandError, match="manage.py school_add"):
        run("camera_add", "Front door", ADDRESS, "--school", "East")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://viewer:s3cret-word@192.0.2.7/x", "begins with rtsp://"),
        ("rtsp://viewer:s3cret-word@169.254.169.254/x", "metadata"),
        ("http://viewer:s3cret-word@127.0.0.1/x", "the server itself"),
        ("../s3cret-word.mp4", "no such video file"),
        ("", "Enter the camera's address"),
    ],
)
def test_a_refused_address_says_why_and_not_what_it_was(north, settings, address, reason):
    settings.LOCKPORT_DEVELOPMENT = False
    with pytest.raises(CommandError, match=reason) as caught:
        run("camera_add", "Front door", address, "--school", "North Park")
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert not Camera.objects.exists()


def test_a_second_camera_of_the_same_name_is_refused(front_door):
    with pytest.raises(CommandError, match="already exists") as caught:
        run("camera_add", "Front door", ADDRESS, "--school", "North Park")
    assert "s3cret" not in str(caught.value)


def test_a_school_is_added_and_recorded(db):
    said = run("school_add", "East Side", "--time-zone", "America/Chicago", "--jurisdiction", "us-pa")
    school = School.objects.get()
    assert (school.name, school.time_zone, school.jurisdiction) == ("East Side", "America/Chicago", "US-PA")
    assert "Nobody is looked for there" in said
    assert AccessRecord.objects.get(action="added").subject == "East Side"


@pytest.mark.parametrize("written", ["New York", "NY", "US-XX", "Pennsylvania", "US"])
def test_what_is_not_the_code_of_a_state_is_refused(db, written):
    with pytest.raises(CommandError, match="Write the code of the state"):
        run("school_add", "East Side", "--jurisdiction", written)
    assert not School.objects.exists()


def test_a_time_zone_that_does_not_exist_is_refused(db):
    with pytest.raises(CommandError, match="Mars/Olympus is not a time zone"):
        run("school_add", "East Side", "--time-zone", "Mars/Olympus", "--jurisdiction", "US-PA")
