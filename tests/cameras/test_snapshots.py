"""A picture for aiming is made when somebody asks for it, once, and is gone from the cache after a minute."""

import cv2
import numpy as np
import pytest
import redis
from django.core.cache import cache

from cameras.snapshots import KEPT, Snapshots, snapshot_ask, snapshot_of
from cameras.vision.detect import BlazeDetector
from cameras.vision.types import Frame
from tests.vision.pictures import corridor, frame_of

CAMERA = 700_001
FRAME = frame_of(corridor(), 0.0)


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    cache.clear()


def look(frame: Frame) -> None:
    """As the camera's watch does; a new one, because a watch that goes on looks once a second."""
    Snapshots(CAMERA, BlazeDetector()).look(frame)


def test_without_being_asked_a_watch_makes_no_picture():
    look(FRAME)
    assert snapshot_of(CAMERA) is None


def test_what_was_asked_for_is_made_once_and_expires(settings):
    snapshot_ask(CAMERA)
    look(FRAME)
    first = snapshot_of(CAMERA)
    assert cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_COLOR).shape == (270, 480, 3)
    look(frame_of(np.zeros_like(corridor()), 1.0))
    assert snapshot_of(CAMERA) == first, "nobody has asked for a second one"
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        assert 0 < server.ttl(cache.make_key(f"camera-snapshot:{CAMERA}")) <= KEPT


def test_asking_again_takes_the_old_picture_away_and_other_cameras_are_not_asked():
    snapshot_ask(CAMERA)
    look(FRAME)
    snapshot_ask(CAMERA)
    assert snapshot_of(CAMERA) is None
    assert snapshot_of(CAMERA + 1) is None


def test_a_cache_that_is_away_costs_the_picture_and_not_the_watch(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    look(FRAME)
