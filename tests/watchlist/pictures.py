"""Picture files for the tests, good and bad, made on the fly."""

import io
import struct
import zlib

import matplotlib.cbook
import numpy as np
import skimage.data
from PIL import Image


def astronaut(scale: float = 1.0) -> Image.Image:
    """Eileen Collins (NASA, public domain), looking at the camera."""
    picture = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 360, 260))
    return picture.resize((round(260 * scale), round(260 * scale)), Image.Resampling.LANCZOS)


def hopper() -> Image.Image:
    """Grace Hopper (US Navy, public domain), looking at the camera."""
    return Image.open(matplotlib.cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)).convert("RGB")


def file_of(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def landscape() -> bytes:
    rows = np.linspace(60, 200, 480, dtype=np.uint8)[:, None, None]
    return file_of(Image.fromarray(np.broadcast_to(rows, (480, 640, 3)).copy()))


def two_people() -> bytes:
    both = Image.new("RGB", (1040, 520), (120, 120, 120))
    both.paste(astronaut(2), (0, 0))
    both.paste(astronaut(2).transpose(Image.Transpose.FLIP_LEFT_RIGHT), (520, 0))
    return file_of(both)


def pixel_flood(side: int = 30_000) -> bytes:
    """A PNG of side x side pixels in a few kilobytes: its rows are never allocated here, nor should they be there."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * side)
    body = b"".join(packer.compress(row) for _ in range(100)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
