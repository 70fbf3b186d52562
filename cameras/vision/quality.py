"""How good a picture of a face is for recognition, with the reasons in words.

Sharpness, pose, size and light: the measures that ISO/IEC 29794-5 names and that can be taken from five landmarks and
the brightness of the face. Used for choosing the best shots of a track, and for enrolment photographs.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from .landmarks import NOSE_BELOW_EYES, eye_centres
from .types import Floats, Image

_SIDE = 80  # pixels; every face is judged at this size, so that a small one cannot look sharp
_LEAST_DETAIL, _MOST_STEPS = 0.012, 0.75  # of a face that was not enlarged, see is_enlarged


class Reason(StrEnum):
    """What is wrong with a picture of a face."""

    SMALL = "the face is too small: come nearer, or use a larger picture"
    BLURRED = "the face is blurred"
    TURNED = "the face is turned to the side"
    NODDING = "the face looks up or down"
    TILTED = "the head is tilted"
    DARK = "the face is too dark"
    BRIGHT = "the face is too bright"
    FLAT = "there is too little contrast on the face"


@dataclass(frozen=True, slots=True)
class QualityOptions:
    """Each pair is (useless, good): at or beyond the first a measure counts 0, at or beyond the second 1."""

    eye_distance: tuple[float, float] = (14.0, 48.0)
    sharpness: tuple[float, float] = (0.001, 0.012)
    turned: tuple[float, float] = (0.42, 0.12)
    nodding: tuple[float, float] = (0.40, 0.15)
    tilted: tuple[float, float] = (40.0, 15.0)
    dark: tuple[float, float] = (20.0, 55.0)
    bright: tuple[float, float] = (250.0, 215.0)
    contrast: tuple[float, float] = (6.0, 20.0)
    complaint: float = 0.5


@dataclass(frozen=True, slots=True)
class Quality:
    """`score` 0..1; `reasons` worst first, empty for a good picture.

    `eye_distance` is in pixels between the centres of the eyes; `sharpness` the variance of the Laplacian over that
    of the face; `turned` how far the nose is from the middle between the eyes, and `nodding` how far from its usual
    place below them, both in eye distances; `tilted` in degrees; `brightness` and `contrast` in grey levels.
    """

    score: float
    reasons: tuple[Reason, ...]
    eye_distance: float
    sharpness: float
    turned: float
    nodding: float
    tilted: float
    brightness: float
    contrast: float


def assess(luma: Image, landmarks: Floats, options: QualityOptions | None = None) -> Quality:
    """Judge one face: `luma` (h, w) uint8 is a picture, `landmarks` (5, 2) dlib's five points in its pixels."""
    options = options or QualityOptions()
    distance, turned, nodding, tilted = _pose(landmarks)
    sharpness, brightness, contrast = _light(_face_only(luma, landmarks, distance))
    marks = {
        Reason.SMALL: _mark(distance, options.eye_distance),
        Reason.BLURRED: _mark(sharpness, options.sharpness),
        Reason.TURNED: _mark(turned, options.turned),
        Reason.NODDING: _mark(nodding, options.nodding),
        Reason.TILTED: _mark(tilted, options.tilted),
        Reason.DARK: _mark(brightness, options.dark),
        Reason.BRIGHT: _mark(brightness, options.bright),
        Reason.FLAT: _mark(contrast, options.contrast),
    }
    complaints = sorted((mark, reason) for reason, mark in marks.items() if mark < options.complaint)
    # The worst measure decides, the others still count: a shot with two flaws is worse than one with one.
    values = np.array(list(marks.values()))
    score = float(values.min() * (0.5 + 0.5 * values.mean()))
    return Quality(
        score=round(score, 4),
        reasons=tuple(reason for _, reason in complaints),
        eye_distance=distance,
        sharpness=sharpness,
        turned=turned,
        nodding=nodding,
        tilted=tilted,
        brightness=brightness,
        contrast=contrast,
    )


def eye_distance(landmarks: Floats) -> float:
    """Pixels between the centres of the eyes."""
    right, left = eye_centres(landmarks)
    return float(np.linalg.norm(left - right))


def is_enlarged(luma: Image, landmarks: Floats) -> bool:
    """Whether a face was enlarged from a few pixels, by repeating them or smoothly: there is next to no detail in it.

    Enlarged by repetition, crops of 22 x 28 pixels have steps from 0.97 on, photographs up to 0.48. Enlarged smoothly,
    126 of 3,264 (204 portraits, London, cut in four sizes) pass for sharp; 12 of these have more detail than asked for
    here, up to 0.0155. Asking for that much would refuse one press photograph in five (LFW); as it is, one in twelve
    is. Portraits have 0.028 and more.
    """
    part = _part(luma, landmarks, eye_distance(landmarks))
    face = _sized(part, _SIDE).astype(np.float32)
    coarse = cv2.resize(
        cv2.resize(face, (28, 28), interpolation=cv2.INTER_AREA), face.shape, interpolation=cv2.INTER_CUBIC
    )
    detail = float((face - coarse).var()) / max(float(face.var()), 25.0)
    return detail < _LEAST_DETAIL or min(_steps(part), _steps(part.T)) > _MOST_STEPS


def _steps(part: Image) -> float:
    """The share of all differences between neighbouring columns that lies in the quarter where they differ most."""
    differences = np.sort(np.abs(np.diff(part.astype(np.float32), axis=1)).mean(axis=0))[::-1]
    return float(differences[: max(len(differences) // 4, 1)].sum()) / max(float(differences.sum()), 1e-6)


def _pose(landmarks: Floats) -> tuple[float, float, float, float]:
    """Eye distance, turn, nod and tilt; turn and nod as shares of the eye distance along and across the eye line."""
    right, left = eye_centres(landmarks)
    line = (left - right).astype(np.float64)
    distance = max(float(np.linalg.norm(line)), 1e-6)
    along = line / distance
    nose = (landmarks[4] - (left + right) / 2) / distance
    turned = abs(float(nose @ along))
    below = float(nose @ np.array([-along[1], along[0]]))
    tilted = abs(float(np.degrees(np.arctan2(line[1], line[0]))))
    return distance, turned, abs(below - NOSE_BELOW_EYES), tilted


def _face_only(luma: Image, landmarks: Floats, distance: float) -> Image:
    """The face from brow to mouth at a fixed size."""
    return _sized(_part(luma, landmarks, distance), _SIDE)


def _part(luma: Image, landmarks: Floats, distance: float) -> Image:
    x, y = landmarks.mean(axis=0) + np.array([0.0, 0.25 * distance])
    reach = 1.1 * distance
    left, right = np.clip([x - reach, x + reach], 0, luma.shape[1] - 1).astype(int)
    top, bottom = np.clip([y - reach, y + reach], 0, luma.shape[0] - 1).astype(int)
    return luma[top : max(bottom, top + 1), left : max(right, left + 1)]


def _sized(part: Image, side: int) -> Image:
    shrinks = part.shape[1] > side
    return cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def _light(face: Image) -> tuple[float, float, float]:
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(face))
    edges = cv2.Laplacian(cv2.GaussianBlur(face, (3, 3), 0), cv2.CV_32F)
    return float(edges.var()) / max(deviation**2, 25.0) / 4, mean, deviation


def _mark(value: float, limits: tuple[float, float]) -> float:
    useless, good = limits
    return float(np.clip((value - useless) / (good - useless), 0.0, 1.0))
