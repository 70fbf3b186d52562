"""Made-up frames, and the one public-domain face there is: scikit-image's astronaut (NASA)."""

import cv2
import numpy as np
from skimage.data import astronaut

from cameras.vision.types import DIMENSIONS, Box, Face, Frame, Gallery

SIZE = (960, 540)


def face_picture(height: int = 260) -> np.ndarray:
    """The astronaut's head and shoulders, (height, height, 3) uint8 BGR; the face is about 0.4 of it wide."""
    part = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)[0:256, 96:352]
    return cv2.resize(part, (height, height), interpolation=cv2.INTER_AREA)


def corridor(size: tuple[int, int] = SIZE) -> np.ndarray:
    """A textured background without anybody."""
    rng = np.random.default_rng(1)
    coarse = rng.normal(130, 18, (size[1] // 60, size[0] // 60, 3)).astype(np.float32)
    return np.clip(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def with_faces(*places: tuple[int, int], height: int = 260, size: tuple[int, int] = SIZE) -> np.ndarray:
    """The corridor with the astronaut's picture at each (left, top)."""
    picture, face = corridor(size), face_picture(height)
    for left, top in places:
        picture[top : top + height, left : left + height] = face
    return picture


def frame_of(picture: np.ndarray, moment: float, number: int = 0) -> Frame:
    return Frame.from_bgr(picture, number=number, captured_at=moment)


def noisy(picture: np.ndarray, seed: int, strength: int = 3) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(-strength, strength + 1, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def made_up_face(x: float, y: float, width: float = 100.0) -> Face:
    """An upright face whose box has its centre at (x, y)."""
    points = np.array([(0.29, -0.18), (0.11, -0.18), (-0.29, -0.18), (-0.11, -0.18), (0.0, 0.13)], np.float32)
    half = width / 2
    box = Box(x - half, y - half, x + half, y + half)
    return Face(box, (points * width + np.array([x, y])).astype(np.float32), 0.9)


def unit(index: int, length: float = 1.0) -> np.ndarray:
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[index] = length
    return vector


def gallery_of(*vectors: np.ndarray, threshold: float = 0.5, offsets: list[float] | None = None) -> Gallery:
    """Entries 10, 11, 12 … with these templates."""
    return Gallery(
        entries=tuple(range(10, 10 + len(vectors))),
        vectors=np.stack(vectors).astype(np.float32),
        offsets=np.array(offsets or [0.0] * len(vectors), np.float32),
        threshold=threshold,
        version="test",
    )
