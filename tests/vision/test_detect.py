import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.vision.analyse import Models
from cameras.vision.detect import tiles
from cameras.vision.hog import HogDetector
from cameras.vision.landmarks import box_of, eye_centres, landmarks_from
from cameras.vision.types import Box
from tests.vision.pictures import SIZE, corridor, face_picture, frame_of, made_up_face, noisy, with_faces

WHOLE = [Box(0, 0, *SIZE)]


def test_two_faces_in_a_frame_are_found_once_each(models: Models):
    frame = frame_of(with_faces((80, 200), (600, 220)), 0.0)
    faces = sorted(models.detector.find(frame, WHOLE), key=lambda face: face.box.left)
    assert len(faces) == 2
    assert faces[1].box.centre[0] - faces[0].box.centre[0] == pytest.approx(520, abs=8)


def test_nobody_is_found_in_an_empty_corridor(models: Models):
    for seed in range(5):
        frame = frame_of(noisy(corridor(), seed, strength=6), 0.0)
        assert models.detector.find(frame, WHOLE) == []


def test_only_the_given_parts_of_the_frame_are_searched(models: Models):
    frame = frame_of(with_faces((80, 200), (600, 220)), 0.0)
    faces = models.detector.find(frame, [Box(560, 180, 900, 520)])
    assert [face.box.left > 500 for face in faces] == [True]


def test_a_known_face_is_found_without_searching(models: Models):
    frame = frame_of(with_faces((80, 200)), 0.0)
    known = models.detector.find(frame, WHOLE)[0].box
    found = models.detector.find(frame, [], known=[known.moved(0.3 * known.width, 0)])
    assert len(found) == 1
    assert found[0].box.overlap(known) > 0.8


def test_over_two_turns_a_busy_picture_is_searched_in_full(models: Models):
    picture = with_faces((20, 60), (1600, 60), (20, 800), (1600, 800), size=(1920, 1080))
    frame = frame_of(picture, 0.0)
    found = [face for turn in (0, 1) for face in models.detector.find(frame, [Box(0, 0, 1920, 1080)], turn=turn)]
    corners = {(face.box.centre[0] > 960, face.box.centre[1] > 540) for face in found}
    assert len(corners) == 4


def test_aligned_landmarks_lie_on_the_eyes(models: Models):
    frame = frame_of(with_faces((80, 200)), 0.0)
    rough = models.detector.find(frame, WHOLE)[0]
    exact = models.detector.align(frame, rough)
    distance = np.linalg.norm(eye_centres(exact.landmarks)[1] - eye_centres(exact.landmarks)[0])
    assert np.linalg.norm(eye_centres(exact.landmarks) - eye_centres(rough.landmarks), axis=1).max() < 0.2 * distance
    assert exact.box.overlap(rough.box) > 0.6


@pytest.mark.parametrize("height", [90, 300, 2400])
def test_a_face_that_fills_a_photograph_is_found_at_any_size(models: Models, height: int):
    tight = cv2.resize(face_picture(500)[40:340, 90:390], (height, height), interpolation=cv2.INTER_AREA)
    faces = models.detector.find_in_photograph(tight)
    assert len(faces) == 1
    assert 0.35 * height < faces[0].box.width < 1.1 * height


def test_the_faces_of_a_photograph_come_largest_first(models: Models):
    picture = with_faces((80, 100), height=400)
    picture[300:480, 640:820] = face_picture(180)
    faces = models.detector.find_in_photograph(picture)
    assert [face.box.centre[0] < 480 for face in faces] == [True, False]


def test_dlibs_older_detector_can_stand_in(models: Models):
    faces = HogDetector().find(frame_of(with_faces((80, 200)), 0.0), WHOLE)
    ours = models.detector.find(frame_of(with_faces((80, 200)), 0.0), WHOLE)
    assert len(faces) == 1
    assert faces[0].box.overlap(ours[0].box) > 0.5


def test_landmarks_put_together_from_three_points_look_like_dlibs():
    face = made_up_face(300, 200, width=120)
    points = np.vstack([eye_centres(face.landmarks), [300.0, 210.0]])
    assert np.allclose(eye_centres(landmarks_from(points)), points[:2], atol=0.01)
    assert box_of(landmarks_from(points)).centre[0] == pytest.approx(300, abs=3)


@given(
    left=st.floats(0, 1500),
    top=st.floats(0, 800),
    width=st.floats(4, 1900),
    height=st.floats(4, 1000),
    side=st.floats(100, 700),
)
def test_tiles_cover_a_region_and_stay_inside_the_picture(
    left: float, top: float, width: float, height: float, side: float
):
    region = Box(left, top, left + width, top + height).clipped(1920, 1080)
    covered = np.zeros((1080, 1920), bool)
    for x, y, right, bottom in tiles(region, side, (1920, 1080)):
        assert 0 <= x < right <= 1920
        assert 0 <= y < bottom <= 1080
        assert max(right - x, bottom - y) <= side + 2
        covered[y:bottom, x:right] = True
    inner = region.grown(-0.02)
    assert covered[int(inner.top) + 1 : int(inner.bottom), int(inner.left) + 1 : int(inner.right)].all()
