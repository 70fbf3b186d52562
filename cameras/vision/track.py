"""Follow faces from frame to frame, so that a person is decided on once and not in every frame.

Each face goes to the track that expected it there: position predicted from its speed, and a similar size. Faces and
tracks are paired the surest pair first. A track ends when its face has not been seen for a while.
"""

from dataclasses import dataclass, field
from itertools import count

import numpy as np

from .types import Box, Face


@dataclass(frozen=True, slots=True)
class TrackOptions:
    """`patience` in seconds; distances in widths of a face, per second where they grow with time."""

    patience: float = 1.2
    reach: float = 0.6
    reach_per_second: float = 2.5
    widest_step: float = 2.0
    size_ratio: float = 1.9
    smoothing: float = 0.5


@dataclass(slots=True, eq=False)
class Track:
    """One face over time. Times are in seconds; `velocity` in pixels per second.

    `contested` says that at the last step another face was nearly as good a continuation: whoever keeps evidence
    about this track should check that it is still the same person.
    """

    number: int
    face: Face
    first_seen: float
    last_seen: float
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))
    sightings: int = 1
    contested: bool = False

    def expected(self, moment: float) -> Box:
        """Where the face should be at a later moment."""
        x, y = self.velocity * (moment - self.last_seen)
        return self.face.box.moved(float(x), float(y))


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame did: tracks whose face was seen in it (new ones too), and tracks that ended."""

    seen: tuple[Track, ...]
    ended: tuple[Track, ...]


class Tracker:
    """The tracks of one camera. Not for several threads at once."""

    def __init__(self, options: TrackOptions | None = None) -> None:
        self._options = options or TrackOptions()
        self._numbers = count(1)
        self.tracks: list[Track] = []

    def reset(self) -> tuple[Track, ...]:
        """End all tracks, as when the picture changed; numbers are not used again."""
        ended, self.tracks = tuple(self.tracks), []
        return ended

    def update(self, faces: list[Face], moment: float) -> Step:
        """Give the faces of the frame taken at `moment` to tracks; a face without one begins a new track."""
        ended = tuple(track for track in self.tracks if moment - track.last_seen > self._options.patience)
        self.tracks = [track for track in self.tracks if track not in ended]
        seen, taken = [], set()
        for track, index, contested in self._pairs(faces, moment):
            self._continue(track, faces[index], moment, contested)
            taken.add(index)
            seen.append(track)
        for index, face in enumerate(faces):
            if index not in taken:
                track = Track(next(self._numbers), face, moment, moment)
                self.tracks.append(track)
                seen.append(track)
        return Step(tuple(seen), ended)

    def split(self, track: Track) -> Track:
        """Begin a new track with this one's last face: it turned out to be another person's."""
        fresh = Track(next(self._numbers), track.face, track.last_seen, track.last_seen, track.velocity)
        self.tracks[self.tracks.index(track)] = fresh
        return fresh

    def _pairs(self, faces: list[Face], moment: float) -> list[tuple[Track, int, bool]]:
        costs = np.array([[self._cost(track, face, moment) for face in faces] for track in self.tracks], np.float64)
        if not costs.size:
            return []
        pairs: list[tuple[int, int, bool]] = []
        for place in np.argsort(costs, axis=None):
            row, column = np.unravel_index(place, costs.shape)
            if not np.isfinite(costs[row, column]):
                break
            if any(row == other or column == face for other, face, _ in pairs):
                continue
            rivals = np.delete(costs[row], column).tolist() + np.delete(costs[:, column], row).tolist()
            contested = min(rivals, default=np.inf) < costs[row, column] + 0.35
            pairs.append((int(row), int(column), bool(contested)))
        return [(self.tracks[row], column, contested) for row, column, contested in pairs]

    def _cost(self, track: Track, face: Face, moment: float) -> float:
        """How unlikely it is that this face continues the track; infinite where it is impossible."""
        options, elapsed = self._options, moment - track.last_seen
        old, new = track.face.box, face.box
        size = max((old.width + new.width) / 2, 1.0)
        ratio = max(old.width, new.width) / max(min(old.width, new.width), 1.0)
        # A person goes on walking, or has stopped.
        ways = (np.subtract(new.centre, before.centre) for before in (track.expected(moment), old))
        distance = min(float(np.hypot(x, y)) for x, y in ways) / size
        reach = min(options.reach + options.reach_per_second * elapsed, options.widest_step)
        if distance > reach or ratio > options.size_ratio:
            return float("inf")
        return distance + abs(float(np.log(ratio)))

    def _continue(self, track: Track, face: Face, moment: float, contested: bool) -> None:
        elapsed = max(moment - track.last_seen, 1e-3)
        moved = np.subtract(face.box.centre, track.face.box.centre) / elapsed
        weight = 1.0 if track.sightings == 1 else self._options.smoothing
        track.velocity = (1 - weight) * track.velocity + weight * moved
        track.face, track.last_seen, track.contested = face, moment, contested
        track.sightings += 1
