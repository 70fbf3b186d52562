"""What becomes of one photograph of an evaluation."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from cameras.vision.analyse import load_models
from cameras.vision.embed import face_crops
from tests.watchlist.pictures import astronaut, file_of
from watchlist.enrolment import examine
from watchlist.evaluating.pictures import see
from watchlist.pictures import read_picture

pytestmark = pytest.mark.usefixtures("models")


@pytest.mark.parametrize(("scale", "refused"), [(1.5, False), (0.35, True)])
def test_a_photograph_gives_the_template_that_a_camera_would_make_of_it(tmp_path: Path, scale: float, refused: bool):
    file = tmp_path / "collins.jpg"
    file.write_bytes(file_of(astronaut(scale)))
    picture = read_picture(file.read_bytes())
    models = load_models(Path(settings.LOCKPORT_MODELS))
    aligned = models.detector.find_in_photograph(picture)[0]
    wanted = models.embedder.embed_faces([face_crops(picture, aligned.landmarks)])[0]
    seen = see(file)
    assert bool(seen.refusal) == refused
    assert seen.template is not None
    assert np.allclose(seen.template, wanted, atol=0.001)
    if not refused:
        assert np.allclose(examine(file.read_bytes()).template, wanted, atol=0.001)
