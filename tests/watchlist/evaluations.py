"""Made-up photographs for evaluations: people as points in the network's space, seen with some noise."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from cameras.vision.prior import DEFAULT_PRIOR
from watchlist.evaluating.album import Album, Plan
from watchlist.evaluating.folders import Person, Photograph
from watchlist.evaluating.measuring import Figures, measure
from watchlist.evaluating.pictures import Seen

PLAN = Plan(size=20, photographs=2, frames=1, rounds=2)


def made_up(counts: dict[str, int], *, both: bool = True, seed: int = 0) -> tuple[list[Photograph], list[Seen]]:
    """So many photographs of each person, in one folder for both; else the first one enrolled, the others searched."""
    random = np.random.default_rng(seed)
    axes = DEFAULT_PRIOR.crowding.axes
    photographs, seen = [], []
    for person, count in counts.items():
        identity = DEFAULT_PRIOR.crowding.centre + random.normal(0, 0.05, 128)
        identity = identity + axes @ random.normal(0, 0.03, axes.shape[1])
        for index in range(count):
            template = (identity + random.normal(0, 0.01, 128)).astype(np.float32)
            path = Path(person) / f"{person}_{index}.jpg"
            photographs.append(Photograph(path, person, both or index == 0, both or index > 0))
            seen.append(Seen("", template, template + np.float32(0.001), usual_found=True))
    return photographs, seen


def crowd(enrolled: int = 30, strangers: int = 60, *, photographs: int = 4) -> dict[str, int]:
    return {f"known {n}": photographs for n in range(enrolled)} | {f"stranger {n}": 1 for n in range(strangers)}


def refused(seen: Seen, reason: str) -> Seen:
    return replace(seen, refusal=reason)


def people_of(counts: dict[str, int]) -> dict[str, Person]:
    """Two ethnicities, two genders, and every fifth person between 10 and 19."""
    return {
        name: Person(
            "10-19" if index % 5 == 0 else "20-29", ("Female", "Male")[index % 2], ("Blue", "Green")[index // 2 % 2]
        )
        for index, name in enumerate(counts)
    }


def figures_of(plan: Plan = PLAN, counts: dict[str, int] | None = None, *, grouped: bool = False) -> Figures:
    counts = counts or crowd()
    photographs, seen = made_up(counts)
    groups = people_of(counts) if grouped else None
    return measure(Album.of(photographs, seen), seen, plan, groups=groups)
