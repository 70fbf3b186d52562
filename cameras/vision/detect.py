"""Find faces in the moving parts of a frame, and in photographs.

Two looks with one small network: the first over tiles of the moving regions, so coarse that a face is about twenty
pixels wide; the second at each place found, close up, which confirms the face and places it exactly. See
docs/decisions/0003-detector.md for what was measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from .blaze import SIDE, BlazeFace, Candidate
from .landmarks import box_of, eye_centres, landmarks_from, predict_landmarks
from .types import Area, Box, Face, Frame, Image

_ROUGH_FACE = 18  # pixels of the network that the smallest face covers at the first look
_CLOSE_UP = 2.4  # side of the second look, in widths of the face
_SAME_FACE = 0.35  # intersection over union
_DLIB_BOX = 0.955  # width of dlib's box, in widths of BlazeFace's
_PHOTOGRAPH_SHARES = (1.0, 0.55, 0.3)  # of the padded picture: how large a part is searched at once
_BESIDE = 1 / 3  # of the largest face's width: smaller ones in a photograph are people in the background
_LARGEST_PHOTOGRAPH = 1280  # pixels; larger ones are reduced before they are searched


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """`smallest` is the width in pixels of the smallest face to be found; then probabilities for both looks, in video,
    for the face of a photograph, for it where nobody was found, and for further ones; `apart` is how far dlib's eyes
    may lie from the detector's, in eye distances, before the detector's own are believed."""

    smallest: float = 90.0
    first_look: float = 0.4
    second_look: float = 0.5
    photograph: float = 0.5
    doubtful: float = 0.3
    further: float = 0.6
    apart: float = 0.45


class Detector(Protocol):
    """What finds faces; any number of threads may use one at once."""

    def find(self, frame: Frame, regions: Sequence[Box], *, known: Sequence[Box] = (), turn: int = 0) -> list[Face]:
        """The faces in these parts of the frame and where `known` ones are expected, none of them twice.

        A detector may leave out part of the regions, another part at each `turn`.
        """

    def align(self, frame: Frame, face: Face) -> Face:
        """The same face with landmarks exact enough to embed it."""

    def find_in_photograph(self, image: Image) -> list[Face]:
        """The faces in a photograph (h, w, 3) uint8 BGR, aligned, largest first."""


class BlazeDetector:
    """BlazeFace in two looks; `find` gives landmarks put together from the network's own points, for tracking."""

    def __init__(self, options: DetectOptions | None = None, *, weights: Path | None = None) -> None:
        self._options = options or DetectOptions()
        self._network = BlazeFace(weights)

    def find(self, frame: Frame, regions: Sequence[Box], *, known: Sequence[Box] = (), turn: int = 0) -> list[Face]:
        """Known faces are looked at directly; where there is much to search, half of it is searched at each turn."""
        threshold = self._options.second_look
        expected = [Candidate(box, np.zeros((3, 2)), 1.0) for box in known if box.area > 0]
        faces = self._confirmed(frame, expected, threshold)
        side = SIDE * self._options.smallest / _ROUGH_FACE
        areas = list(dict.fromkeys(area for region in regions for area in tiles(region, side, frame.size)))
        if len(areas) + len(known) > 2:
            areas = areas[turn % 2 :: 2]
        rough = [found for area in areas for found in self._look(frame.part, area, self._options.first_look)]
        unknown = [found for found in rough if all(face.box.overlap(found.box) < 0.2 for face in faces)]
        return _distinct(faces + self._confirmed(frame, unknown, threshold))

    def align(self, frame: Frame, face: Face) -> Face:
        """dlib's landmarks, unless they contradict what the detector saw, as with faces in profile.

        A separate step because it touches nine megabytes of dlib's trees: only faces to be embedded are worth that.
        """
        landmarks = predict_landmarks(frame.luma(), face.box)
        eyes = eye_centres(face.landmarks)
        distance = max(float(np.linalg.norm(eyes[1] - eyes[0])), 0.2 * face.box.width)
        if float(np.linalg.norm(eye_centres(landmarks) - eyes, axis=1).max()) > self._options.apart * distance:
            return face
        return Face(box_of(landmarks), landmarks, face.score)

    def find_in_photograph(self, image: Image) -> list[Face]:
        scale = min(_LARGEST_PHOTOGRAPH / max(image.shape[:2]), 1.0)
        small = image if scale == 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        # A face that fills the picture is found only with something around it.
        margin = round(0.5 * max(small.shape[:2]))
        padded = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        frame = Frame.from_bgr(padded, number=0, captured_at=0.0)
        own = Box(margin, margin, frame.width - margin, frame.height - margin)
        faces = self._in_photograph(frame, own, self._options.photograph)
        # A face in half profile, or half covered, is seen once the detector need not be so sure.
        faces = faces or self._in_photograph(frame, own, self._options.doubtful)[:1]
        # One face may be doubtful, for there should be one; further ones must be certain.
        faces = [face for index, face in enumerate(faces) if index == 0 or face.score >= self._options.further]
        back = [_moved(self.align(frame, face), -margin, 1 / scale) for face in faces]
        return sorted(back, key=lambda face: -face.box.area)

    def _in_photograph(self, frame: Frame, own: Box, threshold: float) -> list[Face]:
        """The faces of a frame of which the part `own` is the photograph, surest first."""
        faces: list[Face] = []
        for share in _PHOTOGRAPH_SHARES:
            side = share * max(frame.size)
            areas = tiles(Box(0, 0, *frame.size) if share == 1 else own, side, frame.size)
            rough = [found for area in areas for found in self._look(frame.part, area, threshold)]
            unknown = [found for found in rough if all(face.box.overlap(found.box) <= _SAME_FACE for face in faces)]
            faces = _distinct(faces + self._confirmed(frame, unknown, threshold))
            if _nobody_smaller_matters(faces, side):
                break
        return faces

    def _look(self, part: Callable[..., Image], area: Area, threshold: float) -> list[Candidate]:
        """Candidates in one square area of the frame, in the frame's pixels."""
        left, top, right, bottom = area
        picture = part(area, _even_size(right - left, bottom - top))
        scale = max(right - left, bottom - top) / SIDE
        if picture.shape[:2] != (SIDE, SIDE):
            square = np.zeros((SIDE, SIDE, 3), np.uint8)
            square[: picture.shape[0], : picture.shape[1]] = picture
            picture = square
        corner = np.array([left, top])
        return [
            Candidate(_scaled(found.box, scale).moved(left, top), found.points * scale + corner, found.score)
            for found in self._network.find(picture, threshold=threshold)
        ]

    def _confirmed(self, frame: Frame, rough: list[Candidate], threshold: float) -> list[Face]:
        faces: list[Face] = []
        for candidate in _best_first(rough):
            if any(face.box.overlap(candidate.box) > _SAME_FACE for face in faces):
                continue
            area = _square(candidate.box, _CLOSE_UP * max(candidate.box.width, 8.0), (frame.width, frame.height))
            seen = self._look(frame.part, area, threshold)
            near = [look for look in seen if look.box.overlap(candidate.box) > 0.2]
            if near:
                faces = _distinct([*faces, _face(near[0])])
        return faces


def _nobody_smaller_matters(faces: Sequence[Face], side: float) -> bool:
    """Whether looks at squares of `side` pixels were fine enough to have seen everybody beside the largest face."""
    largest = max((face.box.width for face in faces), default=0.0)
    return _BESIDE * largest >= side * _ROUGH_FACE / SIDE


def tiles(region: Box, side: float, size: tuple[int, int]) -> list[Area]:
    """Squares of at most `side` pixels that cover the region, moved inside the picture and overlapping by a fifth."""
    side = min(side, max(region.width, region.height))
    areas = []
    for top in _starts(region.top, region.bottom, side):
        for left in _starts(region.left, region.right, side):
            areas.append(_square(Box(left, top, left + side, top + side), side, size))
    return list(dict.fromkeys(areas))


def _starts(low: float, high: float, side: float) -> list[float]:
    length = high - low
    if length <= side:
        return [(low + high - side) / 2]
    steps = int(np.ceil((length - side) / (0.8 * side)))
    return [low + (length - side) * step / steps for step in range(steps + 1)]


def _square(box: Box, side: float, size: tuple[int, int]) -> Area:
    """A square around the box's centre, moved (and at last cut) to lie inside a picture of this size."""
    x, y = box.centre
    width, height = min(round(side), size[0]), min(round(side), size[1])
    left = int(np.clip(round(x - width / 2), 0, size[0] - width))
    top = int(np.clip(round(y - height / 2), 0, size[1] - height))
    return left, top, left + max(width, 2), top + max(height, 2)


def _face(candidate: Candidate) -> Face:
    landmarks = landmarks_from(candidate.points)
    x, y = candidate.box.centre
    half = _DLIB_BOX * (candidate.box.width + candidate.box.height) / 4
    return Face(Box(x - half, y - half, x + half, y + half), landmarks, candidate.score)


def _even_size(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height)
    return max(round(SIDE * width / longest / 2) * 2, 2), max(round(SIDE * height / longest / 2) * 2, 2)


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)


def _best_first(candidates: list[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _distinct(faces: list[Face]) -> list[Face]:
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(face.box.overlap(other.box) <= _SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _moved(face: Face, offset: float, scale: float) -> Face:
    landmarks = ((face.landmarks + offset) * scale).astype(np.float32)
    return replace(face, box=_scaled(face.box.moved(offset, offset), scale), landmarks=landmarks)
