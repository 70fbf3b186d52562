"""One camera's frames in, matches out: motion, detection, tracks, best shots, templates and decisions.

Work grows with people, not with frames: a still picture costs the motion gate alone, and a track's face is turned into
a template only a few times. Nothing of a face outlives its track, unless it matched: then the match carries it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from .calibrate import cannot_separate
from .detect import BlazeDetector, DetectOptions, Detector
from .embed import CROPS, ONE_CROP, Embedder
from .evidence import Evidence, Shot, evidence_pictures, shot_crops
from .hog import HogDetector
from .match import MatchOptions, decide, mean_embedding
from .motion import MotionGate, MotionOptions, Rest
from .passing import Passing
from .quality import QualityOptions, assess
from .track import Track, Tracker, TrackOptions
from .types import Box, Face, Frame, Gallery, Match


@dataclass(frozen=True, slots=True)
class Models:
    """What all cameras of a process share; loaded once by `load_models`. `warnings` are for whoever runs the system."""

    detector: Detector
    embedder: Embedder
    warnings: tuple[str, ...] = ()


_loaded: dict[tuple[Path | None, DetectOptions], Models] = {}
_loading = threading.Lock()


def load_models(folder: Path | None, options: DetectOptions | None = None) -> Models:
    """The detector and the recognition network, the same objects for every caller in this process.

    `folder` is where `convert.convert_models` wrote; None, or a folder without a network, means dlib itself. OpenCV is
    told to use one thread: the cameras are what runs in parallel.
    """
    options = options or DetectOptions()
    with _loading:
        if (folder, options) not in _loaded:
            cv2.setNumThreads(1)
            _loaded[folder, options] = _load(folder, options)
        return _loaded[folder, options]


def _load(folder: Path | None, options: DetectOptions) -> Models:
    warnings = []
    detector: Detector
    try:
        detector = BlazeDetector(options)
    except (FileNotFoundError, ImportError) as error:
        warnings.append(f"Faces are found with dlib's older detector, which misses more of them: {error}")
        detector = HogDetector(options.smallest)
    embedder = Embedder(folder)
    if embedder.runtime == "dlib":
        warnings.append("Faces are recognised with dlib itself, ten times slower: run `manage.py convert_models`.")
    return Models(detector, embedder, tuple(warnings))


@dataclass(frozen=True, slots=True)
class Options:
    """`least_quality` of a shot that is embedded; times in seconds; at most `keep` templates stay with a track.

    The first `prompt` good shots are embedded at once, with three crops each, for a decision may rest on two of them;
    later ones with one crop, when `better` times as good as the best so far and `pause` after the last, or when
    `refresh` has passed. A template farther than `same_person` from its track's mean (`same_person_contested` where two
    faces were close together) begins a new track.
    """

    least_quality: float = 0.12
    prompt: int = 3
    keep: int = 5
    better: float = 1.25
    pause: float = 0.6
    refresh: float = 5.0
    same_person: float = 0.75
    same_person_contested: float = 0.6
    announce_every: float = 1.0
    look_at_still_every: float = 0.45
    motion: MotionOptions = field(default_factory=MotionOptions)
    track: TrackOptions = field(default_factory=TrackOptions)
    quality: QualityOptions = field(default_factory=QualityOptions)
    match: MatchOptions = field(default_factory=MatchOptions)


STAGES = ("motion", "detect", "track", "embed", "match")


@dataclass(slots=True)
class Counters:
    """What was done since the analyser was made; `seconds` of processor time of the calling thread, by stage."""

    frames: int = 0
    with_motion: int = 0
    faces: int = 0
    embedded: int = 0
    tracks: int = 0
    matches: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what happens inside to a stage."""
        start = time.thread_time()
        try:
            yield
        finally:
            self.seconds[name] += time.thread_time() - start


class Analyser:
    """One camera's memory: its background and its tracks; `passing` is told of each track that ended, to be counted.

    `at_rest` says that nothing has moved for a while. `models` may be shared, the analyser itself may not."""

    def __init__(self, models: Models, options: Options | None = None, *, passing: Passing | None = None) -> None:
        self._models, self._options, self._passing = models, options or Options(), passing
        self._gate = MotionGate(self._options.motion)
        self._tracker = Tracker(self._options.track)
        self._evidence: dict[int, Evidence] = {}
        self._size: tuple[int, int] | None = None
        self._rest, self.at_rest = Rest(), False
        self.counters = Counters()

    def reset(self) -> None:
        """Forget everything seen, as when the picture changed its size or the camera was away for long."""
        self._gate.reset()
        self._tracker.reset()
        self._evidence.clear()

    def analyse(self, frame: Frame, gallery: Gallery) -> list[Match]:
        """Look at one frame, later than the one before; the tracks in it that match, new or continuing.

        With an empty gallery there is nobody to look for: only the background is kept up to date.
        """
        if self._size is not None and self._size != frame.size:
            self.reset()
        self._size = frame.size
        self.counters.frames += 1
        with self.counters.stage("motion"):
            moving = self._gate.regions(frame)
        self.counters.with_motion += bool(moving)
        self.at_rest = self._rest.judge(bool(moving or self._tracker.tracks), frame.captured_at)
        if not len(gallery):
            self._tracker.reset()
            self._evidence.clear()
            return []
        seen = self._follow(frame, moving, gallery)
        with self.counters.stage("embed"):
            self._embed(self._shots(frame, seen), gallery, frame.captured_at)
        with self.counters.stage("match"):
            return self._decide(gallery, frame.captured_at)

    def _follow(self, frame: Frame, moving: list[Box], gallery: Gallery) -> tuple[Track, ...]:
        with self.counters.stage("detect"):
            known = self._where_expected(frame, moving)
            turn = self.counters.frames
            faces = self._models.detector.find(frame, moving, known=known, turn=turn) if moving or known else []
        self.counters.faces += len(faces)
        with self.counters.stage("track"):
            step = self._tracker.update(faces, frame.captured_at)
        for track in step.ended:
            self._has_passed(self._evidence.pop(track.number, None), gallery)
        return step.seen

    def _has_passed(self, evidence: Evidence | None, gallery: Gallery) -> None:
        """A track that was searched for in the gallery is one passer-by, however many frames it had."""
        if self._passing and evidence and len(evidence.embeddings) >= self._options.match.agreeing:
            self._passing(mean_embedding(*evidence.stacked()), gallery, evidence.matched)

    def _where_expected(self, frame: Frame, moving: list[Box]) -> list[Box]:
        """Where the tracks should be. Where nothing stirs a person has stopped, and is looked at only now and then."""
        places = []
        for track in self._tracker.tracks:
            place = track.expected(frame.captured_at)
            if any(region.intersection(place) > 0 for region in moving):
                places.append(place)
            elif frame.captured_at - track.last_seen >= self._options.look_at_still_every:
                places.append(track.face.box)
        inside = (place.clipped(frame.width, frame.height) for place in places)
        return [place for place in inside if place.area > 0]

    def _shots(self, frame: Frame, seen: tuple[Track, ...]) -> list[tuple[Track, Shot]]:
        """Judge every face of the frame; the shots that are worth a template."""
        chosen = []
        for track in seen:
            evidence = self._evidence.get(track.number)
            if evidence is None:
                evidence = self._evidence[track.number] = Evidence(first_seen=track.first_seen)
                self.counters.tracks += 1
            evidence.contested |= track.contested
            quality = assess(frame.luma(), track.face.landmarks, self._options.quality).score
            if self._wants(evidence, quality, frame.captured_at):
                others = tuple(
                    other.expected(frame.captured_at) for other in self._tracker.tracks if other is not track
                )
                chosen.append((track, self._shot(frame, track.face, others)))
        return chosen

    def _shot(self, frame: Frame, face: Face, others: tuple[Box, ...]) -> Shot:
        exact = self._models.detector.align(frame, face)
        quality = assess(frame.luma(), exact.landmarks, self._options.quality).score
        return Shot(frame.without_colour(), face.box, others, exact.landmarks, quality)

    def _wants(self, evidence: Evidence, quality: float, moment: float) -> bool:
        options = self._options
        if quality < options.least_quality:
            return False
        if len(evidence.embeddings) < options.prompt:
            return True
        waited = moment - evidence.embedded_at
        better = waited >= options.pause and quality > options.better * max(evidence.weights)
        return better or waited >= options.refresh

    def _embed(self, shots: list[tuple[Track, Shot]], gallery: Gallery, moment: float) -> None:
        if not shots:
            return
        few = [len(self._evidence[track.number].embeddings) < self._options.prompt for track, _ in shots]
        faces = [shot_crops(shot, CROPS if young else ONE_CROP) for (_, shot), young in zip(shots, few, strict=True)]
        embeddings = self._models.embedder.embed_faces(faces)
        self.counters.embedded += len(shots)
        for (track, shot), embedding in zip(shots, embeddings, strict=True):
            evidence = self._evidence[track.number]
            if evidence.embeddings and self._somebody_else(evidence, embedding):
                fresh = self._tracker.split(track)
                evidence = self._evidence[fresh.number] = Evidence(first_seen=fresh.first_seen)
                self._has_passed(self._evidence.pop(track.number), gallery)
                self.counters.tracks += 1
            evidence.add(embedding, shot.quality, moment, keep=self._options.keep)
            if evidence.best is None or shot.quality >= evidence.best.quality:
                evidence.best = shot

    def _somebody_else(self, evidence: Evidence, embedding: np.ndarray) -> bool:
        options = self._options
        limit = options.same_person_contested if evidence.contested else options.same_person
        return float(np.linalg.norm(mean_embedding(*evidence.stacked()) - embedding)) > limit

    def _decide(self, gallery: Gallery, moment: float) -> list[Match]:
        matches = []
        for track in self._tracker.tracks:
            evidence = self._evidence.get(track.number)
            if evidence is None or not evidence.embeddings:
                continue
            if evidence.compared_with != gallery.version:
                evidence.decision = decide(*evidence.stacked(), gallery, self._options.match)
                evidence.compared_with = gallery.version
                evidence.matched |= {evidence.decision.entry} if evidence.decision else set()
            if track.last_seen == moment and self._is_due(evidence, moment):
                matches.append(_match(track, evidence, gallery))
        self.counters.matches += len(matches)
        return matches

    def _is_due(self, evidence: Evidence, moment: float) -> bool:
        if evidence.decision is None:
            return False
        fresh = evidence.decision.entry != evidence.announced
        if fresh or moment - evidence.announced_at >= self._options.announce_every:
            evidence.announced, evidence.announced_at = evidence.decision.entry, moment
            return True
        return False


def _match(track: Track, evidence: Evidence, gallery: Gallery) -> Match:
    if evidence.decision is None or evidence.best is None:
        raise ValueError("A track is announced only after it was decided.")
    decision, best = evidence.decision, evidence.best
    crop, picture = evidence_pictures(best)
    return Match(
        entry=decision.entry,
        distance=decision.distance,
        raw_distance=decision.raw_distance,
        threshold=gallery.threshold,
        runner_up=decision.runner_up,
        runner_up_distance=decision.runner_up_distance,
        track=track.number,
        first_seen=evidence.first_seen,
        seen_at=track.last_seen,
        frames_used=len(evidence.embeddings),
        quality=best.quality,
        crop=crop,
        box=best.box,
        frame=picture,
        gallery_version=gallery.version,
        cannot_separate=cannot_separate(decision.distance, decision.runner_up_distance, gallery.threshold),
    )
