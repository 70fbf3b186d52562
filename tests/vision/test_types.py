import io

import av
import cv2
import numpy as np
import pytest

from cameras.vision.types import Box, Frame
from tests.vision.pictures import face_picture


def decoded(pixel_format: str) -> Frame:
    """A frame as a decoder gives it, with the astronaut in it."""
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(face_picture(360)[:, :352]), format="bgr24")
    return Frame.from_av(picture.reformat(format=pixel_format), number=7, captured_at=12.5)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv444p", "nv12", "rgb24"])
def test_frames_of_every_format_look_the_same(pixel_format: str):
    frame, clear = decoded(pixel_format), face_picture(360)[:, :352].astype(int)
    assert frame.size == (352, 360)
    assert np.abs(frame.bgr().astype(int) - clear).mean() < 4
    grey = cv2.cvtColor(clear.astype(np.uint8), cv2.COLOR_BGR2GRAY).astype(float)
    assert np.corrcoef(frame.luma().ravel(), grey.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv444p"])
@pytest.mark.parametrize("area", [(40, 60, 240, 260), (41, 61, 240, 258), (0, 0, 352, 360)])
def test_a_part_is_what_cutting_the_whole_gives(pixel_format: str, area: tuple[int, int, int, int]):
    part = decoded(pixel_format).part(area, (128, 128))
    whole = decoded(pixel_format).bgr()[area[1] : area[3], area[0] : area[2]]
    wanted = cv2.resize(whole, (128, 128), interpolation=cv2.INTER_AREA)
    assert part.shape == (128, 128, 3)
    assert np.abs(part.astype(int) - wanted.astype(int)).mean() < 5


def test_the_luma_of_a_decoded_frame_is_not_copied():
    frame = decoded("yuv420p")
    assert not frame.luma().flags.owndata
    assert frame.luma() is frame.luma()


def test_a_frame_kept_without_colour_can_be_converted_again():
    frame = decoded("yuv420p")
    assert np.array_equal(frame.without_colour().bgr(), frame.bgr())


def test_a_frame_does_not_print_its_pixels():
    assert repr(decoded("yuv420p")) == "Frame(number=7, captured_at=12.500, size=352x360)"


def test_frames_of_a_real_stream_have_padded_rows_and_are_cut():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 350, 202, "yuv420p"
        picture = np.full((202, 350, 3), 200, np.uint8)
        for packet in [*stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")), *stream.encode()]:
            container.mux(packet)
    file.seek(0)
    with av.open(file) as container:
        frame = Frame.from_av(next(container.decode(video=0)), number=0, captured_at=0.0)
    assert frame.luma().shape == (202, 350)
    assert abs(int(frame.luma().min()) - int(frame.luma().max())) < 6
    assert frame.part((0, 0, 350, 202)).shape == (202, 350, 3)


def test_boxes_overlap_as_areas_do():
    box = Box(0, 0, 10, 10)
    assert box.overlap(box) == 1.0
    assert box.overlap(Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert box.overlap(Box(10, 0, 20, 10)) == 0.0
    assert box.grown(0.5) == Box(-5, -5, 15, 15)
    assert box.grown(0.5).clipped(12, 12) == Box(0, 0, 12, 12)
