"""Run the pipeline over a clip, without the web part, and count what it costs; beside it the usual loop.

Nothing here needs Django: `manage.py benchmark` prints what `run` returns.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from cameras.vision.analyse import STAGES, Analyser, Models
from cameras.vision.calibrate import offsets, threshold_for
from cameras.vision.histogram import Histogram
from cameras.vision.types import Floats, Frame, Gallery, Image

PICTURES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person that was matched; times in seconds from the start of the clip."""

    person: str
    track: int
    first: float
    last: float
    distance: float


@dataclass(slots=True)
class Report:
    """`cpu` is the whole process's processor time in seconds, by stage; other times in seconds of the clip."""

    clip: str
    seconds: float = 0.0
    decoded: int = 0
    analysed: int = 0
    with_motion: int = 0
    faces: int = 0
    embedded: int = 0
    tracks: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)
    usual_cpu: float | None = None
    usual_people: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def analysis_cpu(self) -> float:
        """Seconds of processor time without decoding."""
        return sum(value for stage, value in self.cpu.items() if stage != "decode")

    @property
    def ratio(self) -> float | None:
        """How many times the pipeline's work, decoding included on both sides, goes into the usual loop's."""
        if self.usual_cpu is None:
            return None
        decode = self.cpu["decode"]
        return (self.usual_cpu + decode) / max(self.analysis_cpu + decode, 1e-9)

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON can hold it, with the figures that are worked out."""
        analysed = max(self.analysed, 1)
        return {
            "clip": self.clip,
            "seconds": round(self.seconds, 3),
            "frames_decoded": self.decoded,
            "frames_analysed": self.analysed,
            "frames_with_motion": self.with_motion,
            "faces": self.faces,
            "embedded": self.embedded,
            "tracks": self.tracks,
            "cpu_seconds": {stage: round(value, 4) for stage, value in self.cpu.items()},
            "cpu_ms_per_analysed_frame": round(1000 * self.analysis_cpu / analysed, 2),
            "cameras_per_core": round(self.seconds / max(sum(self.cpu.values()), 1e-9), 1),
            "matches": [{name: getattr(sighting, name) for name in Sighting.__slots__} for sighting in self.sightings],
            "refused_photographs": self.refused,
            "usual_cpu_seconds": None if self.usual_cpu is None else round(self.usual_cpu, 3),
            "usual_cpu_ms_per_analysed_frame": None
            if self.usual_cpu is None
            else round(1000 * self.usual_cpu / analysed, 1),
            "usual_people": self.usual_people,
            "times_less_cpu": None if self.ratio is None else round(self.ratio, 1),
            "times_less_cpu_without_decoding": None
            if self.usual_cpu is None
            else round(self.usual_cpu / max(self.analysis_cpu, 1e-9), 1),
        }


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A gallery made from a folder; `people` are the names, in the order of the gallery's ids."""

    gallery: Gallery
    people: tuple[str, ...]
    photographs: dict[str, list[Path]]
    refused: tuple[str, ...]


def people_in(folder: Path) -> dict[str, list[Path]]:
    """`<person>.jpg` and `<person>/*.jpg`, by person.

    Raises ValueError when there is no picture.
    """
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir():
            pictures = [picture for picture in sorted(path.iterdir()) if picture.suffix.lower() in PICTURES]
        else:
            pictures = [path] if path.suffix.lower() in PICTURES else []
        if pictures:
            found.setdefault(path.stem if path.is_file() else path.name, []).extend(pictures)
    if not found:
        raise ValueError(f"No photographs in {folder}: put <person>.jpg or <person>/*.jpg there.")
    return found


def enrol(folder: Path, models: Models) -> Enrolled:
    """A gallery of the people in a folder, with the thresholds of its size.

    Raises ValueError when no photograph shows a face.
    """
    photographs = people_in(folder)
    people: list[str] = []
    vectors = []
    refused: list[str] = []
    for person, pictures in photographs.items():
        templates = [made for picture in pictures if (made := _template(picture, models, refused)) is not None]
        if templates:
            people.append(person)
            vectors.append(np.mean(templates, axis=0))
    if not people:
        raise ValueError(f"No photograph in {folder} shows a face.")
    means = np.stack(vectors).astype(np.float32)
    gallery = Gallery(
        entries=tuple(range(len(people))),
        vectors=means,
        offsets=offsets([Histogram.empty()] * len(people), means),
        threshold=threshold_for(len(people)),
        version="benchmark",
    )
    return Enrolled(gallery, tuple(people), photographs, tuple(refused))


def _template(picture: Path, models: Models, refused: list[str]) -> Floats | None:
    image = cv2.imread(str(picture))
    if image is not None and (faces := models.detector.find_in_photograph(image)):
        return models.embedder.embed_photograph(image, faces[0].landmarks)[0]
    refused.append(picture.name)
    return None


def run(clip: Path, enrolled: Enrolled, models: Models, *, fps: float = 5.0, usual: bool = False) -> Report:
    """Decode the whole clip on one thread, analyse it at `fps`, and, when asked, do the usual loop on the same frames.

    Raises OSError (of PyAV) when the clip cannot be read.
    """
    report = Report(str(clip), refused=list(enrolled.refused))
    analyser = Analyser(models)
    models.embedder.embed(np.zeros((1, 150, 150, 3), np.uint8))  # loading is not part of the work
    loop = UsualLoop(enrolled) if usual else None
    decoding, working = 0.0, 0.0
    found: dict[int, Sighting] = {}
    frames = _frames(clip)
    while True:
        start = time.process_time()
        frame = next(frames, None)
        decoding += time.process_time() - start
        if frame is None:
            break
        report.decoded += 1
        report.seconds = frame.captured_at
        if frame.captured_at + 1e-6 < report.analysed / fps:
            continue
        report.analysed += 1
        start = time.process_time()
        matches = analyser.analyse(frame, enrolled.gallery)
        working += time.process_time() - start
        for match in matches:
            first = found[match.track].first if match.track in found else round(match.seen_at, 2)
            found[match.track] = Sighting(
                enrolled.people[match.entry], match.track, first, round(match.seen_at, 2), round(match.raw_distance, 3)
            )
        if loop is not None:
            loop.look(frame.without_colour())
    _fill(report, analyser, decoding, working)
    report.sightings = list(found.values())
    if loop is not None:
        report.usual_cpu, report.usual_people = loop.seconds, sorted(loop.people)
    return report


def _fill(report: Report, analyser: Analyser, decoding: float, working: float) -> None:
    counters = analyser.counters
    staged = {stage: counters.seconds[stage] for stage in STAGES}
    other = max(working - sum(staged.values()), 0.0)
    report.cpu = {"decode": decoding, **staged, "other": other}
    report.with_motion, report.faces = counters.with_motion, counters.faces
    report.embedded, report.tracks = counters.embedded, counters.tracks


def _frames(clip: Path) -> Iterator[Frame]:
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for number, picture in enumerate(container.decode(stream)):
            yield Frame.from_av(picture, number=number, captured_at=float(picture.time or 0.0))


class UsualLoop:
    """What face_recognition's examples do with each frame, with the same calls of dlib in the same order.

    `face_locations` (HOG, enlarged once), `face_encodings` (five landmarks, the network) and `compare_faces` (nearest
    photograph, distance at most 0.6); the package itself is not needed, for it would have dlib compiled.
    """

    TOLERANCE = 0.6

    def __init__(self, enrolled: Enrolled) -> None:
        import dlib

        from cameras.vision.weights import LANDMARKS, RECOGNITION, weight_file

        self._detector = dlib.get_frontal_face_detector()
        self._predictor = dlib.shape_predictor(str(weight_file(LANDMARKS)))
        self._network = dlib.face_recognition_model_v1(str(weight_file(RECOGNITION)))
        self.seconds = 0.0
        self.people: set[str] = set()
        self._names: list[str] = []
        known = []
        for person, pictures in enrolled.photographs.items():
            for picture in pictures:
                image = cv2.imread(str(picture))
                vectors = self.encodings(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)) if image is not None else []
                if vectors:
                    known.append(vectors[0])
                    self._names.append(person)
        self._known = np.array(known, np.float64).reshape(-1, 128)

    def look(self, frame: Frame) -> None:
        """Do one frame; the time includes the conversion to RGB."""
        start = time.process_time()
        image = cv2.cvtColor(frame.bgr(), cv2.COLOR_BGR2RGB)
        for vector in self.encodings(image):
            distances = np.linalg.norm(self._known - vector, axis=1)
            if len(distances) and distances.min() <= self.TOLERANCE:
                self.people.add(self._names[int(distances.argmin())])
        self.seconds += time.process_time() - start

    def encodings(self, image: Image) -> list[Floats]:
        """Templates (128,) of the faces in a picture (h, w, 3) uint8 RGB, as `face_encodings` makes them."""
        shapes = [self._predictor(image, area) for area in self._detector(image, 1)]
        return [np.array(self._network.compute_face_descriptor(image, shape)) for shape in shapes]
