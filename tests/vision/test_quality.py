import cv2
import numpy as np
import pytest

from cameras.vision.analyse import Models
from cameras.vision.quality import Reason, assess
from tests.vision.pictures import face_picture, made_up_face


@pytest.fixture(scope="module")
def landmarks(models: Models) -> np.ndarray:
    return models.detector.find_in_photograph(face_picture(500))[0].landmarks


@pytest.fixture(scope="module")
def luma() -> np.ndarray:
    return cv2.cvtColor(face_picture(500), cv2.COLOR_BGR2GRAY)


def test_a_clear_photograph_is_good(luma: np.ndarray, landmarks: np.ndarray):
    quality = assess(luma, landmarks)
    assert quality.score > 0.5
    assert quality.reasons == ()


def test_a_blurred_face_is_called_blurred(luma: np.ndarray, landmarks: np.ndarray):
    quality = assess(cv2.GaussianBlur(luma, (0, 0), 6), landmarks)
    assert quality.reasons[0] is Reason.BLURRED
    assert quality.score < 0.2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda luma: luma * 0.1, Reason.DARK),
        (lambda luma: 245 + luma * 0.03, Reason.BRIGHT),
        (lambda luma: 120 + luma * 0.08, Reason.FLAT),
    ],
)
def test_bad_light_is_named(luma: np.ndarray, landmarks: np.ndarray, change, reason: Reason):
    assert reason in assess(change(luma.astype(np.float32)).astype(np.uint8), landmarks).reasons


def test_a_face_of_22_by_28_pixels_is_too_small(luma: np.ndarray, landmarks: np.ndarray):
    width = float(np.ptp(landmarks[:, 0])) / 0.6
    scale = 22 / width
    small = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    quality = assess(small, landmarks * scale)
    assert Reason.SMALL in quality.reasons
    assert quality.score < 0.12


def test_a_face_turned_aside_is_worse_than_one_that_looks_here(luma: np.ndarray):
    straight = made_up_face(250, 250, width=240).landmarks
    turned = straight.copy()
    turned[4, 0] += 50
    assert Reason.TURNED in assess(luma, turned).reasons
    assert Reason.TURNED not in assess(luma, straight).reasons
    assert assess(luma, turned).score < assess(luma, straight).score


def test_a_tilted_head_is_named_and_its_angle_measured(luma: np.ndarray):
    straight = made_up_face(250, 250, width=240).landmarks
    turn = cv2.getRotationMatrix2D((250.0, 250.0), 32, 1.0)
    tilted = (straight @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    quality = assess(luma, tilted)
    assert quality.tilted == pytest.approx(32, abs=0.5)
    assert Reason.TILTED in quality.reasons
    assert quality.turned == pytest.approx(assess(luma, straight).turned, abs=0.01)


def test_reasons_come_worst_first(luma: np.ndarray, landmarks: np.ndarray):
    dim = assess((luma * 0.2).astype(np.uint8), landmarks)
    assert dim.reasons == (Reason.FLAT, Reason.DARK)
    blurred = assess((cv2.GaussianBlur(luma, (0, 0), 8) * 0.25).astype(np.uint8), landmarks)
    assert blurred.reasons[0] is Reason.BLURRED
