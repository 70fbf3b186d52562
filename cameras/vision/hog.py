"""dlib's own detector (HOG) on the moving regions: slower and less able, but always installed."""

import threading
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from .landmarks import box_of, predict_landmarks
from .motion import merged
from .types import Box, Face, Floats, Frame, Image

_WINDOW = 80.0  # pixels; the smallest face that dlib's detector sees
_LARGEST_PHOTOGRAPH = 900


class HogDetector:
    """Dalal & Triggs 2005, as trained by dlib. `smallest` is the width of the smallest face to be found, in pixels."""

    def __init__(self, smallest: float = 90.0) -> None:
        import dlib

        self._scale = min(_WINDOW / smallest, 1.0)
        self._make: Any = dlib.get_frontal_face_detector
        self._own = threading.local()

    def find(self, frame: Frame, regions: Sequence[Box], *, known: Sequence[Box] = (), turn: int = 0) -> list[Face]:
        """Searches all regions at every turn."""
        faces = []
        for region in merged([*regions, *(box.grown(0.6).clipped(*frame.size) for box in known)]):
            left, top = int(region.left), int(region.top)
            luma = frame.luma()[top : int(region.bottom), left : int(region.right)]
            faces += [_shifted(face, left, top) for face in self._faces(luma, self._scale)]
        return faces

    def align(self, frame: Frame, face: Face) -> Face:
        """Faces found here have dlib's landmarks already."""
        return face

    def find_in_photograph(self, image: Image) -> list[Face]:
        luma = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        return sorted(
            self._faces(luma, min(_LARGEST_PHOTOGRAPH / max(luma.shape), 1.0)), key=lambda face: -face.box.area
        )

    def _faces(self, luma: Image, scale: float) -> list[Face]:
        if min(luma.shape) * scale < _WINDOW:
            return []
        small = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        # A detector of dlib keeps state while it runs, so each thread has its own; making one takes 0.3 s.
        if not hasattr(self._own, "detector"):
            self._own.detector = self._make()
        found, scores, _ = self._own.detector.run(small, 0, 0.0)
        faces = []
        for area, score in zip(found, scores, strict=True):
            box = Box(*(edge / scale for edge in (area.left(), area.top(), area.right(), area.bottom())))
            landmarks = predict_landmarks(luma, box)
            faces.append(Face(box_of(landmarks), landmarks, float(score)))
        return faces


def _shifted(face: Face, x: int, y: int) -> Face:
    landmarks: Floats = face.landmarks + np.array([x, y], np.float32)
    return Face(face.box.moved(x, y), landmarks, face.score)
