"""A recording made fit to leave: faces made unrecognisable, and who asked for it written into every picture.

Pure: encoded video in, encoded video out, in memory. Blurs generously: a face is covered before it was found and after
it was lost, for a detector misses some, and what is given away cannot be taken back.
"""

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from cameras.vision.detect import Detector
from cameras.vision.types import Box, Frame, Image

DETECT_EVERY = 0.2  # seconds between two searches for faces
HOLD = 1.0  # seconds for which a place where a face was found is covered, before and after
GROWN = 0.6  # of the face's size, on each side
_CELLS = 5  # a face becomes this many cells wide: what is left cannot be undone, as a blur can
_CLOCK = Fraction(1, 90_000)

Find = Callable[[Image, float], list[Box]]  # a picture (h, w, 3) BGR and its time in seconds → faces


@dataclass(frozen=True, slots=True)
class Watermark:
    """Two lines at the foot of each picture, the first with the time of the recording; and one across its middle."""

    line: Callable[[float], str]  # unix seconds → where and when
    who: str
    across: str


def faces_with(detector: Detector) -> Find:
    """A search of the whole picture, with both halves of the detector's turns."""

    def find(picture: Image, at: float) -> list[Box]:
        frame = Frame.from_bgr(picture, number=0, captured_at=at)
        whole = [Box(0, 0, frame.width, frame.height)]
        return [face.box for turn in (0, 1) for face in detector.find(frame, whole, turn=turn)]

    return find


def made_fit(videos: Iterable[tuple[float, bytes]], *, find: Find | None, watermark: Watermark) -> bytes:
    """One H.264 MP4 of these (unix seconds of the first picture, MP4) in order; `find` None leaves faces as they are.

    Raises what `find` raises: without a detector there is no export. Raises av.error.FFmpegError for broken video.
    """
    file, marker = io.BytesIO(), Marker(watermark)
    pictures = _pictures(videos)
    if find is not None:
        pictures = _covered(pictures, find)
    output: Any = None
    stream: Any = None
    began = last = 0.0
    try:
        for at, picture in pictures:
            if output is None:
                output, stream, began, last = *_open(file, picture), at, at - 1.0
            at = max(at, last + 0.001)
            last = at
            frame = av.VideoFrame.from_ndarray(_fitted(marker.mark(picture, at), stream), format="bgr24")
            frame.pts, frame.time_base = round((at - began) / _CLOCK), _CLOCK
            output.mux(stream.encode(frame))
        if output is not None:
            output.mux(stream.encode(None))
    finally:
        if output is not None:
            output.close()
    return file.getvalue()


def _open(file: io.BytesIO, picture: Image) -> tuple[Any, Any]:
    height, width = picture.shape[:2]
    output = av.open(file, "w", format="mp4", options={"fflags": "+bitexact"})
    stream = output.add_stream("libx264", options={"preset": "veryfast", "crf": "23"})
    stream.width, stream.height, stream.pix_fmt = width & ~1, height & ~1, "yuv420p"
    stream.codec_context.time_base = _CLOCK
    return output, stream


def _fitted(picture: Image, stream: Any) -> Image:
    """The picture in the size of the file, which the first one decided."""
    if picture.shape[1] & ~1 == stream.width and picture.shape[0] & ~1 == stream.height:
        return np.ascontiguousarray(picture[: stream.height, : stream.width])
    return cv2.resize(picture, (stream.width, stream.height), interpolation=cv2.INTER_AREA)


def _pictures(videos: Iterable[tuple[float, bytes]]) -> Iterator[tuple[float, Image]]:
    for start, content in videos:
        with av.open(io.BytesIO(content)) as container:
            for frame in container.decode(video=0):
                yield start + float(frame.pts * frame.time_base), frame.to_ndarray(format="bgr24")


def _covered(pictures: Iterable[tuple[float, Image]], find: Find) -> Iterator[tuple[float, Image]]:
    """Each picture, once it is known which faces are found in the second after it."""
    waiting: deque[tuple[float, Image]] = deque()
    found: deque[tuple[float, list[Box]]] = deque()
    searched_at = float("-inf")
    for at, picture in pictures:
        if at - searched_at >= DETECT_EVERY:
            searched_at = at
            found.append((at, find(picture, at)))
        waiting.append((at, picture))
        while waiting and at - waiting[0][0] > HOLD:
            yield _cover_next(waiting, found)
    while waiting:
        yield _cover_next(waiting, found)


def _cover_next(waiting: deque[tuple[float, Image]], found: deque[tuple[float, list[Box]]]) -> tuple[float, Image]:
    at, picture = waiting.popleft()
    while found and found[0][0] < at - HOLD:
        found.popleft()
    for seen_at, boxes in found:
        if seen_at <= at + HOLD:
            for box in boxes:
                cover(picture, box.grown(GROWN))
    return at, picture


def cover(picture: Image, box: Box) -> None:
    """Make a part of a picture (h, w, 3) unrecognisable, in place."""
    inside = box.clipped(picture.shape[1], picture.shape[0])
    left, top, right, bottom = (round(edge) for edge in (inside.left, inside.top, inside.right, inside.bottom))
    if right > left and bottom > top:
        cells = cv2.resize(picture[top:bottom, left:right], (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
        picture[top:bottom, left:right] = cv2.resize(cells, (right - left, bottom - top))


class Marker:
    """Burns a watermark into pictures. The words change once a second: they are drawn then, and laid over since."""

    def __init__(self, watermark: Watermark) -> None:
        self.watermark = watermark
        self.drawn: tuple[str, int, int] | None = None
        self.layers: list[tuple[slice, Image, Image]] = []

    def mark(self, picture: Image, at: float) -> Image:
        """The picture (h, w, 3) with the watermark in it, in place."""
        height, width = picture.shape[:2]
        line = self.watermark.line(at)
        if self.drawn != (line, width, height):
            self.layers, self.drawn = _layers(self.watermark, line, width, height), (line, width, height)
        for rows, words, left in self.layers:
            picture[rows] = cv2.add(cv2.multiply(picture[rows], left, scale=1 / 255), words)
        return picture


def _layers(watermark: Watermark, line: str, width: int, height: int) -> list[tuple[slice, Image, Image]]:
    """The bands in which there are words: rows, what is added, and how much of the picture stays (of 255)."""
    layer = Picture.new("RGBA", (width, height))
    pen = ImageDraw.Draw(layer)
    size = max(12, height // 36)
    font, large = ImageFont.load_default(size), ImageFont.load_default(size * 2)
    foot = height - round(size * 3)
    pen.rectangle((0, foot, width, height), fill=(0, 0, 0, 170))
    pen.text((size // 2, foot + size * 0.2), line, font=font, fill=(255, 255, 255, 255))
    pen.text((size // 2, foot + size * 1.5), watermark.who, font=font, fill=(255, 255, 255, 255))
    pen.text((width / 2, height / 2), watermark.across, font=large, anchor="mm", fill=(255, 255, 255, 70))
    whole = np.asarray(layer)
    middle = slice(max(0, height // 2 - 2 * size), height // 2 + 2 * size)
    return [(rows, *_premultiplied(whole[rows])) for rows in (middle, slice(foot, height))]


def _premultiplied(layer: np.ndarray) -> tuple[Image, Image]:
    """RGBA (h, w, 4) as what is added to a picture (BGR), and how much of the picture stays."""
    opacity = cv2.merge([layer[..., 3]] * 3)
    words = cv2.multiply(cv2.cvtColor(layer, cv2.COLOR_RGBA2BGR), opacity, scale=1 / 255)
    return words, 255 - opacity
