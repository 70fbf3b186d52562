"""The same measures for each ethnicity, gender and age: who is mistaken more often, and who is not seen at all."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cameras.vision.calibrate import threshold_for
from cameras.vision.evaluation import USUAL_THRESHOLD
from cameras.vision.evaluation_groups import Fairness, compare_groups
from cameras.vision.evaluation_statistics import by_chance, wilson
from watchlist.evaluating.album import Album, Indices
from watchlist.evaluating.folders import KINDS, Person, years
from watchlist.evaluating.pictures import Seen

FEWEST = 20  # people of a group for it to be compared; under it chance decides
YOUTH = (12, 17)

Figures = dict[str, Any]


def compare_people(
    album: Album, seen: Sequence[Seen], groups: Mapping[str, Person], *, gallery_size: int, fpir: float
) -> Figures:
    """False-match rates and failures to acquire by group. Ethnicities and genders are compared between adults; ages
    between all. `left_out` names groups too small to compare."""
    figures: Figures = {}
    for kind in KINDS:
        figures[kind] = _kind(album, seen, groups, kind=kind, threshold=threshold_for(gallery_size, fpir=fpir))
    rates = [group["within"] for group in (figures["ethnicity"] or {}).get("groups", [])]
    adults = figures["ethnicity"]
    return figures | {
        "worst_rate": max(rates, default=None),
        "worst_group": max(adults["groups"], key=lambda each: each["within"])["group"] if rates and adults else None,
        "worst_ratio": adults["ratio"] if adults else None,
        "ages": _ages(figures["age"]),
    }


def _kind(
    album: Album, seen: Sequence[Seen], groups: Mapping[str, Person], *, kind: str, threshold: float
) -> Figures | None:
    wanted = {
        name: getattr(person, kind)
        for name, person in groups.items()
        if getattr(person, kind) and (kind == "age" or person.is_adult)
    }
    known = np.array([index for index, each in enumerate(album.photographs) if each.person in wanted], np.int64)
    names = np.array([wanted[album.photographs[index].person] for index in known])
    tested = _one_each(album, known)
    of_tested = np.array([wanted[album.photographs[index].person] for index in tested])
    counts = {str(name): int((of_tested == name).sum()) for name in np.unique(names)}
    kept = sorted((name for name, count in counts.items() if count >= FEWEST), key=_order(kind))
    if len(kept) < 2:
        return None
    chosen = np.isin(of_tested, kept)
    tested, of_tested = tested[chosen], of_tested[chosen].tolist()
    ours = compare_groups(album.faces.templates[tested], of_tested)
    operating = compare_groups(album.faces.templates[tested], of_tested, threshold=threshold)
    usual = compare_groups(album.faces.usual[tested], of_tested, calibrated=False)
    at_usual = compare_groups(album.faces.usual[tested], of_tested, calibrated=False, threshold=USUAL_THRESHOLD)
    rows: list[Figures] = [
        {"group": name, "people": counts[name]}
        | _false_matches(name, ours, operating, usual, at_usual)
        | _failures(seen, known[names == name])
        for name in kept
    ]
    return {
        "groups": rows,
        "overall": ours.overall,
        "ratio": _finite(ours.within_ratio),
        "ratio_interval": [_finite(edge) for edge in ours.within_interval],
        "entries_ratio": _finite(ours.entries_ratio),
        "usual_ratio": _finite(usual.within_ratio),
        "usual_ratio_interval": [_finite(edge) for edge in usual.within_interval],
        "fta_ratio": _ratio([row["no_face"]["value"] for row in rows]),
        "fta_chance": _chance([row["no_face"] for row in rows]),
        "left_out": {name: count for name, count in counts.items() if count < FEWEST},
    }


def _one_each(album: Album, known: Indices) -> Indices:
    """One photograph of each person, fit to be searched."""
    fit = known[album.searchable[known]]
    _, first = np.unique(album.faces.people[fit], return_index=True)
    return fit[first]


def _false_matches(name: str, ours: Fairness, operating: Fairness, usual: Fairness, at_usual: Fairness) -> Figures:
    rows = [next(each for each in fairness.groups if each.group == name) for fairness in (ours, operating)]
    plainly = [next(each for each in fairness.groups if each.group == name) for fairness in (usual, at_usual)]
    return {
        "within": _finite(rows[0].within),
        "within_interval": [_finite(edge) for edge in rows[0].within_interval],
        "of_entries": _finite(rows[0].of_entries),
        "at_operating": _finite(rows[1].within),
        "usual_within": _finite(plainly[0].within),
        "usual_interval": [_finite(edge) for edge in plainly[0].within_interval],
        "at_usual_threshold": _finite(plainly[1].within),
    }


def _failures(seen: Sequence[Seen], photographs: Indices) -> Figures:
    """Failures to acquire and to enrol, with Wilson's intervals: one photograph is nearly always one person here."""
    each = [seen[index] for index in photographs]
    return {
        "no_face": _share(sum(one.template is None for one in each), len(each)),
        "poor": _share(sum(one.too_poor for one in each), len(each)),
        "refused": _share(sum(bool(one.refusal) for one in each), len(each)),
        "usual_no_face": _share(sum(not one.usual_found for one in each), len(each)),
    }


def _ages(figures: Figures | None) -> Figures:
    """What was found about people of 12 to 17, in all bands that hold such ages, and about children under 12; beside
    the mean over the bands of adults."""
    rows = [
        {name: row[name] for name in ("group", "people", "within", "within_interval")}
        for row in (figures["groups"] if figures else [])
    ]
    first, last = YOUTH
    adults = [row["within"] for row in rows if years(row["group"])[0] > last]
    young = [row for row in rows if years(row["group"])[0] <= last and years(row["group"])[1] >= first]
    children = [row for row in rows if years(row["group"])[1] < first]
    return {
        "included": bool(young and adults),
        "young": young,
        "children": children,
        "adults": _finite(sum(adults) / len(adults)) if adults else None,
    }


def _share(errors: int, trials: int) -> Figures:
    low, high = wilson(errors, trials)
    return {
        "value": _finite(errors / trials) if trials else None,
        "errors": errors,
        "trials": trials,
        "wilson": [_finite(low), _finite(high)],
    }


def _ratio(values: list[float]) -> float | None:
    return _finite(max(values) / min(values)) if values and min(values) > 0 else None


def _chance(shares: Sequence[Figures]) -> float | None:
    return _finite(by_chance([each["errors"] for each in shares], [each["trials"] for each in shares]))


def _order(kind: str) -> Any:
    return (lambda name: years(name)) if kind == "age" else str


def _finite(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
