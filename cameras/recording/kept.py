"""What legal holds keep of a camera, once the index knows nothing of it any more: shown as if it were still there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cameras.models import Camera
from cameras.recording.timeline import SEAMLESS
from retention.holding import copies_of
from retention.models import HeldCopy
from retention.registry import Span

Times = tuple[datetime, datetime]


class Recorded(Protocol):
    """Some ten seconds of a camera, and the vault's name of their video: a row of the index, or a hold's copy."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def codec(self) -> str: ...
    @property
    def track(self) -> str: ...
    @property
    def has_motion(self) -> bool: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy that a hold keeps, under the hold's own key."""

    start: datetime
    end: datetime
    codec: str
    track: str
    has_motion: bool
    name: str


def kept_between(camera: Camera, indexed: Sequence[Times], start: datetime, end: datetime) -> list[Kept]:
    """What holds keep of a time, without what is `indexed` (from, to; in order); in order, each moment once.

    Where the index leaves no hole the holds are not asked: nearly always.
    """
    if not _has_hole(indexed, start, end):
        return []
    starts = {first for first, _ in indexed}
    copies = {copy.start: copy for copy in copies_of(Span(camera.pk, start, end)) if copy.start not in starts}
    return [_kept(copy) for copy in copies.values()]


def _has_hole(indexed: Sequence[Times], start: datetime, end: datetime) -> bool:
    at = start
    for first, last in indexed:
        if first - at > SEAMLESS:
            return True
        at = max(at, last)
    return end - at > timedelta(0)


def _kept(copy: HeldCopy) -> Kept:
    about = copy.about
    return Kept(
        start=copy.start,
        end=copy.end,
        codec=about.get("codec", ""),
        track=about.get("track", ""),
        has_motion=about.get("motion", False),
        name=copy.file.name or "",
    )
