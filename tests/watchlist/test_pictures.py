import tracemalloc

import numpy as np
import pytest
from PIL import Image

from tests.watchlist.pictures import astronaut, file_of, pixel_flood
from watchlist.pictures import PictureProblem, as_jpeg, read_picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_read_in_the_usual_formats(kind):
    read = read_picture(file_of(astronaut(), kind))
    assert read.shape == (260, 260, 3)
    difference = np.abs(read[:, :, ::-1].astype(int) - np.asarray(astronaut()).astype(int)).mean()
    assert difference < 6


@pytest.mark.parametrize(
    "content", [b"", b"This is a letter, saved as portrait.jpg.", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_a_file_that_is_no_picture_is_refused_whatever_its_name(content):
    with pytest.raises(PictureProblem, match="not a JPEG, PNG or WebP picture"):
        read_picture(content)


def test_a_format_that_is_not_named_is_refused_even_where_pillow_could_read_it():
    with pytest.raises(PictureProblem, match="not a JPEG, PNG or WebP picture"):
        read_picture(file_of(astronaut(), "BMP"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_short_is_refused_as_damaged(kind):
    content = file_of(astronaut(), kind)
    with pytest.raises(PictureProblem, match=r"damaged|not a JPEG"):
        read_picture(content[: len(content) // 2])


def test_a_picture_of_30000_by_30000_pixels_is_refused_from_its_header_without_being_decoded():
    content = pixel_flood()
    tracemalloc.start()
    with pytest.raises(PictureProblem, match="too large: more than 50 million pixels"):
        read_picture(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_picture_just_over_the_limit_is_refused_too():
    with pytest.raises(PictureProblem, match="too large"):
        read_picture(pixel_flood(7_100))


def test_a_tiny_crop_is_refused():
    with pytest.raises(PictureProblem, match="too small: 22 x 28 pixels"):
        read_picture(file_of(astronaut().resize((22, 28))))


def test_a_telephone_held_sideways_gives_an_upright_picture():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    lying = astronaut().resize((260, 200)).transpose(Image.Transpose.ROTATE_90)
    read = read_picture(file_of(lying, exif=exif))
    assert read.shape == (200, 260, 3)
    upright = np.asarray(astronaut().resize((260, 200))).astype(int)
    assert np.abs(read[:, :, ::-1].astype(int) - upright).mean() < 8


def test_what_is_kept_holds_no_place_no_camera_and_no_comment():
    exif = Image.Exif()
    exif[0x010F] = "A telephone of Robin's"
    exif.get_ifd(0x8825)[1] = "N"
    kept = as_jpeg(read_picture(file_of(astronaut(), exif=exif, comment=b"taken at home, 5 Elm Street")))
    assert b"Robin" not in kept
    assert b"Elm Street" not in kept
    assert b"Exif" not in kept


def test_a_large_picture_is_kept_at_1600_pixels():
    assert max(read_picture(file_of(astronaut(8))).shape) == 1600


def test_what_is_transparent_becomes_grey():
    picture = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    assert read_picture(file_of(picture, "PNG")).mean() == 128
