"""Count passers-by while cameras watch: numbers only, given away in batches in which nobody can be found again.

A passer-by counts once per track, when the track has ended. Who matched an entry, or came so near that it may have
been the entry's own person, is not counted for it. What was counted waits in memory until so many people were counted
over so long a time that no change of a stored histogram says when one of them passed
(docs/decisions/0005-what-a-histogram-gives-away.md).
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from .calibrate import NEAR, Estimate, compare, estimate_offset
from .histogram import BINS, ENOUGH_TO_STORE, LOWEST, WIDTH, Histogram, edges
from .prior import DEFAULT_PRIOR, Prior
from .types import Floats, Gallery

FAR = 0.15  # beyond the offset; of those farther away it is counted only that they are
BATCH_SECONDS = 600.0


# What an analyser tells of a track that has ended: its mean template (128,), the gallery, the entries it ever matched.
Passing = Callable[[Floats, Gallery, Collection[int]], None]


class Subject(NamedTuple):
    """Whose look-alikes are counted: an entry, with what its template was made of."""

    entry: int
    mark: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How near passers-by came to one entry, those left out who came nearer than `beyond` (the end of a bin).

    Tallies add up in any order: of two, the larger `beyond` holds for both.
    """

    histogram: Histogram
    beyond: float = LOWEST

    @classmethod
    def empty(cls) -> Self:
        return cls(Histogram.empty())

    @classmethod
    def of(cls, distance: float, *, beyond: float) -> Self:
        """One passer-by at this distance, of whom nobody at or under `beyond` is counted."""
        return cls(Histogram.of([distance]), _bin_end(beyond))._without_the_nearest()

    @property
    def passers_by(self) -> int:
        return self.histogram.total

    def __add__(self, other: "Tally") -> Self:
        both = type(self)(self.histogram + other.histogram, max(self.beyond, other.beyond))
        return both._without_the_nearest()

    def _without_the_nearest(self) -> Self:
        keep = edges() > self.beyond + WIDTH / 2
        return type(self)(Histogram(np.where(keep, self.histogram.counts, 0)), self.beyond)


@dataclass(frozen=True, slots=True)
class Batch:
    """What may be stored: a tally for each entry, and for each camera how many people passed."""

    tallies: Mapping[Subject, Tally]
    tracks: Mapping[int, int]


@dataclass(slots=True)
class _Waiting:
    tallies: dict[Subject, Tally] = field(default_factory=dict)
    tracks: dict[int, int] = field(default_factory=dict)


def learn(
    tallies: Sequence[Tally],
    vectors: Floats,
    *,
    people: int,
    strangers_matched: Sequence[int] | None = None,
    prior: Prior = DEFAULT_PRIOR,
) -> list[Estimate]:
    """What is believed of each entry's offset, from its tally and its template (n, 128).

    However many tracks were counted, they are believed as those of at most `people` different people.
    `strangers_matched` are how many matches of each entry people said to be of somebody else; none if left out.
    """
    expected = prior.crowding(vectors) if len(vectors) else np.zeros(0)
    matched = [0] * len(tallies) if strangers_matched is None else strangers_matched
    return [
        estimate_offset(
            tally.histogram,
            float(centre),
            looks_each=max(1.0, tally.passers_by / people),
            beyond=tally.beyond,
            strangers_matched=strangers,
            prior=prior,
        )
        for tally, centre, strangers in zip(tallies, expected, matched, strict=True)
    ]


class PassersBy:
    """What all cameras of a process counted and has not been stored yet. For any number of threads at once."""

    def __init__(
        self,
        *,
        enough: int = ENOUGH_TO_STORE,
        batch_seconds: float = BATCH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._enough, self._batch_seconds, self._clock = enough, batch_seconds, clock
        self._lock = threading.Lock()
        self._waiting = _Waiting()
        self._taken_at = clock()

    def count(
        self, probe: Floats, gallery: Gallery, *, camera: int, matched: Collection[int], prior: Prior = DEFAULT_PRIOR
    ) -> None:
        """One track has ended: `probe` (128,) is its mean template, `matched` the entries it ever matched.

        Only distances leave this function, and they are counted in bins before it returns.
        """
        if not gallery.marks:
            return
        tallies = {}
        distances = compare(probe[None], gallery.vectors, squares=gallery.squares, prior=prior)[0]
        for number, distance in enumerate(distances):
            entry, offset = gallery.entries[number], float(gallery.offsets[number])
            beyond = _bin_end(offset + gallery.threshold + NEAR)
            if entry not in matched and distance > beyond:
                told = float(distance) if distance <= offset + FAR else LOWEST + BINS * WIDTH
                tallies[Subject(entry, gallery.marks[number])] = Tally.of(told, beyond=beyond)
        with self._lock:
            self._waiting.tracks[camera] = self._waiting.tracks.get(camera, 0) + 1
            self._add(tallies)

    def take(self) -> Batch | None:
        """What is ready to be stored, which then waits here no longer; None most of the time.

        Ready is what holds enough people, once long enough has passed since the last time.
        """
        with self._lock:
            if self._clock() - self._taken_at < self._batch_seconds:
                return None
            ready = {who: tally for who, tally in self._waiting.tallies.items() if tally.passers_by >= self._enough}
            tracks = {camera: n for camera, n in self._waiting.tracks.items() if n >= self._enough}
            if not ready and not tracks:
                return None
            self._taken_at = self._clock()
            self._waiting.tallies = {w: tally for w, tally in self._waiting.tallies.items() if w not in ready}
            self._waiting.tracks = {camera: n for camera, n in self._waiting.tracks.items() if camera not in tracks}
            return Batch(ready, tracks)

    def put_back(self, batch: Batch) -> None:
        """The batch could not be stored: it waits for the next time."""
        with self._lock:
            self._add(batch.tallies)
            for camera, tracks in batch.tracks.items():
                self._waiting.tracks[camera] = self._waiting.tracks.get(camera, 0) + tracks

    def _add(self, tallies: Mapping[Subject, Tally]) -> None:
        waiting = self._waiting.tallies
        for who, tally in tallies.items():
            waiting[who] = waiting[who] + tally if who in waiting else tally


def _bin_end(distance: float) -> float:
    """The end of the bin that this distance lies in."""
    ends = edges()
    return float(ends[min(int(np.searchsorted(ends, distance - WIDTH / 1000)), BINS - 1)])
