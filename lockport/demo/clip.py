"""The demonstration camera's clip: people walking towards a camera in a corridor, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from cameras.vision.types import Box, Image

WIDTH, HEIGHT, FPS = 1280, 720, 15
WALK_SECONDS = 5.0
PAUSE_SECONDS = 3.0
NEAREST_FACE = 190  # pixels wide at the end of the walk


def make_clip(file: Path, people: list[tuple[Image, Box]]) -> None:
    """Write an H.264 clip in which each person, a picture and the box of the face in it, walks past once."""
    corridor = empty_corridor()
    aside = file.with_suffix(".part.mp4")
    random = np.random.default_rng(0)
    with av.open(str(aside), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "24", "g": str(2 * FPS), "bf": "0"}
        for picture in _walks(corridor, people):
            grain = random.integers(-3, 4, (HEIGHT, WIDTH, 1), np.int16)
            noisy = np.clip(picture + grain, 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
        container.mux(stream.encode())
    aside.rename(file)


def _walks(corridor: Image, people: list[tuple[Image, Box]]) -> Iterator[Image]:
    for _ in range(int(PAUSE_SECONDS * FPS)):
        yield corridor
    for number, (picture, face) in enumerate(people):
        head, alpha = cut_out(picture, face)
        steps = int(WALK_SECONDS * FPS)
        for step in range(steps):
            progress = step / steps
            side = 1 if number % 2 else -1
            x = WIDTH / 2 + side * (progress - 0.5) * WIDTH * 0.35
            y = HEIGHT * (0.40 + 0.06 * progress) + 3 * np.sin(step * 0.6)
            yield pasted(corridor, head, alpha, (x, y), NEAREST_FACE * (0.35 + 0.65 * progress))
        for _ in range(int(PAUSE_SECONDS * FPS)):
            yield corridor


def empty_corridor() -> Image:
    """An empty corridor with doors: (HEIGHT, WIDTH, 3) uint8 BGR."""
    picture = np.full((HEIGHT, WIDTH, 3), (168, 174, 176), np.uint8)
    floor = np.array([[0, HEIGHT], [WIDTH, HEIGHT], [int(WIDTH * 0.64), 380], [int(WIDTH * 0.36), 380]])
    cv2.fillPoly(picture, [floor], (120, 126, 132))
    cv2.rectangle(picture, (int(WIDTH * 0.36), 110), (int(WIDTH * 0.64), 380), (190, 196, 198), -1)
    for x in (60, 230, 990, 1130):
        cv2.rectangle(picture, (x, 200), (x + 90, 560), (110, 120, 136), -1)
        cv2.rectangle(picture, (x, 200), (x + 90, 560), (80, 86, 92), 2)
    return cv2.GaussianBlur(picture, (0, 0), 1.2)


def cut_out(picture: Image, face: Box) -> tuple[Image, np.ndarray]:
    """Head and shoulders around the face, (h, w, 3), and a soft-edged mask of it, (h, w, 1) in 0..1.

    The face is a third of its width, so that `pasted` can scale by the face.
    """
    size = face.width * 3
    x, y = face.centre
    corner = (round(x - size / 2), round(y - size * 0.45))
    border = round(size)
    padded = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_REPLICATE)
    left, top = corner[0] + border, corner[1] + border
    head = padded[top : top + round(size), left : left + round(size)]
    mask = np.zeros(head.shape[:2], np.float32)
    height, width = mask.shape
    cv2.ellipse(mask, (width // 2, int(height * 0.43)), (int(width * 0.23), int(height * 0.30)), 0, 0, 360, 1.0, -1)
    cv2.ellipse(mask, (width // 2, int(height * 0.95)), (int(width * 0.38), int(height * 0.25)), 0, 0, 360, 1.0, -1)
    return head, cv2.GaussianBlur(mask, (0, 0), width * 0.015)[..., None]


def pasted(corridor: Image, head: Image, alpha: np.ndarray, centre: tuple[float, float], face_width: float) -> Image:
    size = round(face_width * 3)
    shrunk = cv2.resize(head, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = cv2.resize(alpha, (size, size), interpolation=cv2.INTER_AREA)[..., None]
    frame = corridor.copy()
    left, top = round(centre[0] - size / 2), round(centre[1] - size * 0.45)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + size, WIDTH), min(top + size, HEIGHT)
    if x0 >= x1 or y0 >= y1:
        return frame
    part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    place = (slice(y0, y1), slice(x0, x1))
    frame[place] = (frame[place] * (1 - weight[part]) + shrunk[part] * weight[part]).astype(np.uint8)
    return frame
