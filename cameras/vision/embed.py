"""Turn aligned pictures of faces into templates with dlib's network."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .graph import CHIP
from .runtime import load_network
from .types import DIMENSIONS, Floats, Image
from .weights import RECOGNITION, weight_file

_PADDING = 0.25  # around the face, as in dlib's training
CROPS = (_PADDING, 0.18, 0.33)  # of one picture, averaged: part of what differs between pictures cancels out
ONE_CROP = CROPS[:1]
_BATCH = 16  # chips at once: faster than one by one, and still small in memory


class Embedder:
    """dlib's recognition network, loaded on first use, shared by all threads of a process.

    `folder` is where `convert.convert_models` wrote the network. Without a converted network, or where its check
    against dlib failed, dlib itself does the work (some ten times slower); `runtime` says which it is.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._run: Any = None
        self.runtime = _chosen_runtime(folder)

    def embed(self, chips: Image) -> Floats:
        """Templates (n, 128) float32 of aligned faces (n, 150, 150, 3) uint8 RGB; compare by Euclidean distance.

        Raises ValueError for chips of another shape.
        """
        if chips.ndim != 4 or chips.shape[1:] != (CHIP, CHIP, 3) or chips.dtype != np.uint8:
            raise ValueError(f"Faces to embed must be (n, {CHIP}, {CHIP}, 3) uint8, not {chips.shape} {chips.dtype}.")
        if not len(chips):
            return np.zeros((0, DIMENSIONS), np.float32)
        run = self._loaded()
        parts = [run(np.ascontiguousarray(chips[start : start + _BATCH])) for start in range(0, len(chips), _BATCH)]
        return np.concatenate(parts).astype(np.float32, copy=False)

    def embed_with_mirror(self, chips: Image) -> Floats:
        """The mean of each face's template and that of its mirror image: (n, 128) float32.

        Averaging both removes part of what differs between two pictures of one person.
        """
        both = self.embed(np.concatenate([chips, chips[:, :, ::-1]]))
        return ((both[: len(chips)] + both[len(chips) :]) / 2).astype(np.float32)

    def embed_faces(self, faces: Sequence[Image]) -> Floats:
        """One template for each of n faces, (n, 128) float32: the mean over its crops (c, 150, 150, 3), as `face_crops`
        gives them, and their mirror images. The faces need not have equally many crops."""
        each = self.embed_with_mirror(np.concatenate(faces))
        ends = np.cumsum([len(crops) for crops in faces])[:-1]
        return np.stack([crops.mean(axis=0) for crops in np.split(each, ends)])

    def embed_photograph(self, image: Image, landmarks: Floats) -> tuple[Floats, float]:
        """The template (128,) of a face in a photograph (h, w, 3) uint8 BGR, and its unsteadiness.

        The template is the mean over three crops and their mirror images. Unsteadiness is how far the crops' templates
        lie from it (the root mean square): a bad photograph gives another face with every crop.
        """
        crops = self.embed_with_mirror(face_crops(image, landmarks))
        template = crops.mean(axis=0)
        return template, float(np.sqrt(((crops - template) ** 2).sum(axis=1).mean()))

    def _loaded(self) -> Any:
        with self._lock:
            if self._run is None:
                self._run = self._load()
        return self._run

    def _load(self) -> Any:
        if self.runtime == "dlib" or self._folder is None:
            return dlib_network(weight_file(RECOGNITION))
        network = load_network(self._folder / "embedder.onnx", self.runtime)
        return lambda chips: network(chips)[0]


def _chosen_runtime(folder: Path | None) -> str:
    try:
        record = json.loads((folder / "embedder.json").read_text()) if folder else {}
    except (OSError, ValueError):
        record = {}
    return str(record.get("runtime", "dlib"))


def dlib_network(path: Path) -> Any:
    """dlib's own recognition network as a function of chips (n, 150, 150, 3) uint8 RGB to (n, 128) float32."""
    import dlib

    network = dlib.face_recognition_model_v1(str(path))
    alone = threading.Lock()  # dlib's network keeps its activations: one caller at a time

    def run(chips: Image) -> Floats:
        with alone:
            vectors = [np.asarray(network.compute_face_descriptor(chip), np.float32) for chip in chips]
        return np.stack(vectors)

    return run


def face_crops(image: Image, landmarks: Floats, paddings: Sequence[float] = CROPS) -> Image:
    """One face with each of c paddings: (c, 150, 150, 3) uint8 RGB; otherwise as `face_chip`."""
    return np.stack([face_chip(image, landmarks, padding=padding) for padding in paddings])


def face_chip(image: Image, landmarks: Floats, *, size: int = CHIP, padding: float = _PADDING) -> Image:
    """The face turned upright and scaled by dlib's `get_face_chip`: (size, size, 3) uint8 RGB.

    `image` is (h, w, 3) uint8 BGR, `landmarks` (5, 2) in its pixels.
    """
    import dlib

    # Only the face is handed over: dlib would copy the whole picture.
    margin = 2.5 * float(np.linalg.norm(landmarks[0] - landmarks[2]))
    left, top = np.clip(np.floor(landmarks.min(axis=0) - margin), 0, None).astype(int)
    right, bottom = np.clip(np.ceil(landmarks.max(axis=0) + margin), 1, [image.shape[1], image.shape[0]]).astype(int)
    part = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2RGB)
    points = [dlib.point(round(float(x)), round(float(y))) for x, y in landmarks - np.array([left, top])]
    shape = dlib.full_object_detection(dlib.rectangle(0, 0, part.shape[1] - 1, part.shape[0] - 1), points)
    return dlib.get_face_chip(part, shape, size, padding)
