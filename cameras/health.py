"""How each camera is doing: reported by whoever watches it, kept in the cache for half a minute, shown on every page.

A report that is not renewed expires by itself, so a worker that died cannot leave "All cameras watching" behind.
"""

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Self

import redis
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cameras.recording.reasons import RecordingState
from cameras.recording.state import state_key, states_in
from cameras.vision.states import CameraState
from cameras.watching import Health

logger = logging.getLogger(__name__)

EXPIRES = 30  # seconds after the last report
OLD_PICTURE = 10  # seconds after which a camera that claims to be watched is not believed

STATES = {state.value: state for state in CameraState}
NOBODY = gettext_noop("Not watched by any worker.")
NOBODY_ADVICE = gettext_noop("Start a watch worker, or wait a few seconds if one is just starting.")


class HealthUnknown(Exception):
    """The cache cannot be reached: nothing is known about any camera, which is not the same as all being well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """The last report about one camera; times in unix seconds, None where there is nothing to tell.

    `state` is a CameraState's value, or "" when nobody watches. `since` is when the camera came into this state;
    `delay` the seconds from the newest picture's arrival until it had been looked at.
    """

    state: str = ""
    since: float | None = None
    last_frame_at: float | None = None
    frames_read: int = 0
    frames_dropped: int = 0
    analysed: int = 0
    matches: int = 0
    failing: str = ""
    delay: float | None = None

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**{name: value for name, value in json.loads(text).items() if name in FIELDS})

    @property
    def is_watching(self) -> bool:
        """Whether pictures arrive, are looked at, and are new."""
        return self._state is not None and self._state.is_healthy and not self._is_old

    @property
    def message(self) -> str:
        if self._state is None:
            return _(NOBODY)
        if self._state.is_healthy and self._is_old:
            return _(CameraState.FROZEN.message)
        return _(self._state.message)

    @property
    def advice(self) -> str:
        if self._state is None:
            return _(NOBODY_ADVICE)
        if self._state.is_healthy and self._is_old:
            return _(CameraState.FROZEN.advice)
        return _(self._state.advice) if self._state.advice else ""

    @property
    def _state(self) -> CameraState | None:
        return STATES.get(self.state)

    @property
    def _is_old(self) -> bool:
        return self.last_frame_at is None or time.time() - self.last_frame_at > OLD_PICTURE


FIELDS = frozenset(field.name for field in fields(CameraHealth))


def report(camera_id: int, **values: object) -> None:
    """Keep the camera's health (the fields of CameraHealth) until the next report, at most 30 s.

    `since` is worked out from the report before. Raises TypeError for a value that CameraHealth does not have, and
    redis.RedisError when the cache cannot be reached.
    """
    health = asdict(CameraHealth(**values))  # type: ignore[arg-type]  # checked by CameraHealth itself
    before = _read(cache.get(_key(camera_id)))
    if health["since"] is None:
        same = before is not None and before.state == health["state"]
        health["since"] = before.since if same and before is not None else time.time()
    cache.set(_key(camera_id), json.dumps(health), EXPIRES)


def report_watch(health: Health) -> None:
    """Keep what a watch says about its camera: the `on_health` of its doors."""
    age = health.capture.last_frame_age
    report(
        health.camera_id,
        state=health.state.value,
        last_frame_at=None if age is None else health.at - age,
        frames_read=health.capture.frames_read,
        frames_dropped=health.capture.frames_dropped,
        analysed=health.analysed,
        matches=health.matches,
        failing=health.failing,
        delay=health.delay,
    )


def health_of(camera_ids: Iterable[int]) -> dict[int, CameraHealth]:
    """The health of each camera; nobody's watch where none was reported in time. Raises HealthUnknown."""
    ids = list(camera_ids)
    return _in(_look(map(_key, ids)), ids)


def reports_of(ids: Sequence[int]) -> tuple[dict[int, CameraHealth], dict[int, RecordingState]]:
    """The health of each camera, and the states of those whose recorder reported, in one look. Raises HealthUnknown."""
    found = _look([*map(_key, ids), *map(state_key, ids)])
    return _in(found, ids), states_in(found, ids)


def _look(keys: Iterable[str]) -> dict[str, str]:
    try:
        return cache.get_many(keys)
    except redis.RedisError as error:
        logger.warning("The health of the cameras is not known: %s", type(error).__name__)
        raise HealthUnknown from None


def _in(found: Mapping[str, str], ids: Iterable[int]) -> dict[int, CameraHealth]:
    return {camera_id: _read(found.get(_key(camera_id))) or CameraHealth() for camera_id in ids}


def _key(camera_id: int) -> str:
    return f"camera-health:{camera_id}"


def _read(text: str | None) -> CameraHealth | None:
    return None if text is None else CameraHealth.from_json(text)
