"""Invariant 1. No crop, embedding or track of a face that did not match reaches any store.

A passer-by who is on no list walks past a watched camera. Each of the templates and face crops that the pipeline makes
of them is a canary: afterwards it is searched for in every file, every table, every key of Redis and every log line.
"""

import base64
import logging
import struct
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
import redis
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from alerts import watching
from alerts.models import Alert
from cameras.leases import Lease
from cameras.models import Camera, Traffic
from cameras.vision import match
from cameras.vision.calibrate import NEAR
from cameras.vision.histogram import BINS, LOWEST, WIDTH, Histogram
from cameras.vision.match import Comparison
from cameras.vision.passing import PassersBy
from cameras.vision.reading import ReadingOptions
from cameras.watching import watch
from lockport.demo.clip import make_clip
from lockport.demo.faces import packaged_faces
from watchlist.enrolment import examine
from watchlist.gallery import load_gallery
from watchlist.learning import store_if_ready
from watchlist.models import Category, Entry, EntryHistogram, Photograph

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def faces() -> dict[str, bytes]:
    return {face.name: cv2.imencode(".jpg", face.picture)[1].tobytes() for face in packaged_faces()}


@pytest.fixture
def enrolled(cast, authorisation, faces) -> Entry:
    """Eileen Collins is on the list; Grace Hopper is not."""
    entry = Entry.objects.create(
        name="Eileen Collins",
        category=Category.objects.get(slug="banned"),
        basis="test",
        every_school=True,
        expires_at=timezone.now() + timedelta(days=1),
        status=Entry.Status.ACTIVE,
        proposed_by=cast.administrator,
        approved_by=cast.second_administrator,
    )
    enrolment = examine(faces["Eileen Collins"])
    photograph = Photograph(entry=entry, quality=enrolment.quality)
    photograph.file.save("x.jpg", ContentFile(enrolment.jpeg), save=False)
    photograph.template.save("x.f32", ContentFile(enrolment.template.astype("<f4").tobytes()), save=False)
    photograph.save()
    return entry


def watch_once(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> tuple[list[np.ndarray], list[float]]:
    """Watch the clip to its end through the doors of a real worker; return all templates made, and scores reckoned, on
    the way."""
    made: list[np.ndarray] = []
    scores: list[float] = []
    embedder = watching.models().embedder
    embed, compare = type(embedder).embed, match.compare

    def remembering(self, chips: np.ndarray, **options: object) -> np.ndarray:
        vectors = embed(self, chips, **options)
        made.extend(np.array(vectors, np.float32))
        return vectors

    def scoring(*arguments: object, **options: object) -> Comparison | None:
        found = compare(*arguments, **options)
        scores.extend([found.distance, found.raw_distance] if found else [])
        return found

    monkeypatch.setattr(type(embedder), "embed", remembering)
    monkeypatch.setattr(match, "compare", scoring)
    # The clip is played once here, not looped like a demonstration camera.
    monkeypatch.setattr(watching, "ReadingOptions", lambda loop: ReadingOptions(loop=False))
    lease = Lease.acquire(redis.Redis.from_url(watching.settings.REDIS_URL), camera.pk)
    address = watching._address_of(camera)
    # Stored at once, and of one person alone: far less careful than in earnest.
    counting = PassersBy(enough=1, batch_seconds=0)
    monkeypatch.setattr(watching, "passers_by", lambda: counting)
    watch(watching._watched(camera, address), watching._doors(camera), lease)
    store_if_ready(counting)
    return made, scores


def every_byte_kept(folder: Path, log: str) -> dict[str, bytes]:
    """All that is stored anywhere, by the place where it is."""
    kept = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    kept["the log"] = log.encode()
    server = redis.Redis.from_url(watching.settings.REDIS_URL)
    server.config_set("rdbcompression", "no")  # or a dump could hide what it holds
    for key in server.scan_iter("*"):
        kept[f"Redis {key!r}"] = key + (server.dump(key) or b"")
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608
            rows = [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            raw = b"\n".join(value for row in rows for value in row if isinstance(value, bytes))
            kept[model._meta.db_table] = repr(rows).encode() + raw
    return kept


def traces_of(vector: np.ndarray) -> list[bytes]:
    """How a template would look in a file, in base64, in JSON or in a log line."""
    raw = vector.astype("<f4").tobytes()
    return [raw[:32], base64.b64encode(raw)[:40], repr(float(vector[5])).encode()]


def traces_of_score(score: float) -> list[bytes]:
    """How a distance would look in a column or packed, in JSON, and rounded as people write it into a log."""
    return [struct.pack("<d", score), repr(score).encode(), f"{score:.6f}".encode()]


def the_histogram_holds_counts_only(camera: Camera) -> None:
    """The passer-by was counted, and what is stored of them is that: a one in a bin, no time, no distance."""
    row = EntryHistogram.objects.get()
    assert row.passers_by == 1, "the passer-by taught the entry, else this test shows nothing of learning"
    counts = Histogram.from_bytes(bytes(row.counts)).counts
    assert sorted(counts) == [0] * (BINS - 1) + [1]
    # `beyond` follows from the entry alone.
    gallery = load_gallery(camera.pk)
    bound = (float(gallery.offsets[0]) + gallery.threshold + NEAR - LOWEST) / WIDTH
    assert abs((row.beyond - LOWEST) / WIDTH - bound) <= 6  # bins: the offset moved a little when it was learnt
    assert {field.name for field in EntryHistogram._meta.get_fields()} == {
        "id", "entry", "mark", "counts", "beyond", "passers_by", "used_counts", "used_beyond", "used_passers_by",
        "strangers_matched",
    }  # fmt: skip
    assert [traffic.passers_by for traffic in Traffic.objects.all()] == [1]


def test_a_passer_by_leaves_no_trace_in_any_store(enrolled, front_door, faces, settings, tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    hopper = examine(faces["Grace Hopper"])
    picture = cv2.imdecode(np.frombuffer(hopper.jpeg, np.uint8), cv2.IMREAD_COLOR)
    make_clip(settings.LOCKPORT_VIDEO_FOLDER / "walk.mp4", [(picture, hopper.face)])
    front_door.address = "walk.mp4"
    front_door.save()

    templates, scores = watch_once(front_door, monkeypatch)

    assert templates, "the passer-by was seen, else this test shows nothing"
    assert scores, "and compared"
    assert not Alert.objects.exists()
    (settings.LOCKPORT_VIDEO_FOLDER / "walk.mp4").unlink()  # the camera itself is no store of ours
    kept = every_byte_kept(tmp_path, caplog.text)
    for vector in templates:
        for trace in traces_of(vector):
            found = [place for place, content in kept.items() if trace in content]
            assert not found, f"a template of a passer-by lies in {found}"
    for trace in (trace for score in scores for trace in traces_of_score(score)):
        found = [place for place, content in kept.items() if trace in content]
        assert not found, f"how much a passer-by resembles an entry lies in {found}"
    the_histogram_holds_counts_only(front_door)
    pictures = [place for place, content in kept.items() if b"\xff\xd8\xff" in content or b"\x89PNG" in content]
    assert not pictures, f"a picture lies unencrypted in {pictures}"
    in_vault = {path for path in settings.LOCKPORT_VAULT.rglob("*") if path.is_file()}
    assert {path.relative_to(settings.LOCKPORT_VAULT).parts[0] for path in in_vault} == {"entries"}


def test_the_search_would_find_a_template_that_was_kept(enrolled, tmp_path, caplog):
    """The test above can fail: a planted template is found, in each of the stores."""
    vector = np.linspace(-0.2, 0.2, 128, dtype=np.float32)
    raw = vector.tobytes()
    (tmp_path / "planted").write_bytes(b"x" + raw)
    server = redis.Redis.from_url(watching.settings.REDIS_URL)
    server.set("planted", base64.b64encode(raw), ex=30)
    Entry.objects.update(basis=repr(vector.tolist()))
    EntryHistogram.objects.create(
        entry=enrolled, counts=b"x" + raw, used_counts=b"", beyond=0, used_beyond=0, passers_by=0, used_passers_by=0
    )
    kept = every_byte_kept(tmp_path, caplog.text)
    found = {place for place, content in kept.items() if any(trace in content for trace in traces_of(vector))}
    tables = {"watchlist_entry", "watchlist_entryhistogram"}
    assert found == {str(tmp_path / "planted"), "Redis b'planted'", *tables}
    server.delete("planted")
