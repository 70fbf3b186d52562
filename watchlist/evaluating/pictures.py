"""From photographs to templates, twice: as the product makes them, and in the usual way. All of it stays in memory."""

import multiprocessing
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import django
import numpy as np
from django.conf import settings

from cameras.vision.analyse import Models, Options, load_models
from cameras.vision.embed import face_chip
from cameras.vision.landmarks import box_of
from cameras.vision.quality import assess
from cameras.vision.types import Box, Face, Floats, Image
from cameras.vision.weights import LANDMARKS, weight_file
from lockport.saying import in_storage_language
from watchlist.enrolment import EnrolmentProblem, examine
from watchlist.pictures import PictureProblem, read_picture

_BATCH = 8  # photographs that a worker process takes at once
_SMALL = 400  # pixels
_CLOSE = 0.2  # overlap from which two detectors mean the same face


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What became of one photograph.

    `template` (128,) is made of it as enrolling does, and as a camera does of the first shots of a track; None where no
    face was found. `refusal` says why it could not be enrolled, and is empty where it could; `too_poor` says that a
    camera would wait for a better one. `usual` (128,) is what the usual way makes of the same face; where its own
    detector finds none (`usual_found` is false) it is shown the place, which flatters it.
    """

    refusal: str
    template: Floats | None
    usual: Floats | None
    usual_found: bool
    too_poor: bool = False


def see_all(paths: Sequence[Path], *, processes: int) -> Iterator[Seen]:
    """Each photograph in turn. With more than one process the work is shared; nothing is ever written."""
    if processes <= 1:
        yield from map(see, paths)
        return
    # Started anew rather than forked: the runtimes' threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=django.setup) as pool:
        yield from pool.map(see, paths, chunksize=_BATCH)


def see(path: Path) -> Seen:
    """One photograph, examined for enrolling and looked at as a camera's picture."""
    try:
        content = path.read_bytes()
        picture = read_picture(content)
    except (OSError, PictureProblem) as problem:
        return Seen(_kind_of(problem), None, None, usual_found=False)
    models = load_models(Path(settings.LOCKPORT_MODELS))
    try:
        enrolment = examine(content)
    except EnrolmentProblem as problem:
        return _as_probe(picture, models, _kind_of(problem))
    usual, found = _usual(picture, models, enrolment.face, None)
    too_poor = enrolment.quality < Options().least_quality
    return Seen("", enrolment.template, usual, found, too_poor=too_poor)


def _as_probe(picture: Image, models: Models, refusal: str) -> Seen:
    """A camera has no choice of pictures: what cannot be enrolled is searched all the same."""
    faces = models.detector.find_in_photograph(picture)
    if not faces:
        usual, found = _usual(picture, models, None, None)
        return Seen(refusal, None, usual, usual_found=found)
    face = _in_the_middle(faces, picture)
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    usual, found = _usual(picture, models, face.box, face.landmarks)
    template, _ = models.embedder.embed_photograph(picture, face.landmarks)
    too_poor = assess(luma, face.landmarks).score < Options().least_quality
    return Seen(refusal, template, usual, found, too_poor=too_poor)


def _in_the_middle(faces: Sequence[Face], picture: Image) -> Face:
    """The person a photograph is named after stands in its middle; of those as near to it, the largest."""
    middle = np.array([picture.shape[1] / 2, picture.shape[0] / 2])
    return min(faces, key=lambda face: float(np.linalg.norm(np.array(face.box.centre) - middle)) - face.box.width)


def _usual(picture: Image, models: Models, place: Box | None, landmarks: Floats | None) -> tuple[Floats | None, bool]:
    """dlib's HOG detector, five landmarks, one crop: as face_recognition does. It enlarges every picture once; here
    only small ones are, for in large ones that finds nobody else and takes four times as long."""
    import dlib

    detector, predictor = _usual_models()
    image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    areas = [Box(a.left(), a.top(), a.right(), a.bottom()) for a in detector(image, int(max(image.shape) < _SMALL))]
    box = max(areas, key=lambda area: area.overlap(place) if place else area.area, default=None)
    found = box is not None and (place is None or box.overlap(place) >= _CLOSE)
    if not found and landmarks is not None:
        place = box_of(landmarks)
    box = box if found else place
    if box is None:
        return None, False
    rectangle = dlib.rectangle(*(round(edge) for edge in (box.left, box.top, box.right, box.bottom)))
    points = np.array([(point.x, point.y) for point in predictor(image, rectangle).parts()], np.float32)
    # The converted network gives what dlib's own would (see convert.py), ten times faster.
    return models.embedder.embed(face_chip(picture, points)[None])[0], found


@cache
def _usual_models() -> tuple[Any, Any]:
    import dlib

    return dlib.get_frontal_face_detector(), dlib.shape_predictor(str(weight_file(LANDMARKS)))


def _kind_of(problem: Exception) -> str:
    """A refusal without its figures, so that equal ones can be counted together."""
    with in_storage_language():
        text = str(problem) if isinstance(problem, ValueError) else "The file cannot be read"
    return re.split(r"[.:,]", re.sub(r"\d+ faces", "several faces", text))[0]
