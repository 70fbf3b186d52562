"""A picture in which nobody can be recognised: for aiming a camera and drawing its masks."""

import cv2
import numpy as np

from .detect import Detector
from .types import Box, Frame, Image

WIDTH = 480  # pixels of the result: a face too small to be found is too small to be recognised here
CELLS = 6  # across a face; so few cannot be undone, as a blur can


def pixelate(picture: Image, box: Box) -> None:
    """Make a part of the picture (h, w, 3) unrecognisable, in place."""
    inside = box.clipped(picture.shape[1], picture.shape[0])
    left, top = int(inside.left), int(inside.top)
    right, bottom = int(np.ceil(inside.right)), int(np.ceil(inside.bottom))
    if right > left and bottom > top:
        cells = cv2.resize(picture[top:bottom, left:right], (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        picture[top:bottom, left:right] = cv2.resize(cells, (right - left, bottom - top))


def blurred(frame: Frame, detector: Detector) -> Image:
    """The frame, at most 480 pixels wide, (h, w, 3) uint8 BGR, with every face in cells.

    Both halves of the detector's search are made, for there is no next frame in which to look again.
    """
    whole = [Box(0, 0, frame.width, frame.height)]
    faces = [face for turn in (0, 1) for face in detector.find(frame, whole, turn=turn)]
    picture = frame.bgr().copy()
    for face in faces:
        pixelate(picture, face.box.grown(0.4))
    scale = min(WIDTH / frame.width, 1.0)
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
