"""Whether a camera still shows its place: a covered lens, a dark room, a picture that stands still, a turned camera.

Looks at a picture reduced to 64 x 36 once a second: too coarse to show anybody, and nearly free.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from .states import CameraState
from .types import Floats, Frame, Image

SIZE = (64, 36)  # width, height of the coarse picture


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """Times in seconds; brightness 0..255.

    A picture stands still when no pixel differs by more than `unrest`; it is dark when its brightest hundredth is below
    `dark`, covered when its brightness varies by less than `flat` (standard deviation), moved when its edges lie
    elsewhere than usual (correlation below `unlike`).
    """

    every: float = 1.0
    frozen_after: float = 7.0
    unrest: int = 2
    dark: float = 40.0
    dark_after: float = 60.0
    flat: float = 6.0
    covered_after: float = 20.0
    unlike: float = 0.35
    alike: float = 0.6
    moved_after: float = 120.0
    learn_for: float = 60.0
    average: float = 0.1  # weight of the newest picture in the recent mean: people who pass do not count
    follow: float = 0.002  # weight of the recent mean in the usual view: seasons, not a turned camera


class View:
    """One camera's view. `usual` is the mean coarse picture (36, 64) uint8 that was learned before, or None.

    `on_learned` is told once when the usual view has been learned, so that it can outlive this watch.
    """

    def __init__(
        self,
        usual: Image | None = None,
        *,
        on_learned: Callable[[Image], None] | None = None,
        options: ViewOptions | None = None,
    ) -> None:
        self._options, self._on_learned = options or ViewOptions(), on_learned
        self._usual: Floats | None = None if usual is None else usual.astype(np.float32)
        self._recent: Floats | None = None
        self._last: Image | None = None
        self._looked_at = float("-inf")
        self._began: float | None = None
        self._since: dict[CameraState, float] = {}
        self.state: CameraState | None = None

    def look(self, frame: Frame) -> CameraState | None:
        """FROZEN, TOO_DARK, COVERED or MOVED once that has lasted; None while the camera shows its place."""
        now, before = frame.captured_at, self._looked_at
        if now - before < self._options.every:
            return self.state
        before, self._looked_at = self._looked_at, now
        self._began = now if self._began is None else self._began
        luma = frame.luma()
        small = cv2.resize(luma[::4, ::4], SIZE, interpolation=cv2.INTER_AREA)
        stands_still = self._stands_still(luma)
        if stands_still:
            self._since.setdefault(CameraState.FROZEN, before)  # as before: so it has stood since then
        dark = float(np.percentile(small, 99)) < self._options.dark
        flat = not dark and float(small.std()) < self._options.flat
        moved = not dark and not flat and self._is_elsewhere(small, now)
        if stands_still:  # at the latest since the look before, with which this picture was compared
            self._since.setdefault(CameraState.FROZEN, before)
        found = (
            (CameraState.FROZEN, stands_still, self._options.frozen_after),
            (CameraState.TOO_DARK, dark, self._options.dark_after),
            (CameraState.COVERED, flat, self._options.covered_after),
            (CameraState.MOVED, moved, self._options.moved_after),
        )
        self.state = next((state for state, is_so, after in found if self._lasts(state, is_so, after, now)), None)
        return self.state

    def _lasts(self, state: CameraState, is_so: bool, after: float, now: float) -> bool:
        if not is_so:
            self._since.pop(state, None)
            return False
        return now - self._since.setdefault(state, now) >= after

    def _stands_still(self, luma: Image) -> bool:
        """Nowhere different by more than an encoder's own unrest: no sensor is that quiet for long.

        A camera that compresses a standing picture anew with each keyframe may go unnoticed; allowing for its larger
        differences would take an empty corridor at night for a broken camera.
        """
        sample = luma[::6, ::6].copy()
        last, self._last = self._last, sample
        if last is None or last.shape != sample.shape:
            return False
        return int(cv2.absdiff(last, sample).max()) <= self._options.unrest

    def _is_elsewhere(self, small: Image, now: float) -> bool:
        weight = self._options.average
        self._recent = small.astype(np.float32) if self._recent is None else self._recent
        self._recent += weight * (small - self._recent)
        if self._usual is None:
            if self._began is not None and now - self._began >= self._options.learn_for:
                self._usual = self._recent.copy()
                if self._on_learned:
                    self._on_learned(np.round(self._usual).astype(np.uint8))
            return False
        likeness = likeness_of(self._recent, self._usual)
        if likeness > self._options.alike:
            self._usual += self._options.follow * (self._recent - self._usual)
        return likeness < self._options.unlike


def likeness_of(one: Floats, other: Floats) -> float:
    """Correlation (-1..1) of where two pictures have edges, and how steep: light may change, walls do not move."""
    edges = [_edges(picture).ravel() for picture in (one, other)]
    if min(float(edge.std()) for edge in edges) < 1e-6:
        return 0.0
    return float(np.corrcoef(edges[0], edges[1])[0, 1])


def _edges(picture: Floats) -> Floats:
    across = cv2.Sobel(picture, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    # The logarithm keeps one bright window from deciding alone; the blur forgives a shaking mast.
    return cv2.GaussianBlur(np.log1p(cv2.magnitude(across, down)), (0, 0), 1.0)
