"""What an uploaded file must be before anybody looks for a face in it, and the one form in which pictures are kept."""

import io
import warnings

import cv2
import numpy as np
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps

from audit.stored import Sentence
from cameras.vision.types import Image

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_PIXELS = 50_000_000  # more than any telephone's camera makes
LARGEST_SIDE = 1600  # of what is kept, in pixels
SMALLEST_SIDE = 60
QUALITY = 92
NEUTRAL_GREY = (128, 128, 128)


class PictureProblem(Sentence, ValueError):
    """The file cannot be used; the message says what is wrong with it and what to do better."""


def read_picture(content: bytes) -> Image:
    """The picture in an uploaded JPEG, PNG or WebP file: (h, w, 3) uint8 BGR, upright, at most 1600 pixels a side.

    Its size is read from the header first, so that a file which claims a gigantic picture is never decoded. What else
    the file holds (place, time, camera, comments) is not in the result. Raises PictureProblem.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # the limit below is the stricter one
        picture = _opened(content)
        try:
            return _decoded(picture)
        except Exception as error:  # a damaged file makes decoders fail in every way there is
            raise PictureProblem(
                _("The file is damaged: it begins as a picture but cannot be read to its end. Export or scan it again.")
            ) from error


def as_jpeg(picture: Image) -> bytes:
    """The picture (h, w, 3) uint8 BGR as a JPEG file that holds nothing but the picture."""
    stream = io.BytesIO()
    Pillow.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)).save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


def _opened(content: bytes) -> Pillow.Image:
    try:
        picture = Pillow.open(io.BytesIO(content), formats=FORMATS)
        width, height = picture.size
    except Pillow.DecompressionBombError:
        width, height = 0, LARGEST_PIXELS
        picture = None
    except Exception:
        raise PictureProblem(
            _(
                "This is not a JPEG, PNG or WebP picture, whatever its name says. Open it in a picture "
                "viewer and save it as JPEG."
            )
        ) from None
    if picture is None or width * height > LARGEST_PIXELS:
        raise PictureProblem(
            _(
                "The picture is too large: more than %(millions)s million pixels. Save it smaller, "
                "about %(width)s pixels wide."
            ),
            millions=LARGEST_PIXELS // 1_000_000,
            width=LARGEST_SIDE,
        )
    if min(width, height) < SMALLEST_SIDE:
        raise PictureProblem(
            _(
                "The picture is too small: %(width)s x %(height)s pixels. Use one in which the face alone "
                "is at least 100 pixels wide."
            ),
            width=width,
            height=height,
        )
    return picture


def _decoded(picture: Pillow.Image) -> Image:
    picture.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        behind = Pillow.new("RGBA", upright.size, (*NEUTRAL_GREY, 255))
        upright = Pillow.alpha_composite(behind, upright.convert("RGBA"))
    upright = upright.convert("RGB")
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Pillow.Resampling.LANCZOS)
    return cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2BGR)
