"""What becomes of one photograph of an evaluation."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from cameras.vision.analyse import load_models
from cameras.vision.embed import face_chip
from tests.watchlist.pictures import astronaut, file_of
from watchlist.evaluating.pictures import see
from watchlist.pictures import read_picture

pytestmark = pytest.mark.usefixtures("models")


def test_a_photograph_is_searched_with_the_landmarks_that_a_camera_would_have(tmp_path: Path):
    """Predicted once more, from a box of their own, landmarks went astray in one photograph of a hundred."""
    file = tmp_path / "collins.jpg"
    file.write_bytes(file_of(astronaut(1.5)))
    picture = read_picture(file.read_bytes())
    models = load_models(Path(settings.LOCKPORT_MODELS))
    aligned = models.detector.find_in_photograph(picture)[0]
    chip = face_chip(picture, aligned.landmarks)
    seen = see(file)
    assert seen.template is not None
    assert seen.enrolled is not None
    assert np.linalg.norm(seen.template - models.embedder.embed_with_mirror(chip[None])[0]) < 0.001
