"""How sure a measured rate is: intervals, and the searches that a claim needs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]

_Z = 1.959964  # of 95 %
_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors among trials, with two 95 % intervals: Wilson's, as if all trials were independent, and one from
    resampling *people*, whose photographs are not. Where they differ, the wider one is to be believed."""

    errors: int
    trials: int
    wilson: Interval
    people: Interval

    @property
    def value(self) -> float:
        """0..1; not a number without trials."""
        return self.errors / self.trials if self.trials else math.nan

    def supports(self, limit: float) -> bool:
        """Whether the rate is at most `limit` with 95 % confidence, by both intervals."""
        return self.trials > 0 and max(self.wilson[1], self.people[1]) <= limit


def rate(errors: NDArray[np.bool_], people: NDArray[np.int64], *, seed: int = 0) -> Rate:
    """The rate of `errors` (n,) among trials of `people` (n,), who are resampled with the fixed `seed`."""
    wrong, trials = int(errors.sum()), len(errors)
    return Rate(wrong, trials, wilson(wrong, trials), resampled(errors, people, seed=seed))


def wilson(errors: int, trials: int) -> Interval:
    """The 95 % score interval of a share (Wilson 1927, "Probable inference"). (0, 1) without trials."""
    if not trials:
        return 0.0, 1.0
    share, square = errors / trials, _Z * _Z
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = _Z / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    # At the ends the sums are exact but for rounding.
    return (max(0.0, centre - half) if errors else 0.0), (min(1.0, centre + half) if errors < trials else 1.0)


def resampled(errors: NDArray[np.bool_], people: NDArray[np.int64], *, seed: int = 0) -> Interval:
    """The 95 % percentile interval of a share when people, with all their trials, are drawn with replacement
    (Efron 1979). Without a single error it is (0, 0): Wilson's interval is then the one to read. (0, 1) without
    trials."""
    if not len(errors):
        return 0.0, 1.0
    _, owner = np.unique(people, return_inverse=True)
    trials = np.bincount(owner).astype(float)
    wrong = np.bincount(owner, weights=errors.astype(float))
    weights = people_weights(len(trials), seed=seed)
    low, high = np.quantile((weights @ wrong) / (weights @ trials), (0.025, 0.975))
    return float(low), float(high)


def by_chance(errors: Sequence[int], trials: Sequence[int], *, seed: int = 0, rounds: int = 2000) -> float:
    """How probable it is that groups whose true rates are equal differ as much as these: a permutation test, 0..1.

    With few errors a ratio of two rates says nothing by itself: 4 errors against 1 is four times as many, and chance.
    The measure is Pearson's chi-squared statistic; errors are dealt out anew among all trials. 1 without any error.

    Raises ValueError for groups with more errors than trials, or without trials.
    """
    wrong, tried = np.asarray(errors, np.int64), np.asarray(trials, np.int64)
    if (tried < 1).any() or (wrong > tried).any() or (wrong < 0).any():
        raise ValueError("Each group needs trials, and at most as many errors.")
    if not wrong.sum() or len(wrong) < 2:
        return 1.0
    expected = tried * (wrong.sum() / tried.sum())
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(tried, int(wrong.sum()), size=rounds)
    measured = float(((wrong - expected) ** 2 / expected).sum())
    by_luck = ((dealt - expected) ** 2 / expected).sum(axis=1)
    return float((1 + (by_luck >= measured - 1e-9).sum()) / (1 + rounds))


def people_weights(number: int, *, seed: int = 0, rounds: int = _ROUNDS) -> NDArray[np.float64]:
    """How often each of `number` people is drawn in each round of a bootstrap: (rounds, number)."""
    return np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), size=rounds).astype(float)


def searches_needed(limit: float) -> int:
    """How many independent searches without one false alarm show, with 95 % confidence, a rate of at most `limit`.

    The "rule of three": about 3 / limit (Hanley & Lippman-Hand 1983). Raises ValueError for a limit not in (0, 1).
    """
    if not 0 < limit < 1:
        raise ValueError(f"A limit for false alarms lies between 0 and 1, not {limit}.")
    return math.ceil(math.log(0.05) / math.log1p(-limit))
