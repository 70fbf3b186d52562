"""People on the list, and alerts about them."""

from collections.abc import Callable
from datetime import timedelta

import cv2
import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from alerts.models import Alert
from cameras.models import Camera, School
from tests.conftest import Cast
from watchlist.models import Category, Entry, Photograph

MakeAlert = Callable[..., Alert]


def jpeg(brightness: int = 128) -> bytes:
    return cv2.imencode(".jpg", np.full((60, 60, 3), brightness, np.uint8))[1].tobytes()


def make_entry(cast: Cast, category: Category, name: str = "Robin Vale") -> Entry:
    entry = Entry.objects.create(
        every_school=True,
        name=name,
        category=category,
        basis="Court order 12/2026",
        expires_at=timezone.now() + timedelta(days=30),
        status=Entry.Status.ACTIVE,
        proposed_by=cast.administrator,
        approved_by=cast.second_administrator,
    )
    photograph = Photograph(entry=entry, quality=0.9)
    photograph.file.save("x.jpg", ContentFile(jpeg(100)), save=False)
    photograph.template.save("x.f32", ContentFile(np.zeros(128, np.float32).tobytes()), save=False)
    photograph.save()
    return entry


def make_alert(entry: Entry, camera: Camera, **changes: object) -> Alert:
    now = timezone.now()
    values: dict[str, object] = {
        "entry": entry,
        "category": entry.category,
        "camera": camera,
        "first_seen": now,
        "last_seen": now,
        "window_ends": now + timedelta(minutes=5),
        "window_open": False,
        "distance": 0.21,
        "raw_distance": 0.41,
        "threshold": 0.3,
        "frames_used": 6,
        "quality": 0.8,
        "runner_up_distance": 0.62,
        "gallery_size": 12,
        "gallery_version": "abc123",
        "model": "dlib-resnet-v1",
    }
    alert = Alert(**(values | changes))
    alert.face.save("face.jpg", ContentFile(jpeg(120)), save=False)
    alert.frame.save("frame.jpg", ContentFile(jpeg(140)), save=False)
    alert.save()
    return alert


@pytest.fixture
def entry(cast: Cast, banned: Category) -> Entry:
    return make_entry(cast, banned)


@pytest.fixture
def alert(entry: Entry, front_door: Camera) -> Alert:
    """Somebody who looks like Robin Vale, at North Park's front door, waiting for an answer."""
    return make_alert(entry, front_door)


@pytest.fixture
def south_door(south: School) -> Camera:
    return Camera.objects.create(school=south, name="South door", address="rtsp://192.0.2.8/stream")


@pytest.fixture
def south_alert(entry: Entry, south_door: Camera) -> Alert:
    return make_alert(entry, south_door)
