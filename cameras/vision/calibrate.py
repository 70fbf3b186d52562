"""Turn a false-alarm budget into thresholds, and counts of passers-by into each entry's own offset.

An entry's *offset* is the distance under which one stranger in a hundred falls: some faces have many look-alikes, and
dlib's network has far more of them in some ethnic groups than in others. A *score* is a distance minus the entry's
offset, in the unit of dlib's distances. Once the offset is taken away, the lower tail of strangers' scores is nearly
the same for all entries: the shipped `Prior` holds that tail, and what to expect of an offset before anybody has
passed. The mathematics and the measurements are in docs/decisions/0004-thresholds.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .distances import distances_between
from .histogram import LOWEST, Histogram, edges
from .prior import DEFAULT_PRIOR, Prior
from .types import Floats

NEAR = 0.03  # beyond the threshold; whoever is nearer may be the entry's own person, badly seen, and is not counted

_TAIL_SHARE = 0.003  # of the passers-by, the nearest ones, decide on an offset: farther ones say little of look-alikes
_GRID = np.arange(0.35, 0.85, 0.0025)  # the offsets that are weighed against each other
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is believed of an entry's offset: mean and standard deviation, after `passers_by` were counted."""

    mean: float
    spread: float
    passers_by: int

    def cautious(self, prior: Prior = DEFAULT_PRIOR) -> float:
        """The offset to use, smaller than the mean while little is known.

        With it the false alarms *expected* of an entry, over all that its true offset may be, are those of a known
        offset: for a tail falling exponentially at rate r and a normal belief, that is r/2 times the variance less.
        """
        return self.mean - math.log(10) / prior.decade / 2 * self.spread**2


def compare(
    probes: Floats,
    vectors: Floats,
    *,
    frames: NDArray[np.integer] | int = 1,
    squares: Floats | None = None,
    prior: Prior = DEFAULT_PRIOR,
) -> NDArray[np.float64]:
    """Distances of (n, 128) probes to (m, 128) entries, made comparable between probes: (n, m).

    `frames`, one number or (n,), says of how many independent frames each probe is the mean: what averaging brings
    strangers nearer is added again, so that `threshold_for` holds without its own `frames`. Part of each probe's own
    crowding is taken off: a face from a crowded part of the space comes near to many entries. Both are the same for
    all entries, so they never change who is nearest. Counting passers-by and searching both use these distances;
    minus the entry's offset they are scores. `squares` are `Gallery.squares`, where they are at hand.

    In symmetric score normalisation (Shum et al. 2010, "Unsupervised speaker adaptation based on the cosine
    similarity") a stored cohort of strangers does this; here the shipped surface does, so that nobody is stored.
    """
    if not len(probes):
        return np.zeros((0, len(vectors)))
    averaged = prior.averaging_gain * (1 - 1 / np.maximum(np.asarray(frames, float), 1))
    shift = prior.probe_weight * (prior.crowding(probes) - prior.offset_mean) - averaged
    return distances_between(probes, vectors, squares) - shift[:, None]


def threshold_for(gallery_size: int, *, fpir: float = 0.001, frames: int = 1, prior: Prior = DEFAULT_PRIOR) -> float:
    """The score (distance minus offset) at or under which a probe matches, in a gallery of `gallery_size` entries.

    Chosen so that a stranger who is compared with the whole gallery is matched with a probability of at most `fpir`:
    each of the n comparisons may err with 1 - (1 - fpir)^(1/n). It falls as the gallery grows and as `fpir` shrinks.
    A probe that is the mean of `frames` independent frames needs a lower one: averaging brings strangers nearer too.

    Raises ValueError for a gallery of less than one, a rate not between 0 and 1, or less than one frame.
    """
    if gallery_size < 1:
        raise ValueError(f"A threshold needs a gallery of at least 1 entry, not {gallery_size}.")
    if not 0 < fpir < 1:
        raise ValueError(f"The false-alarm budget is a share of passers-by between 0 and 1, not {fpir}.")
    share = -math.expm1(math.log1p(-fpir) / gallery_size)
    scores, shares = _columns(prior)
    wanted = math.log10(share)
    if wanted < shares[0]:
        score = scores[0] - (shares[0] - wanted) * prior.decade
    else:
        score = float(np.interp(wanted, shares, scores))
    return float(score - averaging_shift(frames, prior))


def share_of_strangers(score: float, *, frames: int = 1, prior: Prior = DEFAULT_PRIOR) -> float:
    """The share of strangers whose score against one entry is at or under `score`: the false-match rate, 0..1."""
    return float(10 ** _log_share(np.array(score + averaging_shift(frames, prior)), prior))


def strangers_this_alike(score: float, *, frames: int = 1, prior: Prior = DEFAULT_PRIOR) -> float:
    """N, where about one stranger in N looks at least this much like the entry; at least 1."""
    return 1 / share_of_strangers(score, frames=frames, prior=prior)


def averaging_shift(count: int, prior: Prior = DEFAULT_PRIOR) -> float:
    """How much nearer everybody is to the mean of `count` independent templates than to one of them.

    Raises ValueError for a count under one.
    """
    if count < 1:
        raise ValueError(f"A mean needs at least 1 photograph or frame, not {count}.")
    return prior.averaging_gain * (1 - 1 / count)


def estimate_offset(
    histogram: Histogram,
    expected: float,
    *,
    looks_each: float = 1.0,
    beyond: float = 0.0,
    strangers_matched: int = 0,
    prior: Prior = DEFAULT_PRIOR,
) -> Estimate:
    """What the passers-by counted say of an entry's offset, starting from the offset `expected` of its template.

    Bayes' rule on a grid. The prior is normal around `expected`; the likelihood is that of the prior's tail moved to
    the offset, for the nearest passers-by one by one, and for the rest only that they are farther (a censored sample).
    `looks_each` is how often the same person passes on average: a thousand tracks of a hundred people are counted as a
    hundred, which slows learning, never the budget. Passers-by nearer than `beyond` were not counted, because they
    might have been the entry's own person: the likelihood is that of those who are farther.
    `strangers_matched` is of how many matches people said that it was somebody else. They lower the mean or leave it,
    and make nobody surer: the spread stays that of the passers-by, so no number of them raises the cautious offset.
    They wait until passers-by were counted, for before that nobody knows among how many they are.

    Raises ValueError for `looks_each` under one.
    """
    if looks_each < 1:
        raise ValueError(f"Everybody who passed was seen at least once, not {looks_each} times.")
    belief = -0.5 * ((_GRID - expected) / prior.offset_spread) ** 2
    if total := histogram.total:
        belief = belief + _log_likelihood(histogram.counts, total, beyond, prior) / looks_each
    mean, spread = _moments(belief)
    if strangers_matched and total and beyond > LOWEST:
        matches = _log_likelihood_of_matches(strangers_matched, total, beyond - NEAR, prior)
        mean = min(mean, _moments(belief + matches / looks_each)[0])
    return Estimate(mean, spread, total)


def estimate_offsets(
    histograms: Sequence[Histogram], vectors: Floats, *, looks_each: float = 1.0, prior: Prior = DEFAULT_PRIOR
) -> list[Estimate]:
    """One estimate for each entry, from its histogram and its template (n, 128).

    Raises ValueError when there are not as many histograms as templates.
    """
    if len(histograms) != len(vectors):
        raise ValueError(f"{len(vectors)} entries need as many histograms, not {len(histograms)}.")
    expected = prior.crowding(vectors) if len(vectors) else np.zeros(0)
    return [
        estimate_offset(histogram, float(centre), looks_each=looks_each, prior=prior)
        for histogram, centre in zip(histograms, expected, strict=True)
    ]


def offsets(
    histograms: Sequence[Histogram], vectors: Floats, *, looks_each: float = 1.0, prior: Prior = DEFAULT_PRIOR
) -> Floats:
    """The cautious offset of each entry, (n,) float32, as `Gallery.offsets` wants them."""
    estimates = estimate_offsets(histograms, vectors, looks_each=looks_each, prior=prior)
    return np.array([estimate.cautious(prior) for estimate in estimates], np.float32)


def starting_offset(photographs: int = 1, prior: Prior = DEFAULT_PRIOR) -> float:
    """The offset of an entry that has met nobody, where not even its template is at hand.

    `offsets` with an empty histogram is far better: it looks up how crowded the template's surroundings are.
    """
    return Estimate(
        prior.offset_mean - averaging_shift(photographs, prior), prior.offset_spread_unseen, passers_by=0
    ).cautious(prior)


def expected_misses(
    offset: float, threshold: float, *, photographs: int = 1, frames: int = 1, prior: Prior = DEFAULT_PRIOR
) -> float:
    """The share of an entry's own passes that will not match, 0..1, by what is known of mated distances.

    An entry with a twin in sight of a camera gets an offset so small that hardly any pass matches: this number says
    so, and is to be shown beside the entry instead of letting it fall silent.
    """
    squared = prior.mated_distance**2 * (1 / photographs + 1 / frames) / 2
    farthest = threshold + offset
    deviations = (farthest - math.sqrt(squared)) / prior.mated_spread
    return 0.5 * math.erfc(deviations / math.sqrt(2))


def cannot_separate(best: float, runner_up: float | None, threshold: float) -> bool:
    """Whether the two best scores of a track both match, so that an alert must name both people."""
    return runner_up is not None and best <= threshold and runner_up <= threshold


def _log_likelihood(counts: NDArray[np.int64], total: int, beyond: float, prior: Prior) -> NDArray[np.float64]:
    """The log-likelihood of the nearest passers-by, and of the rest being farther, for each offset of the grid."""
    last = int(np.searchsorted(np.cumsum(counts), max(1.0, _TAIL_SHARE * total)))
    upper = edges()[: last + 1]
    uncounted = 10 ** _log_share(beyond - _GRID[:, None], prior)
    # Of those farther than `beyond`; with nothing left out, of everybody.
    shares = np.maximum(10 ** _log_share(upper[None] - _GRID[:, None], prior) - uncounted, 0) / (1 - uncounted)
    within = np.diff(shares, axis=1, prepend=0.0)
    near = counts[: last + 1]
    farther = total - int(near.sum())
    logs: NDArray[np.float64] = np.log(np.maximum(within, _TINY)) @ near
    return logs + farther * np.log(np.maximum(1 - shares[:, -1], _TINY))


def _log_likelihood_of_matches(matches: int, total: int, limit: float, prior: Prior) -> NDArray[np.float64]:
    """That of so many strangers matched among `total` (Poisson), for each offset of the grid.

    Which share of such matches people decided on is not known; with the likeliest share, an offset at which as many or
    more were to be expected explains them all equally well. So it never rises with the offset.
    """
    expected = max(total, matches) * 10 ** _log_share(limit - _GRID, prior)
    decided = np.clip(expected, _TINY, matches)
    logs: NDArray[np.float64] = matches * np.log(decided) - decided
    return logs


def _moments(belief: NDArray[np.float64]) -> tuple[float, float]:
    """The mean and standard deviation of a belief over the grid, given as logarithms."""
    weights = np.exp(belief - belief.max())
    weights /= weights.sum()
    mean = float(weights @ _GRID)
    return mean, math.sqrt(max(float(weights @ (_GRID - mean) ** 2), 0.0))


def _log_share(score: NDArray[np.float64], prior: Prior) -> NDArray[np.float64]:
    scores, shares = _columns(prior)
    inside = np.interp(score, scores, shares)
    return np.where(score < scores[0], shares[0] - (scores[0] - score) / prior.decade, inside)


def _columns(prior: Prior) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scores, shares = np.array(prior.tail).T
    return scores, np.log10(shares)
