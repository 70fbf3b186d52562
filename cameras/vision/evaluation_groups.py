"""Measure whether a stranger is matched more often in one group of people than in another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calibrate import compare, offsets
from .distances import distances_between
from .evaluation_statistics import Interval, people_weights
from .histogram import count_passers_by
from .types import Floats

OVERALL = 0.001  # the false-match rate over all pairs at which groups are compared

_ROUNDS = 200
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupRate:
    """False-match rates, 0..1, of one group: between two of its members, of anybody with an entry of the group, and
    of a passer-by of the group with any entry. `pairs` are the comparisons within the group; `within_interval` the
    95 % interval of `within`, people resampled."""

    group: str
    within: float
    within_interval: Interval
    of_entries: float
    of_passers_by: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """False-match rates by group at one threshold for everybody. The ratios are worst over best group (infinite when
    the best has no false match); `within_interval` is the 95 % interval of that within groups, people resampled."""

    threshold: float
    overall: float
    groups: tuple[GroupRate, ...]
    within_ratio: float
    within_interval: Interval
    entries_ratio: float
    passers_by_ratio: float


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Scores (n, n) of entries, in rows, with passers-by, in columns; a person with themselves is infinite."""

    scores: Values
    groups: NDArray[np.str_]


def compare_groups(
    templates: Floats,
    groups: Sequence[str],
    *,
    calibrated: bool = True,
    overall: float = OVERALL,
    threshold: float | None = None,
    seed: int = 0,
) -> Fairness:
    """False-match rates of `groups` (n,) where `templates` (n, 128) holds one template of each person.

    One half of the people teaches the offsets while those of the other are compared with each other, and the other way
    round; the threshold is the one at which a share `overall` of all pairs match. With `calibrated` false every entry
    has the same offset, as in the usual way. A given `threshold` is used instead of the one for `overall`.

    Raises ValueError when a group has fewer than four people.
    """
    names = np.array([str(group) for group in groups])
    known, sizes = np.unique(names, return_counts=True)
    if len(known) and sizes.min() < 4:
        raise ValueError(f"The group {known[sizes.argmin()]} has fewer than four people: too few to compare.")
    halves = _halves(names, seed)
    compared = [_compare(templates, names, taught, calibrated=calibrated) for taught in (halves, ~halves)]
    if threshold is None:
        threshold = _threshold(compared, overall)
    drawn = _resampled(compared, known, threshold, seed)
    rates = tuple(
        _group_rate(compared, name, threshold, _middle(drawn[:, column])) for column, name in enumerate(known)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.nan_to_num(drawn.max(axis=1) / drawn.min(axis=1), nan=math.inf, posinf=math.inf)
    return Fairness(
        threshold,
        _share(compared, threshold),
        rates,
        _ratio([each.within for each in rates]),
        _middle(ratios),
        _ratio([each.of_entries for each in rates]),
        _ratio([each.of_passers_by for each in rates]),
    )


def _halves(groups: NDArray[np.str_], seed: int) -> NDArray[np.bool_]:
    """Half of each group, so that both halves have the same mixture of people."""
    halves = np.zeros(len(groups), bool)
    random = np.random.default_rng(seed)
    for name in np.unique(groups):
        members = random.permutation(np.flatnonzero(groups == name))
        halves[members[: len(members) // 2]] = True
    return halves


def _compare(templates: Floats, groups: NDArray[np.str_], taught: NDArray[np.bool_], *, calibrated: bool) -> _Compared:
    entries, teachers = templates[~taught], templates[taught]
    if calibrated:
        counted = count_passers_by(compare(teachers, entries))
        scores = compare(entries, entries).T - offsets(counted, entries)[:, None]
    else:
        scores = distances_between(entries, entries)
    np.fill_diagonal(scores, np.inf)
    return _Compared(scores, groups[~taught])


def _threshold(compared: Sequence[_Compared], overall: float) -> float:
    scores = np.concatenate([each.scores[np.isfinite(each.scores)] for each in compared])
    return float(np.quantile(scores, overall))


def _share(compared: Sequence[_Compared], threshold: float) -> float:
    matched, pairs = _matches([each.scores for each in compared], threshold)
    return matched / pairs


def _group_rate(compared: Sequence[_Compared], name: str, threshold: float, interval: Interval) -> GroupRate:
    within, pairs = _matches(
        [each.scores[np.ix_(each.groups == name, each.groups == name)] for each in compared], threshold
    )
    entries, against = _matches([each.scores[each.groups == name] for each in compared], threshold)
    passing, passed = _matches([each.scores[:, each.groups == name] for each in compared], threshold)
    return GroupRate(name, within / pairs, interval, entries / against, passing / passed, pairs)


def _within(compared: _Compared, name: str) -> Values:
    own = compared.groups == name
    return compared.scores[np.ix_(own, own)]


def _matches(scores: Sequence[Values], threshold: float) -> tuple[int, int]:
    return sum(int((each <= threshold).sum()) for each in scores), sum(int(np.isfinite(each).sum()) for each in scores)


def _ratio(rates: Sequence[float]) -> float:
    if not rates:
        return math.nan
    return max(rates) / min(rates) if min(rates) > 0 else math.inf


def _resampled(compared: Sequence[_Compared], names: NDArray[np.str_], threshold: float, seed: int) -> Values:
    """Rates within groups (rounds, groups): each person drawn brings all their comparisons, as entry and passer-by."""
    rates = np.zeros((_ROUNDS, len(names)))
    for column, name in enumerate(names):
        matched, pairs = np.zeros(_ROUNDS), np.zeros(_ROUNDS)
        for half, each in enumerate(compared):
            scores = _within(each, name)
            drawn = people_weights(len(scores), seed=seed + 2 * column + half, rounds=_ROUNDS)
            matched += ((drawn @ (scores <= threshold)) * drawn).sum(axis=1)
            pairs += ((drawn @ np.isfinite(scores)) * drawn).sum(axis=1)
        rates[:, column] = matched / np.maximum(pairs, 1)
    return rates


def _middle(values: Values) -> Interval:
    """The middle 95 %, taken by rank: between finite and infinite ratios nothing can be interpolated."""
    ordered = np.sort(values)
    return float(ordered[int(0.025 * len(ordered))]), float(ordered[int(0.975 * len(ordered)) - 1])
