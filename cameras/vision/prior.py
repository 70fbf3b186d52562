"""What is known of strangers before a single one has passed: figures about populations, nothing about anyone."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

OFFSET_SHARE = 0.01  # of strangers are nearer to an entry than its offset


@dataclass(frozen=True, slots=True, eq=False)
class Crowding:
    """How near strangers come, as a smooth function of a template x: a quadratic fitted to thousands of people.

    With y = x - `centre` (128,) and u = `axes`ᵀ y, where `axes` is (128, k), it is
    `constant` + `linear`·y + uᵀ `curve` u + `square` |y|² + `length` |y|.
    """

    centre: Values
    linear: Values
    axes: Values
    curve: Values
    square: float
    length: float
    constant: float

    def __call__(self, templates: NDArray[np.floating]) -> Values:
        """The offset to expect for each of (n, 128) templates: (n,), in the unit of distances."""
        y = templates.astype(np.float64) - self.centre
        u = y @ self.axes
        squared = (y * y).sum(axis=1)
        bent = ((u @ self.curve) * u).sum(axis=1)
        return self.constant + y @ self.linear + bent + self.square * squared + self.length * np.sqrt(squared)


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """The shipped figures; all distances in the unit of dlib's.

    `tail` holds (score, share of strangers at or under it), rising in both. Beyond its lower end the share falls by a
    factor of ten for each `decade` of distance. `crowding` gives the offset to expect for a template, right to within
    `offset_spread` (a standard deviation); without a template there are the mean and standard deviation over entries
    with one photograph, `offset_mean` and `offset_spread_unseen`. Averaging n independent templates brings everybody
    nearer by `averaging_gain` x (1 - 1/n), on the gallery's side as on the probe's. `mated_distance` and
    `mated_spread` are the root mean square and the standard deviation between two photographs of one person.
    `probe_weight` is the share of a probe's own crowding that is taken off its distances.
    """

    tail: tuple[tuple[float, float], ...]
    decade: float
    crowding: Crowding
    offset_spread: float
    offset_mean: float
    offset_spread_unseen: float
    averaging_gain: float
    mated_distance: float
    mated_spread: float
    probe_weight: float

    def to_json(self, digits: int = 6) -> str:
        """All figures as text, rounded to `digits` significant digits."""
        return json.dumps(_plain(asdict(self), digits), indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError when the text is no prior."""
        try:
            figures = json.loads(text)
            crowding: dict[str, Any] = {
                name: np.array(value) if isinstance(value, list) else value
                for name, value in figures.pop("crowding").items()
            }
            tail = tuple((float(score), float(share)) for score, share in figures.pop("tail"))
            return cls(tail=tail, crowding=Crowding(**crowding), **figures)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("This file holds no prior of strangers: restore it from the release.") from error


def _plain(value: Any, digits: int) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item, digits) for name, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(item, digits) for item in value]
    return float(f"{float(value):.{digits}g}")


DEFAULT_PRIOR = Prior.from_json(Path(__file__).with_name("prior.json").read_text())
