"""The demonstration's faces: public-domain pictures inside packages from the registry, or a folder that the user names.

- Eileen Collins, astronaut. NASA, public domain; ships in scikit-image as `skimage.data.astronaut`. Enrolled.
- Grace Hopper, computer scientist and rear admiral. US Navy, public domain; ships in matplotlib's sample data. Not
  enrolled: she walks past the camera, and nothing about her is kept.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib.cbook
import skimage.data

from cameras.vision.types import Image

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


class FacesProblem(Exception):
    """The folder of faces cannot be used; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One person of the demonstration; `picture` is (h, w, 3) uint8 BGR."""

    name: str
    picture: Image
    enrolled: bool


def packaged_faces() -> list[Face]:
    """The two public-domain pictures that come with the packages."""
    hopper = cv2.imread(str(matplotlib.cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
    if hopper is None:
        raise FacesProblem("matplotlib's sample pictures are missing: install it anew, or say make run FACES=folder")
    collins = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    return [Face("Grace Hopper", hopper, enrolled=False), Face("Eileen Collins", collins, enrolled=True)]


def faces_of(folder: Path) -> list[Face]:
    """One person per picture in `folder`, named by the file. All are enrolled but the last of three or more.

    Raises FacesProblem when the folder is missing or holds no picture.
    """
    if not folder.is_dir():
        raise FacesProblem(f"There is no folder {folder}. Name one that holds photographs: make run FACES=folder")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    read = [(path, cv2.imread(str(path))) for path in files]
    pictures = [(path, picture) for path, picture in read if picture is not None]
    if not pictures:
        raise FacesProblem(f"The folder {folder} holds no photograph that can be read. Put .jpg or .png files there.")
    passer_by = pictures[-1][0] if len(pictures) >= 3 else None
    return [Face(path.stem.replace("-", " "), picture, path != passer_by) for path, picture in pictures]
