"""A camera's picture for those who aim it: asked for by a page, made by the watch, every face in it in cells.

It passes through the cache and is gone from there after a minute; nothing is written to a disk.
"""

import logging
import time

import cv2
from django.core.cache import cache

from cameras.vision.blur import blurred
from cameras.vision.detect import Detector
from cameras.vision.types import Frame

logger = logging.getLogger(__name__)

KEPT = 60  # seconds
ASKED = 30  # seconds for which a request waits for a watch to answer it
LOOK_EVERY = 1.0  # seconds between two looks for a request


def snapshot_ask(camera_id: int) -> None:
    """Ask the camera's watch for a picture of now. Raises redis.RedisError."""
    cache.delete(_key(camera_id))
    cache.set(_asked(camera_id), 1, ASKED)


def snapshot_of(camera_id: int) -> bytes | None:
    """The JPEG that was asked for, or None while there is none. Raises redis.RedisError."""
    return cache.get(_key(camera_id))


class Snapshots:
    """Answers the requests for one camera's picture, in the thread of its watch."""

    def __init__(self, camera_id: int, detector: Detector) -> None:
        self._camera_id, self._detector = camera_id, detector
        self._looked_at = float("-inf")

    def look(self, frame: Frame) -> None:
        """Keep a picture of this frame if somebody asked for one; a cache that is away costs only the picture."""
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = time.monotonic()
        try:
            # Taken by whoever deletes it: two requests at once are answered by one picture.
            if cache.delete(_asked(self._camera_id)):
                jpeg = cv2.imencode(".jpg", blurred(frame, self._detector))[1].tobytes()
                cache.set(_key(self._camera_id), jpeg, KEPT)
        except Exception as error:
            logger.warning("Camera %s: no snapshot could be made: %s", self._camera_id, type(error).__name__)


def _key(camera_id: int) -> str:
    return f"camera-snapshot:{camera_id}"


def _asked(camera_id: int) -> str:
    return f"camera-snapshot-asked:{camera_id}"
