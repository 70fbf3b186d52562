"""Exports: faces covered unless two people say why not, a watermark, a manifest, a record before the first byte."""

import hashlib
import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import Camera, Export, Segment
from cameras.recording.blurring import Watermark, cover, faces_with, made_fit
from cameras.recording.exports import SMALLEST_FACE, NotAllowed, export_decide, export_make, export_request
from cameras.vision.detect import BlazeDetector, DetectOptions
from cameras.vision.types import Box
from lockport.step_up import PROVED_AT
from tests.conftest import Cast
from tests.recording.conftest import record

WATERMARK = Watermark(line=lambda at: "Front door 08:00", who="Exported by Maria", across="Maria")


@pytest.fixture
def no_worker(monkeypatch) -> list[int]:
    """What would have been sent to the work worker."""
    sent: list[int] = []
    monkeypatch.setattr("cameras.tasks.make_export.delay", sent.append)
    return sent


def ask(watchers: Cast, camera: Camera, rows: list[Segment], *, is_blurred: bool = True) -> Export:
    return export_request(
        camera=camera,
        period=(rows[0].start, rows[-1].end),
        reason="The police ask for it, case 12",
        is_blurred=is_blurred,
        by=watchers.north_principal,
        actor=Actor.from_person(watchers.north_principal),
    )


def decoded(content: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(content)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


@pytest.mark.django_db
def test_an_export_is_a_video_of_that_time_with_a_watermark_and_a_manifest(
    watchers: Cast, front_door: Camera, recorded: list[Segment]
):
    export = export_make(ask(watchers, front_door, recorded).pk)
    assert (export.status, export.problem) == ("ready", "")
    content = export.file.open().read()
    frames = decoded(content)
    assert len(frames) == 225
    assert frames[0].shape == (180, 320, 3)
    assert frames[0][-30:].mean() < frames[0][:60].mean() - 20, "the foot is dark, with words"
    manifest = json.loads(export.manifest.open().read())
    assert manifest["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["faces"] == "blurred"
    assert manifest["asked by"] == "Maria Lopez"
    assert len(manifest["made from"]) == len(recorded)
    with storages["vault"].open(recorded[0].name) as file:
        assert manifest["made from"][0]["sha256"] == hashlib.sha256(file.read()).hexdigest()
    assert export.file.name.startswith(f"exports/{export.handle}/")


@pytest.mark.shared
@pytest.mark.timeout(300)
def test_no_face_that_can_be_found_is_left_and_faces_are_covered_between_searches(shared: Path, tmp_path: Path):
    clip = walk(shared, tmp_path)
    find = faces_with(BlazeDetector(DetectOptions(smallest=SMALLEST_FACE)))
    video = [(0.0, clip.read_bytes())]
    before = [
        faces for frame in decoded(made_fit(video, find=None, watermark=WATERMARK))[::5] if (faces := find(frame, 0.0))
    ]
    covered = decoded(made_fit(video, find=find, watermark=WATERMARK))
    after = [faces for frame in covered if (faces := find(frame, 0.0))]
    assert len(before) >= 5, "there are faces in the clip"
    assert after == []


def walk(shared: Path, folder: Path) -> Path:
    clip = folder / "walk.mp4"
    options = [
        "--size",
        "640x360",
        "--fps",
        "10",
        "--crossing",
        "3",
        "--gap",
        "1",
        "--face",
        "110",
        "--people",
        "008",
        "031",
    ]
    command = [sys.executable, shared / "tools/make_clip.py", "--faces", shared / "data/london/smiling"]
    subprocess.run([*command, "--out", clip, "--truth", folder / "walk.json", *options], check=True)
    return clip


def test_a_face_that_is_found_once_is_covered_a_second_before_and_after(tmp_path: Path):
    source = still(tmp_path / "still.mp4", seconds=5.0)
    found_at = []

    def find(picture: np.ndarray, at: float) -> list[Box]:
        if 2.5 <= at < 2.7:
            found_at.append(at)
            return [Box(100, 40, 140, 80)]
        return []

    frames = decoded(made_fit([(0.0, source.read_bytes())], find=find, watermark=WATERMARK))
    plain = decoded(made_fit([(0.0, source.read_bytes())], find=None, watermark=WATERMARK))
    changed = [n / 10 for n, (a, b) in enumerate(zip(frames, plain, strict=True)) if differs(a, b)]
    assert found_at
    assert changed[0] <= found_at[0] - 0.9
    assert changed[-1] >= found_at[-1] + 0.9
    assert len(changed) < 30


def differs(a: np.ndarray, b: np.ndarray) -> bool:
    return float(np.abs(a[40:80, 100:140].astype(int) - b[40:80, 100:140]).mean()) > 10


def still(path: Path, *, seconds: float) -> Path:
    picture = np.random.default_rng(1).integers(0, 255, (18, 32, 3), np.uint8)
    picture = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_NEAREST)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(round(seconds * 10)):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def test_what_is_covered_cannot_be_told_apart():
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 255, (60, 60, 3), np.uint8) for _ in range(2))
    cover(one, Box(0, 0, 60, 60))
    cover(other, Box(0, 0, 60, 60))
    assert np.abs(one.astype(int) - other).max() < 60, "of noise hardly more than its mean is left"


@pytest.mark.django_db
def test_where_the_detector_cannot_run_there_is_no_export(
    watchers: Cast, front_door: Camera, recorded: list[Segment], settings
):
    def broken(picture: np.ndarray, at: float) -> list[Box]:
        raise RuntimeError("no network")

    export = export_make(ask(watchers, front_door, recorded).pk, find=broken)
    assert export.status == "failed"
    assert not export.file
    assert "It could not be made" in export.problem
    assert not [path for path in settings.LOCKPORT_VAULT.rglob("*") if "exports" in str(path)]


@pytest.mark.django_db
def test_faces_stay_as_they_are_only_when_somebody_else_agrees(
    watchers: Cast, front_door: Camera, recorded: list[Segment]
):
    export = ask(watchers, front_door, recorded, is_blurred=False)
    assert export.status == "waiting"
    assert export_make(export.pk) is None
    maria, sam = watchers.north_principal, watchers.north_security
    with pytest.raises(NotAllowed, match="nobody decides alone"):
        export_decide(export=export, agrees=True, by=maria, actor=Actor.from_person(maria))
    export_decide(export=export, agrees=True, by=sam, actor=Actor.from_person(sam))
    with pytest.raises(NotAllowed, match="decided already"):
        export_decide(export=export, agrees=False, by=sam, actor=Actor.from_person(sam))
    made = export_make(export.pk)
    assert made.status == "ready"
    manifest = json.loads(made.manifest.open().read())
    assert (manifest["faces"], manifest["agreed to by"]) == ("not blurred", "Sam Reed")


@pytest.mark.django_db
def test_the_database_refuses_one_person_twice(watchers: Cast, front_door: Camera, recorded: list[Segment]):
    export = ask(watchers, front_door, recorded, is_blurred=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(decided_by=watchers.north_principal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(status="making")


@pytest.mark.django_db
def test_a_refused_export_is_never_made(watchers: Cast, front_door: Camera, recorded: list[Segment]):
    export = ask(watchers, front_door, recorded, is_blurred=False)
    sam = watchers.north_security
    export_decide(export=export, agrees=False, by=sam, actor=Actor.from_person(sam))
    assert export_make(export.pk) is None
    assert Export.objects.get().status == "refused"


@pytest.mark.django_db
def test_an_export_is_asked_for_on_a_page_and_fetched_with_a_record(
    client: Client,
    watchers: Cast,
    front_door: Camera,
    recorded: list[Segment],
    no_worker,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    client.force_login(watchers.north_principal)
    wanted = {"date": "2026-03-02", "clock": "08:00:00", "minutes": "1", "reason": "The police ask for it"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("cameras:export", args=[front_door.pk]), wanted).status_code == 302
    export = Export.objects.get()
    assert no_worker == [export.pk]
    export_make(export.pk, find=lambda picture, at: [])
    page = client.get(reverse("cameras:exports")).content.decode()
    place = reverse("cameras:export-file", args=[export.handle])
    assert place in page
    answer = client.get(place)
    assert answer["Content-Disposition"] == f'attachment; filename="{export.handle}.mp4"'
    assert (
        hashlib.sha256(answer.content).hexdigest()
        in client.get(reverse("cameras:export-manifest", args=[export.handle])).content.decode()
    )
    assert AccessRecord.objects.get(action="downloaded").reason == "The police ask for it"

    def refuse(**_: object) -> None:
        raise DatabaseError("the log is away")

    monkeypatch.setattr("cameras.recording.export_views.record_access", refuse)
    answer = client.get(place)
    assert answer.status_code == 503
    assert b"ftyp" not in answer.content


@pytest.mark.django_db
def test_whoever_signed_in_long_ago_signs_in_again_first(
    client: Client, watchers: Cast, front_door: Camera, recorded: list[Segment], no_worker
):
    client.force_login(watchers.north_principal)
    session = client.session
    session[PROVED_AT] = datetime.now().timestamp() - 3600
    session.save()
    export = ask(watchers, front_door, recorded, is_blurred=False)
    for place in (
        reverse("cameras:export", args=[front_door.pk]),
        reverse("cameras:export-decision", args=[export.handle]),
    ):
        answer = client.post(place, {"answer": "agree"})
        assert answer.status_code == 302
        assert "sign-in" in answer["Location"]
    assert Export.objects.get().status == "waiting"


@pytest.mark.django_db
def test_nobody_agrees_to_their_own_export_on_the_page(
    client: Client, watchers: Cast, front_door: Camera, recorded: list[Segment], no_worker
):
    export = ask(watchers, front_door, recorded, is_blurred=False)
    place = reverse("cameras:export-decision", args=[export.handle])
    client.force_login(watchers.north_principal)
    assert client.post(place, {"answer": "agree"}).status_code == 403
    client.force_login(watchers.south_principal)
    assert client.post(place, {"answer": "agree"}).status_code == 404
    client.force_login(watchers.north_security)
    assert client.post(place, {"answer": "agree"}).status_code == 302
    assert Export.objects.get().status == "making"


@pytest.mark.django_db
def test_a_long_time_has_to_be_asked_for_in_parts(watchers: Cast, front_door: Camera, eight_in_the_morning: datetime):
    with pytest.raises(NotAllowed, match="at most 10 minutes"):
        export_request(
            camera=front_door,
            period=(eight_in_the_morning, eight_in_the_morning + timedelta(minutes=11)),
            reason="a long one",
            is_blurred=True,
            by=watchers.north_principal,
            actor=Actor.from_person(watchers.north_principal),
        )


@pytest.mark.django_db
def test_a_gap_in_the_recording_is_no_end_of_the_export(
    watchers: Cast, front_door: Camera, recorded: list[Segment], nine_seconds: Path
):
    later = record(front_door, nine_seconds, recorded[-1].end + timedelta(seconds=30))
    export = export_make(ask(watchers, front_door, [recorded[0], later[-1]]).pk, find=lambda picture, at: [])
    assert len(decoded(export.file.open().read())) == 450
