"""Derive the shipped prior from templates of people: what goes in are templates, what comes out are figures.

The figures are those of populations of thousands: a smooth surface over the templates' space that says how crowded
each part of it is, and the tail of strangers' scores. Nobody can be recognised from them. The people they come from
must not be among those a result is measured on; docs/decisions/0004-thresholds.md says who they were.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .distances import distances_between
from .prior import OFFSET_SHARE, Crowding
from .types import Floats

_BENDING_AXES = 10  # the directions in which faces differ most; more did not predict better on people left out
_RIDGE = 0.01
_SHARES = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
_FEWEST = 20  # comparisons under a share for it to be believed

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Templates (n, 128) float32 and whose they are, (n,) whole numbers."""

    templates: Floats
    people: NDArray[np.int64]


def fit_crowding(entries: Population, strangers: Population) -> Crowding:
    """How near strangers come to a template, as a smooth function of the template: a quadratic in its main directions.

    The distance under which one in a hundred of `strangers` (never the entry's own person) falls is fitted by ridge
    regression to the entries' templates.
    """
    x = entries.templates.astype(np.float64)
    centre = x.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov((x - centre).T))
    axes = directions[:, ::-1][:, :_BENDING_AXES]
    features = _features(x - centre, axes)
    scale = features.std(axis=0)
    target = located(entries, strangers)
    penalty = _RIDGE * len(x) * np.eye(features.shape[1])
    scaled = (features - features.mean(axis=0)) / scale
    weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (target - target.mean())) / scale
    constant = float(target.mean() - features.mean(axis=0) @ weights)
    return _packed(centre, axes, weights, constant)


def fit_tail(*samples: tuple[Population, Population, Population]) -> tuple[tuple[float, float], ...]:
    """(score, share of strangers at or under it), pooled over samples of (entries, teachers, strangers).

    In each sample the teachers teach the entries' offsets and the strangers are then compared with them; teachers and
    strangers must have no person in common. Shares that fewer than twenty comparisons support are left out.
    """
    scores = np.concatenate(
        [
            (distances_to_others(entries, strangers) - located(entries, teachers)[:, None]).reshape(-1)
            for entries, teachers, strangers in samples
        ]
    )
    known = np.sort(scores[np.isfinite(scores)])
    shares = [share for share in _SHARES if share * len(known) >= _FEWEST]
    return tuple((float(known[max(round(share * len(known)) - 1, 0)]), share) for share in shares)


def located(entries: Population, strangers: Population) -> Matrix:
    """(n,) the distance under which `OFFSET_SHARE` of strangers falls, between the two nearest to that rank."""
    return np.nanquantile(distances_to_others(entries, strangers), OFFSET_SHARE, axis=1)


def distances_to_others(entries: Population, strangers: Population) -> Matrix:
    """(entries, strangers) Euclidean distances; NaN where both are the same person."""
    distances = distances_between(entries.templates, strangers.templates)
    distances[entries.people[:, None] == strangers.people[None]] = np.nan
    return distances


def _features(x: Matrix, axes: Matrix) -> Matrix:
    main = x @ axes
    rows, columns = np.triu_indices(axes.shape[1])
    squared = (x * x).sum(axis=1)[:, None]
    return np.concatenate([x, main[:, rows] * main[:, columns], squared, np.sqrt(squared)], axis=1)


def _packed(centre: Matrix, axes: Matrix, weights: Matrix, constant: float) -> Crowding:
    size, bent = axes.shape
    rows, columns = np.triu_indices(bent)
    linear, bends, (square, length) = np.split(weights, [size, size + len(rows)])
    curve = np.zeros((bent, bent))
    curve[rows, columns] = bends
    return Crowding(centre, linear, axes, (curve + curve.T) / 2, float(square), float(length), constant)
