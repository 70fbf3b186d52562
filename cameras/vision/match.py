"""Compare what a track showed with the gallery: identity and distance come from one comparison.

The probe is the mean of the track's embeddings weighted by quality. An entry is named only when the probe is close
enough *and* several single frames agree on the same entry.
"""

from dataclasses import dataclass

import numpy as np

from . import calibrate
from .prior import DEFAULT_PRIOR, Prior
from .types import Floats, Gallery


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """`agreeing` frames must have the same nearest entry, each within `frame_slack` of the threshold."""

    agreeing: int = 2
    frame_slack: float = 0.08
    prior: Prior = DEFAULT_PRIOR


@dataclass(frozen=True, slots=True)
class Comparison:
    """A probe against a gallery: the nearest entry, and the second nearest where there is one.

    `raw_distance` is that of `calibrate.compare`; `distance` has the entry's offset subtracted too.
    """

    entry: int
    distance: float
    raw_distance: float
    runner_up: int | None
    runner_up_distance: float | None


def compare(probe: Floats, gallery: Gallery, prior: Prior = DEFAULT_PRIOR) -> Comparison | None:
    """The entry nearest to a probe (128,) float32; None when the gallery is empty.

    A mean of several frames is compared as one frame is: the frames of one walk resemble each other, and passers-by
    are counted in the same way, so that what averaging does is in the entries' offsets already.
    """
    if not len(gallery):
        return None
    raw = calibrate.compare(probe[None], gallery.vectors, squares=gallery.squares, prior=prior)[0]
    distances = raw - gallery.offsets
    first = int(np.argmin(distances))
    second = int(np.argmin(np.where(np.arange(len(raw)) == first, np.inf, distances))) if len(raw) > 1 else None
    return Comparison(
        entry=gallery.entries[first],
        distance=float(distances[first]),
        raw_distance=float(raw[first]),
        runner_up=None if second is None else gallery.entries[second],
        runner_up_distance=None if second is None else float(distances[second]),
    )


def mean_embedding(embeddings: Floats, weights: Floats) -> Floats:
    """The weighted mean (128,) of embeddings (n, 128), n at least 1; equal weights where all are zero."""
    weights = weights if float(weights.sum()) > 0 else np.ones_like(weights)
    return np.average(embeddings, axis=0, weights=weights).astype(np.float32)


def decide(
    embeddings: Floats, weights: Floats, gallery: Gallery, options: MatchOptions | None = None
) -> Comparison | None:
    """The entry that a track's embeddings (n, 128), weighted by quality (n,), belong to; None for nobody there.

    A distance exactly at the gallery's threshold is a match.
    """
    options = options or MatchOptions()
    if not len(gallery) or len(embeddings) < options.agreeing:
        return None
    together = compare(mean_embedding(embeddings, weights), gallery, options.prior)
    if together is None or together.distance > gallery.threshold:
        return None
    limit = gallery.threshold + options.frame_slack
    singles = [compare(embedding, gallery, options.prior) for embedding in embeddings]
    agreeing = sum(1 for one in singles if one and one.entry == together.entry and one.distance <= limit)
    return together if agreeing >= options.agreeing else None
