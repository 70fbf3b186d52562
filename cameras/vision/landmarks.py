"""dlib's five landmarks of a face: in the detector's box, then in the box that they themselves imply, then averaged.

dlib's predictor (Kazemi & Sullivan 2014) was trained on the boxes of dlib's own detectors; another detector's box must
be made to look like one of those, or recognition suffers. The figures were measured on 900 photographs.
"""

from functools import cache
from typing import Any

import numpy as np

from .types import Box, Floats, Image
from .weights import LANDMARKS, weight_file

# dlib's box seen from the landmarks: its centre from the middle of the four eye corners, and its width, all as
# shares of the distance between the outer corners of the eyes.
_CENTRE = np.array([-0.03, 0.346])
_WIDTH = 1.85
# Of dlib's mean face, as shares of the distance between the eyes: half the length of an eye, and how far the base of
# the nose lies below the eyes.
_EYE = 0.203
NOSE_BELOW_EYES = 0.774
# Aside, downwards, and larger on each side: as shares of the box.
_BESIDE = ((0.05, 0.0, 0.02), (-0.05, 0.0, -0.02), (0.0, 0.05, -0.02), (0.0, -0.05, 0.02))


@cache
def _predictor() -> Any:
    import dlib

    return dlib.shape_predictor(str(weight_file(LANDMARKS)))


def predict_landmarks(luma: Image, box: Box) -> Floats:
    """Five points (5, 2) float32 in the pixels of `luma` (h, w) uint8; `box` as dlib's detector would draw it.

    How far off a prediction is depends on where its box lies, and one in a hundred goes astray. So the last one is
    averaged over boxes that lie a little beside each other; all of it takes a millisecond or two.
    """
    for _ in range(2):
        box = box_of(_predicted(luma, box))
    moved = [box, *(box.moved(x * box.width, y * box.height).grown(size) for x, y, size in _BESIDE)]
    return np.mean([_predicted(luma, one) for one in moved], axis=0, dtype=np.float32)


def landmarks_from(points: np.ndarray) -> Floats:
    """Five points (5, 2) float32 put together from a detector's own (3, 2): both eyes, left in the picture first, and
    the tip of the nose. For faces so far turned or tilted that dlib's predictor goes astray."""
    left, right, nose = points
    line = right - left
    below = np.array([-line[1], line[0]])
    middle = (left + right) / 2
    aside = float((nose - middle) @ line) / max(float(line @ line), 1e-9)
    corners = [right + _EYE * line, right - _EYE * line, left - _EYE * line, left + _EYE * line]
    return np.array([*corners, middle + aside * line + NOSE_BELOW_EYES * below], np.float32)


def eye_centres(landmarks: Floats) -> Floats:
    """Both eyes (2, 2), the one on the picture's left first."""
    return np.stack([landmarks[2:4].mean(axis=0), landmarks[0:2].mean(axis=0)])


def box_of(landmarks: Floats) -> Box:
    """The square that dlib's detector would draw around a face with these landmarks (5, 2)."""
    across = float(np.linalg.norm(landmarks[0] - landmarks[2]))
    x, y = landmarks[:4].mean(axis=0) + _CENTRE * across
    half = max(_WIDTH * across, 2.0) / 2
    return Box(float(x) - half, float(y) - half, float(x) + half, float(y) + half)


def _predicted(luma: Image, box: Box) -> Floats:
    part, left, top = _around(luma, box)
    return _predict(part, box.moved(-left, -top)) + np.array([left, top], np.float32)


def _around(luma: Image, box: Box) -> tuple[Image, int, int]:
    """The part of the picture that the predictor looks at, and where it begins: dlib would copy the whole picture."""
    margin = box.grown(0.5).clipped(luma.shape[1], luma.shape[0])
    left, top = int(margin.left), int(margin.top)
    part = np.ascontiguousarray(luma[top : max(int(margin.bottom), top + 1), left : max(int(margin.right), left + 1)])
    return part, left, top


def _predict(luma: Image, box: Box) -> Floats:
    import dlib

    area = dlib.rectangle(round(box.left), round(box.top), round(box.right), round(box.bottom))
    return np.array([(point.x, point.y) for point in _predictor()(luma, area).parts()], np.float32)
