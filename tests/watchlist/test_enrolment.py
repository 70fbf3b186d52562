from pathlib import Path

import cv2
import numpy as np
import pytest

from cameras.vision.types import Box, Face
from tests.watchlist.pictures import astronaut, file_of
from watchlist.enrolment import EnrolmentProblem, examine, the_one_face

pytestmark = pytest.mark.usefixtures("models")


def face(width: float, score: float = 0.9) -> Face:
    return Face(Box(0, 0, width, width), np.zeros((5, 2), np.float32), score)


def jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture)[1].tobytes()


def collins() -> np.ndarray:
    return np.asarray(astronaut(2))[:, :, ::-1].astype(np.float32)


def test_a_good_photograph_gives_a_template_a_face_and_its_quality():
    found = examine(file_of(astronaut(2)))
    assert found.template.shape == (128,)
    assert found.template.dtype == np.float32
    assert 150 < found.face.width < 300
    assert found.quality > 0.5
    assert found.jpeg.startswith(b"\xff\xd8")


def test_a_photograph_and_its_mirror_image_have_one_template():
    mirrored = astronaut(2).transpose(0)
    assert np.linalg.norm(examine(file_of(astronaut(2))).template - examine(file_of(mirrored)).template) < 0.1


def test_another_file_of_the_same_photograph_has_nearly_the_same_template():
    difference = examine(file_of(astronaut(2))).template - examine(file_of(astronaut(1.4), "PNG")).template
    assert np.linalg.norm(difference) < 0.2


def test_a_blurred_face_is_refused_with_advice():
    with pytest.raises(EnrolmentProblem, match="blurred"):
        examine(jpeg(cv2.GaussianBlur(collins(), (0, 0), 9)))


def test_a_dark_face_is_refused_with_advice():
    with pytest.raises(EnrolmentProblem, match="dark"):
        examine(jpeg(collins() * 0.12))


def tiny_crops(content: bytes) -> list[bytes]:
    """The face cut out and reduced to 22 x 28 pixels, as it is and enlarged again in the ways people do it."""
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    box = examine(content).face
    x, y = box.centre
    half = box.width * 0.6
    top, left = max(int(y - half * 28 / 22), 0), max(int(x - half), 0)
    crop = cv2.resize(
        picture[top : int(y + half * 28 / 22), left : int(x + half)], (22, 28), interpolation=cv2.INTER_AREA
    )
    ways = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
    enlarged = [cv2.resize(crop, None, fx=scale, fy=scale, interpolation=way) for scale in (4, 10, 20) for way in ways]
    return [cv2.imencode(".png", one)[1].tobytes() for one in (crop, *enlarged)]


def test_a_crop_of_22_by_28_pixels_is_refused_however_it_is_enlarged():
    for crop in tiny_crops(file_of(astronaut(2))):
        with pytest.raises(EnrolmentProblem):
            examine(crop)


@pytest.mark.shared
def test_so_is_everybody_elses(shared: Path):
    portraits = sorted((shared / "data" / "london" / "neutral").glob("*.jpg"))[::12]
    portraits.append(shared / "data" / "london" / "neutral" / "105.jpg")  # whose beard passed for sharpness
    assert len(portraits) >= 8
    accepted = [path.name for path in portraits for crop in tiny_crops(path.read_bytes()) if not _is_refused(crop)]
    assert not accepted


def _is_refused(content: bytes) -> bool:
    try:
        examine(content)
    except EnrolmentProblem:
        return True
    return False


@pytest.mark.parametrize(("other", "refused"), [(100, True), (34, True), (33, False), (10, False)])
def test_another_face_a_third_as_large_makes_it_unclear_who_is_meant(other, refused):
    if refused:
        with pytest.raises(EnrolmentProblem, match="2 faces"):
            the_one_face([face(100), face(other)])
    else:
        assert the_one_face([face(100), face(other)]).box.width == 100


def test_a_badge_that_looks_a_little_like_a_face_does_not_stand_in_the_way():
    assert the_one_face([face(100, 0.65), face(90)]).box.width == 90
    assert the_one_face([face(100, 0.65)]).box.width == 100
    examine(file_of(astronaut(1.5)))  # NASA's round badge is in this one


@pytest.mark.shared
def test_the_neutral_london_portraits_can_be_enrolled(shared: Path):
    portraits = sorted((shared / "data" / "london" / "neutral").glob("*.jpg"))[:20]
    assert len(portraits) == 20
    problems = []
    for path in portraits:
        try:
            examine(path.read_bytes())
        except EnrolmentProblem as problem:
            problems.append(f"{path.name}: {problem}")
    assert problems == []
