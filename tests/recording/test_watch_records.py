"""A watch as a worker runs it records its camera, and says why it stops."""

import threading
from pathlib import Path

import pytest
from django.core.files.storage import storages

from alerts import watching
from cameras.models import Camera, Gap, Segment
from cameras.recording.reasons import Reason, RecordingState
from cameras.recording.state import recording_states
from tests.end_to_end.deployment import wait_for
from tests.recording.packets import pictures
from tests.rtsp.clips import make_clip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def looped(front_door: Camera, settings) -> Camera:
    """North Park's front door, played from a file over and over."""
    make_clip(Path(settings.LOCKPORT_VIDEO_FOLDER) / "door.mp4", seconds=3.0)
    front_door.address = "door.mp4"
    front_door.save()
    watching.cameras_that_are_on.at = 0.0
    return front_door


def run(camera: Camera) -> threading.Thread:
    thread = threading.Thread(target=watching.run_watch, args=(camera.pk,))
    thread.start()
    return thread


def switch_off(camera: Camera, thread: threading.Thread) -> None:
    Camera.objects.filter(pk=camera.pk).update(enabled=False)
    thread.join(30)
    assert not thread.is_alive()


def test_a_watched_camera_is_recorded_until_it_is_switched_off(looped: Camera):
    thread = run(looped)
    wait_for(lambda: Segment.objects.count() >= 2, "nothing is recorded", seconds=60)
    wait_for(lambda: recording_states([looped.pk]) == {looped.pk: RecordingState.RECORDING}, "it is not reported")
    switch_off(looped, thread)
    rows = list(Segment.objects.all())
    for row in rows:
        with storages["vault"].open(row.name) as file:
            assert pictures(file.read()) > 0
    assert any(row.has_motion for row in rows)
    gap = Gap.objects.get(end=None)
    assert (gap.reason, gap.start) == (Reason.SWITCHED_OFF, rows[-1].end)


@pytest.mark.parametrize("change", [{"recording": "off"}, {"place": "toilet"}], ids=["switched off", "a toilet"])
def test_a_camera_that_is_not_to_be_recorded_is_not(looped: Camera, change: dict, settings):
    Camera.objects.filter(pk=looped.pk).update(**change)
    thread = run(looped)
    wait_for(lambda: Gap.objects.filter(reason=Reason.SWITCHED_OFF).exists(), "the watch did not begin", seconds=60)
    thread.join(6)
    switch_off(looped, thread)
    assert not Segment.objects.exists()
    assert not list(settings.LOCKPORT_VAULT.rglob("*.mp4"))
