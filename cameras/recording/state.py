"""How the recording of each camera is doing: reported by the recorder, kept in the cache for half a minute."""

import logging
from collections.abc import Iterable, Mapping

import redis
from django.core.cache import cache

from cameras.recording.reasons import RecordingState

logger = logging.getLogger(__name__)

EXPIRES = 30  # seconds after the last report
STATES = {state.value: state for state in RecordingState}


def report(camera_id: int, state: RecordingState) -> None:
    """Keep the state until the next report. Raises redis.RedisError when the cache cannot be reached."""
    cache.set(state_key(camera_id), state.value, EXPIRES)


def recording_states(camera_ids: Iterable[int]) -> dict[int, RecordingState]:
    """The state of each camera whose recorder reported in time; nothing at all when the cache is away."""
    ids = list(camera_ids)
    try:
        return states_in(cache.get_many(map(state_key, ids)), ids)
    except redis.RedisError as error:
        logger.warning("The state of the recordings is not known: %s", type(error).__name__)
        return {}


def states_in(found: Mapping[str, str], ids: Iterable[int]) -> dict[int, RecordingState]:
    """The states among what was found in the cache; a word that this version does not know says nothing."""
    said = {pk: STATES.get(found.get(state_key(pk), "")) for pk in ids}
    return {pk: state for pk, state in said.items() if state is not None}


def state_key(camera_id: int) -> str:
    return f"camera-recording:{camera_id}"
