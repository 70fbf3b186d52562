"""Parts of a picture that are not looked at: privacy masks, and everything outside the detection zones.

What is masked is painted over before anything else sees the picture, so no face is found there, and no evidence shows
it. Points are shares of the picture's width and height (0..1), so that they stay right when a camera's size changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from .types import Frame, Gallery, Image, Match, _Cache

Polygon = tuple[tuple[float, float], ...]
NO_COLOUR = 128  # of the two colour planes


@dataclass(frozen=True, slots=True)
class Areas:
    """`privacy` is never looked at; where there are `zones`, only they are."""

    privacy: tuple[Polygon, ...] = ()
    zones: tuple[Polygon, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.privacy or self.zones)

    def visible(self, width: int, height: int) -> Image:
        """What is looked at: (height, width) uint8, 255 where it is and 0 where not."""
        mask = np.full((height, width), 0 if self.zones else 255, np.uint8)
        for polygons, value in ((self.zones, 255), (self.privacy, 0)):
            for polygon in polygons:
                cv2.fillPoly(mask, [np.round(np.array(polygon) * (width - 1, height - 1)).astype(np.int32)], value)
        return mask


class _Analysis(Protocol):
    @property
    def at_rest(self) -> bool: ...

    def analyse(self, frame: Frame, gallery: Gallery) -> list[Match]: ...


class MaskedAnalysis:
    """An analysis that is handed nothing but what may be looked at."""

    def __init__(self, analysis: _Analysis, areas: Areas) -> None:
        self._analysis, self._areas = analysis, areas
        self._masks: Sequence[Image] = ()
        self._size = (0, 0)

    @property
    def at_rest(self) -> bool:
        return self._analysis.at_rest

    def analyse(self, frame: Frame, gallery: Gallery) -> list[Match]:
        return self._analysis.analyse(self.masked(frame), gallery)

    def masked(self, frame: Frame) -> Frame:
        """The frame with black where nothing is looked at."""
        if not self._areas:
            return frame
        if self._size != frame.size:
            self._size, whole = frame.size, self._areas.visible(*frame.size)
            half = ((frame.width + 1) // 2, (frame.height + 1) // 2)
            # A colour sample that is only partly visible counts as masked.
            small = np.where(cv2.resize(whole, half, interpolation=cv2.INTER_AREA) == 255, 255, 0).astype(np.uint8)
            self._masks = (whole, small)
        return covered(frame, *self._masks)


def covered(frame: Frame, mask: Image, half: Image) -> Frame:
    """`frame` where `mask` (h, w) is 255, black elsewhere; `half` is the mask for colour planes of half the size."""

    def chroma() -> tuple[Image, Image, bool] | None:
        planes = frame._chroma()
        if planes is None:
            return None
        blue, red = (_neutral(plane, half) for plane in planes[:2])
        return blue, red, planes[2]

    return replace(
        frame,
        _read_luma=lambda: cv2.bitwise_and(frame.luma(), mask),
        _read_bgr=lambda: cv2.bitwise_and(frame.bgr(), frame.bgr(), mask=mask),
        _chroma=chroma,
        _cache=_Cache(),
    )


def _neutral(plane: Image, half: Image) -> Image:
    rows, columns = min(plane.shape[0], half.shape[0]), min(plane.shape[1], half.shape[1])
    result = plane.copy()
    result[:rows, :columns][half[:rows, :columns] == 0] = NO_COLOUR
    return result
