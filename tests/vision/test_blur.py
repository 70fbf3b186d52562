"""The picture for aiming a camera: nobody in it can be recognised, even by whoever knows where the faces were."""

import cv2
import numpy as np

from cameras.vision.analyse import Models
from cameras.vision.blur import blurred
from cameras.vision.embed import face_chip
from cameras.vision.types import Box, Face, Image
from tests.vision.pictures import SIZE, frame_of, with_faces

SAME_PERSON = 0.6  # dlib's own limit of a distance


def faces_in(picture: Image, models: Models) -> list[Face]:
    return models.detector.find(frame_of(picture, 0.0), [Box(0, 0, *SIZE)], turn=0)


def distance(models: Models, face: Face, one: Image, other: Image) -> float:
    """Between the templates of what two pictures of one size have where the face is, or was."""
    chips = np.stack([face_chip(picture, face.landmarks) for picture in (one, other)])
    templates = models.embedder.embed_with_mirror(chips)
    return float(np.linalg.norm(templates[0] - templates[1]))


def test_every_face_is_made_unrecognisable_and_the_rest_is_only_made_smaller(models: Models):
    picture = with_faces((60, 120), (560, 200))
    small = blurred(frame_of(picture, 0.0), models.detector)
    assert small.shape == (270, 480, 3)
    shown, plain = (cv2.resize(one, SIZE) for one in (small, cv2.resize(picture, (480, 270))))
    faces = faces_in(picture, models)
    assert len(faces) == 2
    for face in faces:
        assert distance(models, face, picture, plain) < SAME_PERSON / 2, "size alone would not hide anybody"
        assert distance(models, face, picture, shown) > SAME_PERSON
    assert np.abs(shown[:100].astype(int) - plain[:100]).mean() < 3, "the place itself can still be seen"


def test_the_frame_itself_is_left_as_it_is_for_those_who_look_at_it_next(models: Models):
    picture = with_faces((60, 120))
    before = picture.copy()
    blurred(frame_of(picture, 0.0), models.detector)
    assert np.array_equal(picture, before)
