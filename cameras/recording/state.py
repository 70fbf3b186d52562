"""How the recording of each camera is doing: reported by the recorder, kept in the cache for half a minute."""

import logging
from collections.abc import Iterable

import redis
from django.core.cache import cache

from cameras.recording.reasons import RecordingState

logger = logging.getLogger(__name__)

EXPIRES = 30  # seconds after the last report


def report(camera_id: int, state: RecordingState) -> None:
    """Keep the state until the next report. Raises redis.RedisError when the cache cannot be reached."""
    cache.set(_key(camera_id), state.value, EXPIRES)


def recording_states(camera_ids: Iterable[int]) -> dict[int, RecordingState]:
    """The state of each camera whose recorder reported in time; nothing at all when the cache is away."""
    ids = list(camera_ids)
    try:
        found = cache.get_many([_key(camera_id) for camera_id in ids])
    except redis.RedisError as error:
        logger.warning("The state of the recordings is not known: %s", type(error).__name__)
        return {}
    return {pk: RecordingState(found[_key(pk)]) for pk in ids if found.get(_key(pk)) in list(RecordingState)}


def _key(camera_id: int) -> str:
    return f"camera-recording:{camera_id}"
