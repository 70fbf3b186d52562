"""Where in the picture something moves: a cheap gate in front of the detector.

A slowly learning background and the previous frame, both on a small copy of the brightness. A thing that differs from
the background counts while it stirs; a chair that was moved stops counting, and is learnt in the end.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .types import Box, Floats, Frame, Image


@dataclass(frozen=True, slots=True)
class MotionOptions:
    """`width` of the small copy in pixels; differences in grey levels; sizes as shares of the picture's height."""

    width: int = 320
    least_difference: float = 7.0
    most_noise: float = 5.0
    least_size: float = 0.03
    padding: float = 0.04
    learning: float = 0.04
    learning_under_motion: float = 0.004
    everything_moved: float = 0.7


class MotionGate:
    """One camera's background. Not for several threads at once."""

    def __init__(self, options: MotionOptions | None = None) -> None:
        self._options = options or MotionOptions()
        self._background: Floats | None = None
        self._previous: Image | None = None

    def reset(self) -> None:
        """Forget the background, as when the camera was turned or its picture changed size."""
        self._background = self._previous = None

    def regions(self, frame: Frame) -> list[Box]:
        """The moving parts of the frame, padded and merged until none overlap; the whole frame when it is the first,
        or when nearly everything changed (a light switched on, a camera turned)."""
        small = self._shrunk(frame)
        if self._background is None or self._previous is None or self._previous.shape != small.shape:
            self._background, self._previous = small.astype(np.float32), small
            return [_whole(frame)]
        changed, stirred = self._masks(small)
        self._previous = small
        if float(changed.mean()) > self._options.everything_moved * 255:
            self._background = small.astype(np.float32)
            return [_whole(frame)]
        self._learn(small, changed)
        return self._boxes(changed, stirred, frame)

    def _shrunk(self, frame: Frame) -> Image:
        """A small copy of the brightness; rows are skipped before averaging, for it costs half as much."""
        luma = frame.luma()
        width = min(self._options.width, frame.width)
        height = max(round(frame.height * width / frame.width), 1)
        step = max(frame.height // (2 * height), 1)
        return cv2.resize(luma[::step], (width, height), interpolation=cv2.INTER_AREA)

    def _masks(self, small: Image) -> tuple[Image, Image]:
        """Where the picture differs from the background, and from the previous frame: (h, w) of 0 or 255."""
        difference = cv2.absdiff(small, cv2.convertScaleAbs(self._background))
        step = cv2.absdiff(small, self._previous)
        # Most of the picture does not move, so the median of the steps is the camera's own noise; unless it is large.
        noise = min(float(np.median(step[::4, ::4])), self._options.most_noise)
        limit = self._options.least_difference + 3 * noise
        changed = cv2.threshold(difference, limit, 255, cv2.THRESH_BINARY)[1]
        return cv2.dilate(changed, np.ones((5, 5), np.uint8)), cv2.threshold(step, limit, 255, cv2.THRESH_BINARY)[1]

    def _learn(self, small: Image, changed: Image) -> None:
        still = cv2.bitwise_not(changed)
        cv2.accumulateWeighted(small, self._background, self._options.learning, still)
        cv2.accumulateWeighted(small, self._background, self._options.learning_under_motion, changed)

    def _boxes(self, changed: Image, stirred: Image, frame: Frame) -> list[Box]:
        count, labels, figures, _ = cv2.connectedComponentsWithStats(changed, connectivity=8)
        if count < 2:
            return []
        stirring = np.bincount(labels[stirred > 0], minlength=count)
        scale = frame.width / changed.shape[1]
        least, padding = self._options.least_size * changed.shape[0], self._options.padding * changed.shape[0]
        boxes = []
        for label in range(1, count):
            left, top, width, height, _ = (int(value) for value in figures[label])
            if max(width, height) >= least + 4 and stirring[label] >= 2:
                box = Box(left - padding, top - padding, left + width + padding, top + height + padding)
                boxes.append(Box(*(edge * scale for edge in (box.left, box.top, box.right, box.bottom))))
        return merged([box.clipped(frame.width, frame.height) for box in boxes])


class Rest:
    """Since when nothing has moved, and nobody is followed, in front of one camera."""

    def __init__(self, after: float = 5.0) -> None:
        self._after = after  # seconds
        self._stirred_at: float | None = None

    def judge(self, stirs: bool, moment: float) -> bool:
        """Whether all has been still for long enough at this `moment` (seconds)."""
        if stirs or self._stirred_at is None:
            self._stirred_at = moment
        return moment - self._stirred_at >= self._after


def merged(boxes: list[Box]) -> list[Box]:
    """The boxes, with those that overlap replaced by the box around them."""
    separate: list[Box] = []
    for box in boxes:
        while touching := [other for other in separate if box.intersection(other) > 0]:
            separate = [other for other in separate if other not in touching]
            box = around([box, *touching])
        separate.append(box)
    return separate


def around(boxes: list[Box]) -> Box:
    """The smallest box that holds them all."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _whole(frame: Frame) -> Box:
    return Box(0, 0, frame.width, frame.height)
