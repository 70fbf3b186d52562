"""The converted network and the detector, made once for all tests of the pipeline."""

from pathlib import Path

import pytest

from cameras.vision.analyse import Models, load_models
from cameras.vision.convert import convert_models


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    convert_models(folder)
    return folder


@pytest.fixture(scope="session")
def models(model_folder: Path) -> Models:
    return load_models(model_folder)
