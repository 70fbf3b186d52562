"""The values that pass between the stages of the pipeline: numpy in, values out.

Pixel coordinates are those of the full frame, x to the right and y downwards, in pixels.
Colour images are BGR (OpenCV's order) unless a name says RGB.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from .distances import squares_of

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

DIMENSIONS = 128  # of a template of dlib's network
_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray", "gray8"}
_FULL_RANGE = 2  # FFmpeg's AVCOL_RANGE_JPEG

Area = tuple[int, int, int, int]  # left, top, right, bottom in whole pixels


@dataclass(slots=True)
class _Cache:
    """What a frame has already converted; the frame itself stays frozen."""

    luma: Image | None = None
    bgr: Image | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame:
    """One decoded picture; planes are converted on first use, so that an unused frame costs nothing.

    `number` counts the frames decoded since the stream was opened; `captured_at` is in unix seconds, taken from
    our own clock when the frame was decoded. Make one with `from_bgr` or `from_av`.
    """

    number: int
    captured_at: float
    width: int
    height: int
    _read_luma: Callable[[], Image]
    _read_bgr: Callable[[], Image]
    _chroma: Callable[[], tuple[Image, Image, bool] | None] = lambda: None
    _cache: _Cache = field(default_factory=_Cache)

    @classmethod
    def from_bgr(cls, image: Image, *, number: int, captured_at: float) -> Self:
        """A frame from a picture of shape (h, w, 3), uint8, BGR."""
        height, width = image.shape[:2]
        return cls(number, captured_at, width, height, lambda: cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), lambda: image)

    @classmethod
    def from_av(cls, video_frame: Any, *, number: int, captured_at: float) -> Self:
        """A frame from a decoded `av.VideoFrame`, which is kept (and not copied) until the frame is let go."""
        return cls(
            number,
            captured_at,
            video_frame.width,
            video_frame.height,
            lambda: _plane_of(video_frame),
            lambda: video_frame.to_ndarray(format="bgr24"),
            lambda: _chroma_of(video_frame),
        )

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.width, self.height

    def luma(self) -> Image:
        """The brightness plane: (h, w) uint8, a view of the decoder's own memory where its format allows one."""
        if self._cache.luma is None:
            self._cache.luma = self._read_luma()
        return self._cache.luma

    def bgr(self) -> Image:
        """The picture in colour: (h, w, 3) uint8, BGR, converted on first use and then kept."""
        if self._cache.bgr is None:
            self._cache.bgr = self._read_bgr()
        return self._cache.bgr

    def part(self, area: Area, size: tuple[int, int] | None = None) -> Image:
        """A part in colour: (h, w, 3) uint8, BGR; with `size` (width, height, both even) shrunk or enlarged to that.

        Of a frame as cameras send it only the part is converted, after it was scaled: much less work than `bgr`.
        """
        chroma = None if self._cache.bgr is not None else self._chroma()
        if chroma is None:
            return _resized(_cut(self.bgr(), area), size)
        left, top, right, bottom = area[0] & ~1, area[1] & ~1, area[2], area[3]
        wanted = size or ((right - left) & ~1, (bottom - top) & ~1)
        half = (wanted[0] // 2, wanted[1] // 2)
        luma = _resized(_cut(self.luma(), (left, top, right, bottom)), wanted)
        small = (left // 2, top // 2, max((right + 1) // 2, left // 2 + 1), max((bottom + 1) // 2, top // 2 + 1))
        blue, red, full_range = chroma[0], chroma[1], chroma[2]
        if full_range:
            blue, red = _resized(_cut(blue, small), wanted), _resized(_cut(red, small), wanted)
            return cv2.cvtColor(cv2.merge((luma, red, blue)), cv2.COLOR_YCrCb2BGR)
        blue, red = _resized(_cut(blue, small), half), _resized(_cut(red, small), half)
        planes = np.concatenate([luma.reshape(-1), blue.reshape(-1), red.reshape(-1)])
        return cv2.cvtColor(planes.reshape(wanted[1] * 3 // 2, wanted[0]), cv2.COLOR_YUV2BGR_I420)

    def without_colour(self) -> "Frame":
        """The same frame without what was converted from it: to be kept for a while in little memory."""
        return replace(self, _cache=_Cache())

    def __repr__(self) -> str:
        return f"Frame(number={self.number}, captured_at={self.captured_at:.3f}, size={self.width}x{self.height})"


def _plane_of(video_frame: Any) -> Image:
    if video_frame.format.name not in _PLANAR:
        return np.ascontiguousarray(video_frame.to_ndarray(format="gray"))
    plane = video_frame.planes[0]
    rows = np.frombuffer(plane, np.uint8, count=plane.line_size * plane.height)
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]


def _chroma_of(video_frame: Any) -> tuple[Image, Image, bool] | None:
    """The two colour planes at half the size, and whether values use the full range; None for other formats."""
    if video_frame.format.name not in ("yuv420p", "yuvj420p"):
        return None
    blue, red = (
        np.frombuffer(plane, np.uint8, count=plane.line_size * plane.height).reshape(plane.height, -1)[:, : plane.width]
        for plane in video_frame.planes[1:]
    )
    full_range = video_frame.format.name == "yuvj420p" or int(video_frame.color_range) == _FULL_RANGE
    return blue, red, full_range


def _cut(image: Image, area: Area) -> Image:
    return image[area[1] : area[3], area[0] : area[2]]


def _resized(image: Image, size: tuple[int, int] | None) -> Image:
    if size is None or (image.shape[1], image.shape[0]) == size:
        return image
    shrinks = size[0] < image.shape[1]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the full frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0..1."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def intersection(self, other: "Box") -> float:
        """The area that both have in common, in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def grown(self, share: float) -> "Box":
        """Larger on each side by `share` of the width or height; negative shrinks."""
        x, y = self.width * share, self.height * share
        return Box(self.left - x, self.top - y, self.right + x, self.bottom + y)

    def clipped(self, width: int, height: int) -> "Box":
        """The part inside a picture of this size."""
        return Box(
            min(max(self.left, 0.0), width),
            min(max(self.top, 0.0), height),
            min(max(self.right, 0.0), width),
            min(max(self.bottom, 0.0), height),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face found in a frame.

    `landmarks` is (5, 2) float32 in dlib's order: the outer and inner corner of the eye on the picture's right, the
    outer and inner corner of the eye on its left, the base of the nose. `score` is the detector's own: larger is surer.
    """

    box: Box
    landmarks: Floats
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The enrolled people that one camera may look for, right now.

    `entries` are ids, one per row; `vectors` (n, 128) float32 one template each; `offsets` (n,) float32 each entry's
    own closeness to strangers, subtracted from distances; a distance minus offset at or under `threshold` is a match.
    `marks` (n or none) name what each template was made of: counts of passers-by hold for that template alone, and
    without marks nothing is counted. `squares` (n,) are the templates' squared lengths, worked out once.
    """

    entries: tuple[int, ...]
    vectors: Floats
    offsets: Floats
    threshold: float
    version: str
    marks: tuple[str, ...] = ()
    squares: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        people = len(self.entries)
        if len(self.marks) not in {0, people}:
            raise ValueError(f"A gallery of {people} entries needs a mark for each or none, not {len(self.marks)}.")
        if self.vectors.shape != (people, DIMENSIONS) or self.offsets.shape != (people,):
            raise ValueError(
                f"A gallery of {people} entries needs vectors of shape ({people}, {DIMENSIONS}) and {people} offsets, "
                f"not {self.vectors.shape} and {self.offsets.shape}."
            )
        object.__setattr__(self, "squares", squares_of(self.vectors))

    @classmethod
    def empty(cls, version: str = "empty") -> Self:
        """A gallery with nobody in it: no face is embedded for it."""
        return cls((), np.zeros((0, DIMENSIONS), np.float32), np.zeros(0, np.float32), 0.0, version)

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A track that matched an entry: yielded once when it is decided, and again while the track lives and continues.

    `distance` is after the entry's offset, `raw_distance` before it; times are unix seconds; `crop` is the best shot
    with a margin, BGR, at most 320 pixels; `frame` is the full frame of the best shot, BGR, with the faces of all
    other tracks blurred. `cannot_separate` says that the runner-up matches too: the face may be either's.
    """

    entry: int
    distance: float
    raw_distance: float
    threshold: float
    runner_up: int | None
    runner_up_distance: float | None
    track: int
    first_seen: float
    seen_at: float
    frames_used: int
    quality: float
    crop: Image
    box: Box
    frame: Image
    gallery_version: str
    cannot_separate: bool = False
