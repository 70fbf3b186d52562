"""The clip of an alert: cut from the recording, kept with the alert's key; and why there is none."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from alerts.clips import clips_cut
from alerts.models import Alert, Clip
from audit.models import AccessRecord
from cameras.models import Camera, Gap
from cameras.recording.reasons import Reason
from retention.vault import KeyDestroyed, destroy_key
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast
from tests.recording.conftest import record
from tests.recording.packets import payloads, pictures
from tests.rtsp.clips import encoded_pictures, make_clip
from watchlist.models import Category

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "minute.mp4", seconds=60.0, rate=10)


@pytest.fixture
def seen_at(eight_in_the_morning: datetime) -> datetime:
    return eight_in_the_morning + timedelta(seconds=25)


@pytest.fixture
def alert(cast: Cast, banned: Category, front_door: Camera, seen_at: datetime) -> Alert:
    alert = make_alert(make_entry(cast, banned), front_door, first_seen=seen_at, last_seen=seen_at)
    Alert.objects.filter(pk=alert.pk).update(created_at=seen_at)
    return Alert.objects.get(pk=alert.pk)


def test_the_clip_shows_ten_seconds_before_to_twenty_after(alert: Alert, minute: Path, seen_at: datetime):
    record(alert.camera, minute, seen_at - timedelta(seconds=25), length=10.0)
    assert clips_cut(seen_at + timedelta(seconds=40)) == 1
    clip = Clip.objects.get(alert=alert)
    content = clip.file.open().read()
    assert payloads(content) == encoded_pictures(minute)[150:450]
    assert pictures(content) == 300
    assert AccessRecord.objects.filter(action="cut a clip for", subject_id=str(alert.pk)).exists()
    assert clips_cut(seen_at + timedelta(seconds=45)) == 0


def test_the_clip_waits_until_its_end_is_stored(alert: Alert, minute: Path, seen_at: datetime):
    record(alert.camera, minute, seen_at - timedelta(seconds=55), length=10.0)
    assert clips_cut(seen_at + timedelta(seconds=30)) == 0
    assert clips_cut(seen_at + timedelta(seconds=100)) == 1, "but not for ever"
    assert pictures(Clip.objects.get().file.open().read()) == 150


def test_the_clip_dies_with_the_alerts_key(
    alert: Alert, minute: Path, seen_at: datetime, django_capture_on_commit_callbacks
):
    record(alert.camera, minute, seen_at - timedelta(seconds=25), length=10.0)
    clips_cut(seen_at + timedelta(seconds=40))
    clip = Clip.objects.get()
    assert clip.file.name.startswith(f"alerts/{alert.handle}/")
    with django_capture_on_commit_callbacks(execute=True):
        destroy_key(alert.owner)
    with pytest.raises(KeyDestroyed):
        storages["vault"].open(clip.file.name)


def test_an_unrecorded_camera_has_no_clips_and_the_page_says_so(
    client: Client, cast: Cast, alert: Alert, seen_at: datetime
):
    Camera.objects.update(recording=Camera.Recording.OFF)
    clips_cut(seen_at + timedelta(seconds=40))
    client.force_login(cast.north_principal)
    assert (
        "No clip. This camera is not recorded." in client.get(reverse("alerts:alert", args=[alert.pk])).content.decode()
    )
    assert client.get(reverse("alerts:clip", args=[alert.pk])).status_code == 404


def test_a_gap_is_given_as_the_reason(alert: Alert, seen_at: datetime):
    Gap.objects.create(camera=alert.camera, start=seen_at - timedelta(hours=1), reason=Reason.DISK_FULL)
    clips_cut(seen_at + timedelta(minutes=2))
    assert Clip.objects.get().problem == "There is no recording: the disk was nearly full."


def test_watching_a_clip_is_recorded_before_the_first_byte(
    client: Client, cast: Cast, alert: Alert, minute: Path, seen_at: datetime, monkeypatch
):
    record(alert.camera, minute, seen_at - timedelta(seconds=25), length=10.0)
    clips_cut(seen_at + timedelta(seconds=40))
    place = reverse("alerts:clip", args=[alert.pk])
    client.force_login(cast.north_principal)
    answer = client.get(place, headers={"range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (206, 100)
    assert AccessRecord.objects.filter(action="watched the clip of", subject_id=str(alert.pk)).count() == 1
    assert place in client.get(reverse("alerts:alert", args=[alert.pk])).content.decode()
    client.force_login(cast.south_principal)
    assert client.get(place).status_code == 404

    def refuse(**_: object) -> None:
        raise DatabaseError("the log is away")

    monkeypatch.setattr("alerts.clip_views.record_access", refuse)
    client.force_login(cast.north_principal)
    answer = client.get(place)
    assert answer.status_code == 503
    assert b"ftyp" not in answer.content
