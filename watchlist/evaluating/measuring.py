"""Measure recognition on an album of photographs; the result is plain figures that JSON can hold, and no face."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cameras.vision.evaluation import (
    TARGETS,
    USUAL_THRESHOLD,
    Evaluation,
    Point,
    Searches,
    evaluate,
    pool,
    search,
    search_usual,
)
from cameras.vision.evaluation_statistics import Rate, rate, searches_needed
from watchlist.evaluating.album import Album, Cast, Plan, cast_of, draw
from watchlist.evaluating.comparing import compare_people
from watchlist.evaluating.folders import FolderProblem, Person
from watchlist.evaluating.pictures import Seen

Figures = dict[str, Any]
Tell = Callable[[str], None]

FORMAT = 2  # of the figures; readers refuse others


def _silent(text: str) -> None:
    """Tell nobody."""


def measure(
    album: Album,
    seen: list[Seen],
    plan: Plan,
    *,
    groups: Mapping[str, Person] | None = None,
    tell: Tell = lambda _: None,
) -> Figures:
    """Everything the report says, as figures.

    Raises FolderProblem when nobody can be enrolled or no stranger is left.
    """
    try:
        cast = cast_of(album, plan)
    except FolderProblem as problem:
        refused = Counter(each.refusal for each in seen if each.refusal).most_common()
        reasons = "; ".join(f"{count} × {reason[0].lower()}{reason[1:]}" for reason, count in refused)
        raise FolderProblem(f"{problem} Refused for enrolling: {reasons}." if reasons else str(problem)) from None
    if plan.size and cast.size < plan.size:
        tell(f"Only {cast.size:,} people can be enrolled: lists are of so many, not of {plan.size:,}.\n")
    settings = []
    for photographs, frames in _settings(plan):
        tell(f"searching: {photographs} enrolled, {frames} a search")
        settings.append(_setting(album, cast, plan, photographs=photographs, frames=frames))
    strangers = settings[-1]["strangers"]
    tell("comparing groups")
    return {
        "format": FORMAT,
        "fpir": plan.fpir,
        "gallery_size": cast.size,
        "photographs": plan.photographs,
        "frames": plan.frames,
        "rounds": plan.rounds,
        "enrolled_people": len(cast.enrolled),
        "strangers": strangers,
        "enrolment": _enrolment(album, seen),
        "acquisition": _acquisition(album, seen),
        "settings": settings,
        "claim": claim_of(settings[-1], strangers, plan.fpir),
        "groups": compare_people(album, seen, groups, gallery_size=cast.size, fpir=plan.fpir) if groups else None,
    }


def _settings(plan: Plan) -> list[tuple[int, int]]:
    """One and several photographs, one and several frames; the last one is how the product is used."""
    return sorted({(p, f) for p in (1, plan.photographs) for f in (1, plan.frames)})


def _setting(album: Album, cast: Cast, plan: Plan, *, photographs: int, frames: int) -> Figures:
    ours, flattered, usual = [], [], []
    for index, (gallery, probes) in enumerate(draw(album, cast, photographs=photographs, plan=plan, frames=frames)):
        ours.append(search(gallery, probes, frames=frames, by_length=True, seed=plan.seed + index))
        flattered.append(search(gallery, probes, frames=frames, seed=plan.seed + index) if frames > 1 else ours[-1])
        usual.append(search_usual(gallery, probes, frames=frames))
    targets = tuple(sorted({*TARGETS, plan.fpir}, reverse=True))
    together = pool(ours)
    derived = evaluate(together, targets=targets, seed=plan.seed)
    compared = evaluate(pool(usual), targets=targets, threshold=lambda _: USUAL_THRESHOLD, seed=plan.seed)
    return {
        "photographs": photographs,
        "frames": frames,
        "searches": len(together.stranger_scores) + len(together.mated_scores),
        "strangers": len(np.unique(together.stranger_people)),
        "mated": len(np.unique(together.mated_people)),
        "ours": _evaluation(derived, together, plan.fpir),
        "flattered": _flattered(flattered, targets, plan) if frames > 1 else None,
        "usual": _evaluation(compared, together, plan.fpir),
    }


def _flattered(parts: list[Searches], targets: tuple[float, ...], plan: Plan) -> Figures:
    """What it would look like if strangers' single pictures were compared with means of several as if they were of
    one kind: averaging brings enrolled people nearer to their entries, and strangers with it, but not these."""
    together = pool(parts)
    return _evaluation(evaluate(together, targets=targets, seed=plan.seed), together, plan.fpir)


def _evaluation(evaluation: Evaluation, searches: Searches, fpir: float) -> Figures:
    mated = len(searches.mated_scores) > 0
    operating = next(point for point in evaluation.derived if point.wanted == fpir)
    return {
        "measured": [_point(point, mated) for point in evaluation.measured],
        "operating": _point(operating, mated) | {"fnir_people": None},
        "derived": [_point(point, mated) | {"fnir_people": None} for point in evaluation.derived],
        "curve": [[number(fpir_), number(fnir)] for _, fpir_, fnir in evaluation.curve] if mated else [],
    }


def _point(point: Point, mated: bool) -> Figures:
    """`fnir_people` allows for the threshold being set on these strangers, which a derived one is not."""
    return {
        "wanted": point.wanted,
        "threshold": number(point.threshold),
        "fpir": plain(point.fpir),
        "fnir": plain(point.fnir) if mated else None,
        "fnir_people": [number(edge) for edge in point.fnir_people] if mated else None,
    }


def claim_of(setting: Figures, strangers: int, fpir: float) -> Figures:
    """Whether this run shows that no more strangers than the budget raise an alert.

    By both intervals, of which the one over people allows for the same strangers returning in every gallery; and by
    the rule of three: where hardly anybody raised an alert, only the number of different people says how sure that is.
    """
    measured, needed = setting["ours"]["operating"]["fpir"], searches_needed(fpir)
    upper = max(measured["people"][1], measured["wilson"][1])
    return {
        "fpir": fpir,
        "measured": measured["value"],
        "upper": upper,
        "searches_needed": needed,
        "strangers": strangers,
        "met": measured["value"] <= fpir,
        "supported": upper <= fpir and strangers >= needed,
    }


def _enrolment(album: Album, seen: list[Seen]) -> Figures:
    """Failure to enrol, over the photographs of the gallery."""
    tried = np.flatnonzero(album.in_gallery)
    refused = ~album.enrollable[tried]
    reasons = Counter(seen[index].refusal for index in tried[refused])
    return plain(rate(refused, album.faces.people[tried])) | {"reasons": dict(reasons.most_common())}


def _acquisition(album: Album, seen: list[Seen]) -> Figures:
    """Failure to acquire, over the photographs searched, with that of the usual way's detector."""
    tried = np.flatnonzero(album.in_probes)
    people = album.faces.people[tried]
    no_face = np.array([seen[index].template is None for index in tried])
    poor = np.array([seen[index].too_poor for index in tried])
    usual = np.array([not seen[index].usual_found for index in tried])
    return {name: plain(rate(mask, people)) for name, mask in (("no_face", no_face), ("poor", poor), ("usual", usual))}


def plain(value: Rate) -> Figures:
    """A rate as JSON can hold it."""
    return {
        "value": number(value.value),
        "errors": value.errors,
        "trials": value.trials,
        "wilson": [number(edge) for edge in value.wilson],
        "people": [number(edge) for edge in value.people],
    }


def number(value: float) -> float | None:
    """Six significant digits, so that a figure is the same wherever it is stored; None for what is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
