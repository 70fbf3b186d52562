"""Where landmarks lie must depend on the face, and not on the box that a detector drew around it."""

import cv2
import numpy as np

from cameras.vision.analyse import Models
from cameras.vision.landmarks import box_of, predict_landmarks
from tests.vision.pictures import face_picture


def test_another_box_around_the_same_face_moves_no_landmark_by_more_than_a_hundredth_of_the_eyes_distance(
    models: Models,
):
    picture = face_picture(120)
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    landmarks = models.detector.find_in_photograph(picture)[0].landmarks
    box = box_of(landmarks)
    eyes = float(np.linalg.norm(landmarks[0] - landmarks[2]))
    for x, y, size in [
        (0, 0, 0),
        (0.1, 0, 0),
        (-0.1, 0, 0),
        (0, 0.1, 0),
        (0, -0.1, 0),
        (0, 0, 0.1),
        (0.05, 0.05, -0.08),
    ]:
        beside = box.moved(x * box.width, y * box.height).grown(size)
        assert np.abs(predict_landmarks(luma, beside) - landmarks).max() < 0.01 * eyes
