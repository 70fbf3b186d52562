"""Count how near passers-by come to an entry: numbers only, from which nobody can be recognised.

Each entry has one histogram of the distances between its template and passers-by, one count per *track* (a person
walking past), never per frame. Histograms add up in any order, so the workers of a site count separately and merge.
What is kept is how many passers-by fell between two distances, ever: no face, no template, no time.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]

LOWEST = 0.2  # distances under it, or over LOWEST + BINS * WIDTH = 1.0, are counted in the end bins
WIDTH = 0.005
BINS = 160
ENOUGH_TO_STORE = 50  # passers-by in a batch, so that no stored change can be tied to one person's time

_FORMAT = 1
_HEADER = struct.Struct("<BHdd")  # format, bins, lowest, width


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How many passers-by came how near to one entry; `counts` is (BINS,) int64. Values never change: adding makes
    a new one.

    Raises ValueError for counts of another shape or under zero.
    """

    counts: Counts

    def __post_init__(self) -> None:
        if self.counts.shape != (BINS,) or not np.issubdtype(self.counts.dtype, np.integer):
            raise ValueError(f"A histogram has {BINS} whole numbers, not {self.counts.shape} {self.counts.dtype}.")
        if (self.counts < 0).any():
            raise ValueError("A histogram counts people: no bin can be under zero.")

    @classmethod
    def empty(cls) -> Self:
        return cls(np.zeros(BINS, np.int64))

    @classmethod
    def of(cls, distances: ArrayLike) -> Self:
        """A histogram of these distances, one for each passer-by.

        Raises ValueError when one of them is not a number.
        """
        return cls(np.bincount(_bins(np.asarray(distances, float).reshape(-1)), minlength=BINS).astype(np.int64))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` wrote. Raises ValueError when it is damaged or of another format."""
        header, rest = data[: _HEADER.size], data[_HEADER.size :]
        if header != _HEADER.pack(_FORMAT, BINS, LOWEST, WIDTH) or len(rest) != 8 * BINS:
            raise ValueError("These bytes are no histogram of this version: start this entry's count anew.")
        return cls(np.frombuffer(rest, "<i8").astype(np.int64))

    def to_bytes(self) -> bytes:
        """The counts with the measures of their bins; the same counts always give the same bytes."""
        return _HEADER.pack(_FORMAT, BINS, LOWEST, WIDTH) + self.counts.astype("<i8").tobytes()

    @property
    def total(self) -> int:
        """Passers-by counted."""
        return int(self.counts.sum())

    def add(self, distances: ArrayLike) -> Self:
        """This histogram with more passers-by."""
        return self + type(self).of(distances)

    def __add__(self, other: "Histogram") -> Self:
        return type(self)(self.counts + other.counts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and bool(np.array_equal(self.counts, other.counts))

    def __hash__(self) -> int:
        return hash(self.to_bytes())


def merge(histograms: Sequence[Histogram]) -> Histogram:
    """One histogram of everybody counted in these; the order does not matter."""
    return sum(histograms, Histogram.empty())


def count_passers_by(distances: NDArray[np.floating]) -> list[Histogram]:
    """One histogram for each entry from distances (passers-by, entries).

    Leave out, with NaN, what must not be counted: a passer-by never teaches the entry that they were matched with.
    """
    return [Histogram.of(column[~np.isnan(column)]) for column in distances.T]


def edges() -> NDArray[np.float64]:
    """The upper ends of all bins, (BINS,), in the unit of distances; the last one counts all that is farther."""
    return LOWEST + WIDTH * np.arange(1, BINS + 1, dtype=np.float64)


def _bins(distances: NDArray[np.floating]) -> NDArray[np.int64]:
    if not np.isfinite(distances).all():
        raise ValueError("A distance to count must be a number.")
    return np.clip(np.floor((distances - LOWEST) / WIDTH), 0, BINS - 1).astype(np.int64)
