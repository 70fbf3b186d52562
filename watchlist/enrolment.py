"""From an uploaded photograph to a template, or to a sentence that says why not and what to do better.

A bad enrolment photograph poisons the gallery for as long as it is in it: somebody is missed, or somebody else is
stopped. So what is doubtful is refused here (ISO/IEC 29794-5 names the measures), while the person who has the better
photograph is still at the desk.
"""

import threading
from dataclasses import dataclass
from functools import cache

import cv2
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.stored import Sentence
from cameras.vision.convert import read_conversion
from cameras.vision.detect import BlazeDetector
from cameras.vision.embed import Embedder
from cameras.vision.quality import Quality, QualityOptions, Reason, assess, is_enlarged
from cameras.vision.types import Box, Face, Floats, Image
from watchlist.pictures import PictureProblem, as_jpeg, read_picture

SMALLEST_EYE_DISTANCE = 30.0  # pixels between the centres of the eyes
OTHER_FACE = 1 / 3  # another face of at least this share of the largest one's width makes it unclear who is meant
# What the detector is less sure of than this is as often a badge or a pattern as a face: it does not stand in the way
# of a face it is sure of. Measured on 150 portraits with and without people in the background.
SURE = 0.7
CLEAR = 0.5  # what the detector is less sure of is a face half covered, in profile, or none: never one to enrol
# How far the templates of a photograph's three crops may lie from their mean. It refuses one press photograph in a
# hundred. Refusing a quarter lowers misses with one photograph from 10.3 to 8.0 %, but asks much of the desk.
MOST_UNSTEADY = 0.14
OPTIONS = QualityOptions(complaint=0.35)

# In this order: what is dark has little contrast, too, but it is light that helps.
ADVICE = {
    Reason.DARK: _("The face is too dark. Use a photograph with light on the face."),
    Reason.BRIGHT: _("The face is overexposed. Use a photograph without flash or sunlight on the face."),
    Reason.BLURRED: _("The face is blurred. Use a sharp photograph, not one taken from a video or enlarged."),
    Reason.TURNED: _("The face is turned to the side. Use a photograph that looks into the camera."),
    Reason.NODDING: _("The face looks up or down. Use a photograph that looks into the camera."),
    Reason.FLAT: _("There is too little contrast on the face. Use a clearer photograph, not a faded copy."),
}


class EnrolmentProblem(Sentence, ValueError):
    """The photograph cannot be enrolled; the message says what is wrong and what to do better."""


@dataclass(frozen=True, slots=True, eq=False)
class Enrolment:
    """A photograph that can be enrolled.

    `jpeg` is what is kept; `template` (128,) float32 the mean over three crops and their mirror images; `face` the face
    in the picture, in pixels; `quality` 0..1.
    """

    jpeg: bytes
    template: Floats
    face: Box
    quality: float


def examine(content: bytes) -> Enrolment:
    """Judge the content of an uploaded file. Raises EnrolmentProblem."""
    try:
        picture = read_picture(content)
    except PictureProblem as problem:
        raise EnrolmentProblem(str(problem)) from None
    models = _models()
    face = the_one_face(models.detector.find_in_photograph(picture))
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    quality = _judged(luma, face)
    template, unsteadiness = models.embedder.embed_photograph(picture, face.landmarks)
    refuse_unsteady(unsteadiness)
    return Enrolment(as_jpeg(picture), template, face.box, quality.score)


def faces_in(picture: Image) -> list[Box]:
    """The faces in a picture (h, w, 3) that the detector is sure of, largest first. Raises EnrolmentProblem."""
    found = _models().detector.find_in_photograph(picture)
    return [face.box for face in found if face.score >= SURE]


def the_one_face(faces: list[Face]) -> Face:
    """The face that is meant, of those found, largest first. Raises EnrolmentProblem for none or several."""
    if all(face.score < CLEAR for face in faces):
        raise EnrolmentProblem(
            _(
                "No face was found in the picture. Use a photograph of the face from the front, evenly "
                "lit, without sunglasses or mask."
            )
        )
    first, *others = [face for face in faces if face.score >= SURE] or faces
    as_large = sum(1 for other in others if other.box.width >= OTHER_FACE * first.box.width)
    if as_large:
        raise EnrolmentProblem(
            _("The picture shows %(count)s faces, and it is unclear whose is meant. Cut it so that one is left."),
            count=as_large + 1,
        )
    return first


def refuse_unsteady(unsteadiness: float) -> None:
    """Raises EnrolmentProblem when the crops of one photograph (see `embed_photograph`) disagree too much."""
    if unsteadiness > MOST_UNSTEADY:
        raise EnrolmentProblem(
            _(
                "Cut a little closer or wider, this photograph looks like another person: it would miss "
                "the right one or find a wrong one. Use a sharper photograph, from the front, with nothing "
                "in front of the face."
            )
        )


def _judged(luma: Image, face: Face) -> Quality:
    quality = assess(luma, face.landmarks, OPTIONS)
    if quality.eye_distance < SMALLEST_EYE_DISTANCE:
        raise EnrolmentProblem(
            _(
                "The face is too small: the eyes are %(distance)s pixels apart, and it takes "
                "%(needed)s. Use a larger picture, or cut a larger one to the face before "
                "uploading it."
            ),
            distance=f"{quality.eye_distance:.0f}",
            needed=f"{SMALLEST_EYE_DISTANCE:.0f}",
        )
    refused = [advice for reason, advice in ADVICE.items() if reason in quality.reasons]
    if refused:
        raise EnrolmentProblem(refused[0])
    if is_enlarged(luma, face.landmarks):
        raise EnrolmentProblem(
            "The face was enlarged from a few pixels: what is not in them cannot be compared. Use the picture that it "
            "was cut from, or another one."
        )
    return quality


@dataclass(frozen=True, slots=True)
class _Models:
    detector: BlazeDetector
    embedder: Embedder


_loading = threading.Lock()


def _models() -> _Models:
    with _loading:
        return _load()


@cache
def _load() -> _Models:
    if read_conversion(settings.LOCKPORT_MODELS) is None:
        raise EnrolmentProblem(
            _(
                "Photographs cannot be examined yet: the face models are not prepared on this server. Ask "
                "its system administrator to run: manage.py convert_models"
            )
        )
    return _Models(BlazeDetector(), Embedder(settings.LOCKPORT_MODELS))
