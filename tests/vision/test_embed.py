from concurrent.futures import ThreadPoolExecutor

import cv2
import dlib
import numpy as np
import pytest

from cameras.vision.analyse import Models
from cameras.vision.convert import example_faces
from cameras.vision.embed import ONE_CROP, Embedder, face_chip, face_crops
from tests.vision.pictures import face_picture


def test_without_a_converted_network_dlib_does_the_work(models: Models):
    faces = example_faces()[:2]
    embedder = Embedder(None)
    assert embedder.runtime == "dlib"
    assert np.allclose(embedder.embed(faces), models.embedder.embed(faces), atol=1e-4)


def test_no_faces_give_no_templates(models: Models):
    assert models.embedder.embed(np.zeros((0, 150, 150, 3), np.uint8)).shape == (0, 128)


@pytest.mark.parametrize("shape", [(150, 150, 3), (1, 112, 112, 3), (1, 150, 150, 1)])
def test_chips_of_another_shape_are_refused(models: Models, shape: tuple[int, ...]):
    with pytest.raises(ValueError, match="150"):
        models.embedder.embed(np.zeros(shape, np.uint8))


def test_a_face_and_its_mirror_image_have_the_same_averaged_template(models: Models):
    faces = example_faces()
    there, back = models.embedder.embed_with_mirror(faces), models.embedder.embed_with_mirror(faces[:, :, ::-1])
    assert np.allclose(there, back, atol=1e-5)
    assert not np.allclose(there, models.embedder.embed(faces), atol=1e-3)


def test_a_face_is_the_mean_of_its_crops_however_many_the_others_have(models: Models):
    picture = face_picture(400)
    landmarks = models.detector.find_in_photograph(picture)[0].landmarks
    three, one = face_crops(picture, landmarks), face_crops(picture, landmarks, ONE_CROP)
    assert (len(three), len(one)) == (3, 1)
    found = models.embedder.embed_faces([three, one])
    assert np.allclose(found[0], models.embedder.embed_photograph(picture, landmarks)[0], atol=1e-4)
    assert np.allclose(found[1], models.embedder.embed_with_mirror(one)[0], atol=1e-4)


def test_many_faces_at_once_are_the_same_as_one_by_one(models: Models):
    faces = np.tile(example_faces(), (6, 1, 1, 1))
    singly = np.concatenate([models.embedder.embed(faces[index : index + 1]) for index in range(len(faces))])
    assert np.allclose(models.embedder.embed(faces), singly, atol=1e-4)


def test_threads_share_one_network_and_do_not_mix_up_faces(models: Models):
    faces = example_faces()
    wanted = models.embedder.embed(faces)
    with ThreadPoolExecutor(4) as pool:
        for index, found in enumerate(
            pool.map(lambda i: models.embedder.embed(faces[i : i + 1])[0], range(len(faces)))
        ):
            assert np.allclose(found, wanted[index], atol=1e-4)


def test_the_aligned_chip_is_the_one_dlib_makes(models: Models):
    picture = face_picture(400)
    landmarks = models.detector.find_in_photograph(picture)[0].landmarks.round()
    points = [dlib.point(int(x), int(y)) for x, y in landmarks]
    whole = dlib.full_object_detection(dlib.rectangle(0, 0, 399, 399), points)
    wanted = dlib.get_face_chip(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), whole, 150, 0.25)
    assert np.array_equal(face_chip(picture, landmarks), wanted)
