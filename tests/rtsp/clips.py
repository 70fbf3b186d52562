"""Small synthetic clips, made when they are needed, with no people in them."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType

STILL_RATE = 10  # pictures a second


def make_clip(path: Path, *, size: tuple[int, int] = (320, 180), seconds: float = 2.0, rate: int = 25) -> Path:
    """An H.264 clip (the container follows the file's suffix) of a bright bar that moves over a grey field; `size` is
    (width, height) in pixels."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "g": str(rate)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(round(seconds * rate)):
            picture = np.full((height, width, 3), 90, np.uint8)
            left = number * 4 % width
            picture[:, left : left + 8] = 240
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    return path


def make_still(
    path: Path,
    seconds: int,
    *,
    moving: Callable[[int], bool] = lambda number: False,
    keyframe: Callable[[int], bool] = lambda number: number % STILL_RATE == 0,
) -> Path:
    """An H.264 clip, ten pictures a second, of nothing but a camera's noise; a block stirs in the pictures for whose
    number `moving` is true, and those for which `keyframe` is, by default one a second, are keyframes."""
    random = np.random.default_rng(3)
    options = {"preset": "veryfast", "crf": "26", "g": "1000", "bf": "0", "sc_threshold": "0", "forced-idr": "1"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=STILL_RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(seconds * STILL_RATE):
            picture = np.full((180, 320, 3), 110, np.uint8)
            picture += random.integers(0, 7, picture.shape, np.uint8)
            if moving(number):
                picture[40:140, 60:160] = random.integers(0, 255, (100, 100, 1), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pict_type = PictureType.I if keyframe(number) else PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def make_sound(path: Path, *, seconds: float = 1.0) -> Path:
    """A file of a container for video that has silence in it and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        silence = np.zeros((1, round(seconds * 8000)), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def encoded_pictures(path: Path) -> list[bytes]:
    """The packets of a clip's video, as they lie in the file."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]
