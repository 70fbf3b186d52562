"""What a track has shown so far: its best shots, their embeddings, and the pictures kept in memory for an alert.

Lives as long as the track, in memory only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from .blur import pixelate
from .embed import face_crops
from .match import Comparison
from .types import Area, Box, Floats, Frame, Image

_CROP = 320  # pixels; the longest side of a face in an alert
_MARGIN = 0.45  # around the face, as a share of its size


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of a face; `others` are the boxes of all other faces in the same frame."""

    frame: Frame
    box: Box
    others: tuple[Box, ...]
    landmarks: Floats
    quality: float


@dataclass(slots=True, eq=False)
class Evidence:
    """Of one track: `embeddings` and `weights` of the shots embedded so far, the best shot, what was decided."""

    first_seen: float
    embeddings: list[Floats] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    contested: bool = False
    best: Shot | None = None
    embedded_at: float = float("-inf")
    decision: Comparison | None = None
    compared_with: str | None = None
    announced_at: float = float("-inf")
    announced: int | None = None
    matched: set[int] = field(default_factory=set)

    def stacked(self) -> tuple[Floats, Floats]:
        """The embeddings (n, 128) and their weights (n,)."""
        return np.stack(self.embeddings), np.array(self.weights, np.float32)

    def add(self, embedding: Floats, quality: float, moment: float, *, keep: int) -> None:
        """Remember an embedding; of more than `keep` the one of the lowest quality is let go."""
        self.embeddings.append(embedding)
        self.weights.append(quality)
        self.embedded_at, self.contested, self.compared_with = moment, False, None
        if len(self.embeddings) > keep:
            worst = int(np.argmin(self.weights))
            del self.embeddings[worst], self.weights[worst]


def evidence_pictures(shot: Shot) -> tuple[Image, Image]:
    """The face with a margin (at most 320 pixels) and the whole frame, both (h, w, 3) uint8 BGR.

    Every other face in the frame is made unrecognisable in both, even where it covers part of this one.
    """
    picture = shot.frame.without_colour().bgr().copy()
    for other in shot.others:
        pixelate(picture, other.grown(0.25))
    left, top, right, bottom = _area(shot.box.grown(_MARGIN), shot.frame)
    crop = picture[top:bottom, left:right]
    scale = _CROP / max(*crop.shape[:2], 1)
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else crop.copy()
    return small, picture


def _area(box: Box, frame: Frame) -> Area:
    inside = box.clipped(frame.width, frame.height)
    return int(inside.left), int(inside.top), int(np.ceil(inside.right)), int(np.ceil(inside.bottom))


def shot_crops(shot: Shot, paddings: Sequence[float]) -> Image:
    """The aligned face with each padding (see `face_crops`), from a colour copy of its surroundings only."""
    area = shot.box.grown(1.2).clipped(shot.frame.width, shot.frame.height)
    left, top = int(area.left) & ~1, int(area.top) & ~1
    part = shot.frame.part((left, top, int(area.right), int(area.bottom)))
    return face_crops(part, shot.landmarks - np.array([left, top], np.float32), paddings)
