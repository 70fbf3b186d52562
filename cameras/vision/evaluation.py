"""Measure open-set recognition: how many strangers raise an alarm, and how many enrolled people are missed.

The terms are those of ISO/IEC 19795-1 and NISTIR 8238. FPIR: the share of strangers' searches that match somebody.
FNIR: the share of enrolled people's searches that match nobody, or somebody else. Strangers are split in two by
person: one half teaches the entries' histograms while the other is searched, then the other way round. Enrolled people
are split too, so that every probe is searched exactly once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calibrate import compare, offsets, threshold_for
from .distances import distances_between
from .evaluation_statistics import Interval, Rate, people_weights, rate
from .histogram import count_passers_by
from .types import Floats

TARGETS = (0.01, 0.003, 0.001)
USUAL_THRESHOLD = 0.6

_POINTS = 200  # on the DET curve
Values = NDArray[np.float64]
People = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Photographs as templates (n, 128), and whose they are, (n,) whole numbers that gallery and probes share.

    `usual` are the templates (n, 128) that the usual way would make of the same photographs: one crop, not mirrored.
    """

    templates: Floats
    people: People
    usual: Floats

    def __post_init__(self) -> None:
        if self.templates.shape != self.usual.shape or len(self.templates) != len(self.people):
            raise ValueError("Each photograph needs a template, one made the usual way, and a person.")


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """Probes that were compared with a gallery, by their best entry: the smaller the score, the surer.

    `right` says of each mated probe whether its best entry is its own person.
    """

    gallery_size: int
    frames: int
    stranger_scores: Values
    stranger_people: People
    mated_scores: Values
    mated_right: NDArray[np.bool_]
    mated_people: People

    def at(self, threshold: float) -> tuple[Rate, Rate]:
        """FPIR and FNIR when a score at or under `threshold` is a match."""
        missed = ~(self.mated_right & (self.mated_scores <= threshold))
        return rate(self.stranger_scores <= threshold, self.stranger_people), rate(missed, self.mated_people)

    def threshold_at(self, fpir: float) -> float:
        """The largest threshold at which no more than a share `fpir` of these strangers match."""
        scores = np.sort(self.stranger_scores)
        allowed = int(np.floor(fpir * len(scores) + 1e-9))
        return float(np.nextafter(scores[allowed], -np.inf)) if allowed < len(scores) else float("inf")


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold with what it costs. `wanted` is the FPIR aimed at; `fnir_people` is the 95 % interval of FNIR when
    people are resampled *and* the threshold is set anew for each sample: what another set of people would give."""

    wanted: float
    threshold: float
    fpir: Rate
    fnir: Rate
    fnir_people: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """One way of recognising, measured. `measured` points set the threshold on the strangers searched, to compare
    ways at the same FPIR; `derived` ones take it from gallery size and budget alone, as the product does.
    `curve` is (points, 3): threshold, FPIR, FNIR."""

    measured: tuple[Point, ...]
    derived: tuple[Point, ...]
    curve: Values


def search(gallery: Faces, probes: Faces, *, frames: int = 1, by_length: bool = False, seed: int = 0) -> Searches:
    """Search the gallery as the product does: one template per person, minus the person's own offset.

    A probe is the mean of `frames` photographs of one person (of all there are, where a stranger has fewer). With
    `by_length` a mean of several is compared as if it were of one (see `compare`): strangers as long in the picture as
    enrolled people then cost no more than the budget. Without it, strangers with fewer photographs flatter the result,
    the usual way's as much as ours.
    Raises ValueError when there is nobody to search for, or no stranger to learn from.
    """
    names, entries = _means_by_person(gallery)
    short = ~np.isin(probes.people, names)
    tracks, owners, lengths = tracks_of(probes.templates, probes.people, frames=frames, keep_short=short)
    distances = compare(tracks.astype(np.float32), entries.astype(np.float32), frames=lengths if by_length else 1)
    stranger = ~np.isin(owners, names)
    _refuse_too_few(owners[stranger])
    first_half = _halves(owners, seed)
    parts = []
    for taught in (first_half, ~first_half):
        counted = count_passers_by(distances[stranger & taught])
        scores = distances - offsets(counted, entries.astype(np.float32))
        parts.append(_searches(scores, owners, names, searched=~taught, frames=frames))
    return pool(parts)


def search_usual(gallery: Faces, probes: Faces, *, frames: int = 1) -> Searches:
    """The usual way: the nearest photograph of anybody, one threshold for all; no offsets, no mirror images."""
    names, owner_of_photo = np.unique(gallery.people, return_inverse=True)
    short = ~np.isin(probes.people, names)
    tracks, owners, _ = tracks_of(probes.usual, probes.people, frames=frames, keep_short=short)
    to_photos = distances_between(tracks, gallery.usual)
    nearest = np.stack([to_photos[:, owner_of_photo == k].min(axis=1) for k in range(len(names))], axis=1)
    return _searches(nearest, owners, names, searched=np.ones(len(owners), bool), frames=frames)


def evaluate(
    searches: Searches,
    *,
    targets: Sequence[float] = TARGETS,
    threshold: Callable[[float], float] | None = None,
    seed: int = 0,
) -> Evaluation:
    """Summarise searches at each target FPIR.

    `threshold` gives the threshold for a target; without it, the product's own for this gallery's size. For the usual
    way pass `lambda fpir: USUAL_THRESHOLD`.
    """
    derive = threshold or (lambda fpir: threshold_for(searches.gallery_size, fpir=fpir))
    measured = tuple(_point(searches, wanted, searches.threshold_at(wanted), seed) for wanted in targets)
    derived = tuple(_point(searches, wanted, derive(wanted), seed) for wanted in targets)
    return Evaluation(measured, derived, _curve(searches))


def pool(parts: Sequence[Searches]) -> Searches:
    """Searches of several galleries of one size, together: one threshold must serve them all.

    Raises ValueError without any, or when galleries differ in size or probes in frames.
    """
    if len({(part.gallery_size, part.frames) for part in parts}) != 1:
        raise ValueError("Only searches of galleries of one size, with as many frames each, can be pooled.")
    return Searches(
        parts[0].gallery_size,
        parts[0].frames,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("stranger_scores", "stranger_people", "mated_scores", "mated_right", "mated_people")
        ),
    )


def tracks_of(
    templates: Floats, people: People, *, frames: int, keep_short: NDArray[np.bool_] | None = None
) -> tuple[Values, People, People]:
    """Means of `frames` photographs of one person each, in the order given: (tracks, 128), people, lengths.

    Photographs left over are dropped, but where `keep_short` (n,) is true a person with too few makes one short track.
    """
    tracks, owners, lengths = [], [], []
    for person in np.unique(people):
        own = np.flatnonzero(people == person)
        groups = [own[i : i + frames] for i in range(0, len(own) - frames + 1, frames)]
        if not groups and keep_short is not None and keep_short[own[0]]:
            groups = [own]
        tracks += [templates[group].mean(axis=0, dtype=np.float64) for group in groups]
        owners += [person] * len(groups)
        lengths += [len(group) for group in groups]
    means = np.array(tracks, np.float64).reshape(-1, templates.shape[1])
    return means, np.array(owners, np.int64), np.array(lengths, np.int64)


def _searches(scores: Values, owners: People, names: People, *, searched: NDArray[np.bool_], frames: int) -> Searches:
    scores, owners = scores[searched], owners[searched]
    mated = np.isin(owners, names)
    best = scores.argmin(axis=1)
    lowest = scores[np.arange(len(scores)), best]
    right = names[best] == owners
    return Searches(len(names), frames, lowest[~mated], owners[~mated], lowest[mated], right[mated], owners[mated])


def _point(searches: Searches, wanted: float, threshold: float, seed: int) -> Point:
    fpir, fnir = searches.at(threshold)
    return Point(wanted, threshold, fpir, fnir, _resampled_fnir(searches, wanted, seed))


def _resampled_fnir(searches: Searches, wanted: float, seed: int) -> Interval:
    """FNIR at the same FPIR for other people, drawn with replacement: both kinds of people, and so the threshold."""
    if not len(searches.mated_scores) or not len(searches.stranger_scores):
        return 0.0, 1.0
    order = np.argsort(searches.stranger_scores)
    scores = searches.stranger_scores[order]
    _, stranger = np.unique(searches.stranger_people, return_inverse=True)
    _, enrolled = np.unique(searches.mated_people, return_inverse=True)
    hit = np.where(searches.mated_right, searches.mated_scores, np.inf)
    fnirs = []
    draws = people_weights(int(stranger.max()) + 1, seed=seed), people_weights(int(enrolled.max()) + 1, seed=seed + 1)
    for strangers_drawn, enrolled_drawn in zip(*draws, strict=True):
        passed = np.cumsum(strangers_drawn[stranger[order]])
        first_over = int(np.searchsorted(passed, wanted * passed[-1], side="right"))
        threshold = scores[first_over] if first_over < len(scores) else np.inf
        weights = enrolled_drawn[enrolled]
        fnirs.append(float(weights[hit >= threshold].sum() / weights.sum()))
    low, high = np.quantile(fnirs, (0.025, 0.975))
    return float(low), float(high)


def _curve(searches: Searches) -> Values:
    scores = np.sort(searches.stranger_scores)
    hits = np.sort(np.where(searches.mated_right, searches.mated_scores, np.inf))
    thresholds = np.quantile(scores, np.geomspace(1 / max(len(scores), 2), 1.0, _POINTS))
    fpir = np.searchsorted(scores, thresholds, side="right") / len(scores)
    fnir = 1 - np.searchsorted(hits, thresholds, side="right") / max(len(hits), 1)
    return np.stack([thresholds, fpir, fnir], axis=1)


def _means_by_person(gallery: Faces) -> tuple[People, Values]:
    names = np.unique(gallery.people)
    if not len(names):
        raise ValueError("The gallery is empty: put one folder of photographs in it for each person.")
    return names, np.stack([gallery.templates[gallery.people == name].mean(axis=0, dtype=np.float64) for name in names])


def _halves(people: People, seed: int) -> NDArray[np.bool_]:
    names, owner = np.unique(people, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    return (shuffled % 2 == 0)[owner]


def _refuse_too_few(strangers: People) -> None:
    if len(np.unique(strangers)) < 2:
        raise ValueError(
            "The probes hold fewer than two strangers (people who are not in the gallery): one half must teach the "
            "histograms while the other is searched. Add folders of people who are not enrolled."
        )
