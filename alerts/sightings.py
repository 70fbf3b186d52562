"""A sighting: what a watch reports about a matched track, in a form that can wait until the database is back."""

import base64
import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Self

import cv2

from cameras.vision.types import Gallery, Image, Match

JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Sighting:
    """Times in unix seconds; `face` and `frame` are JPEG files; `entry`, `runner_up` and `camera` are primary keys.

    `runner_up` is named only where it cannot be separated from the entry.
    """

    entry: int
    camera: int
    first_seen: float
    seen_at: float
    distance: float
    raw_distance: float
    threshold: float
    frames_used: int
    quality: float
    runner_up_distance: float | None
    gallery_size: int
    gallery_version: str
    model: str
    face: bytes = field(repr=False)
    frame: bytes = field(repr=False)
    runner_up: int | None = None
    cannot_separate: bool = False
    handle: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def of(cls, match: Match, *, camera: int, gallery: Gallery, model: str) -> Self:
        return cls(
            entry=match.entry,
            camera=camera,
            first_seen=match.first_seen,
            seen_at=match.seen_at,
            distance=match.distance,
            raw_distance=match.raw_distance,
            threshold=match.threshold,
            frames_used=match.frames_used,
            quality=match.quality,
            runner_up_distance=match.runner_up_distance,
            gallery_size=len(gallery),
            gallery_version=match.gallery_version,
            model=model,
            runner_up=match.runner_up if match.cannot_separate else None,
            cannot_separate=match.cannot_separate,
            face=jpeg(match.crop),
            frame=jpeg(match.frame),
        )

    def to_bytes(self) -> bytes:
        values = asdict(self)
        for picture in ("face", "frame"):
            values[picture] = base64.b64encode(values[picture]).decode()
        return json.dumps(values).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        values = json.loads(data)
        for picture in ("face", "frame"):
            values[picture] = base64.b64decode(values[picture])
        return cls(**values)


def jpeg(picture: Image) -> bytes:
    """A picture of shape (h, w, 3), uint8, BGR, as a JPEG file. Raises ValueError for an empty one."""
    if picture.size == 0:
        raise ValueError("An empty picture cannot be evidence.")
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
