"""Recording that somebody was shown a list: what was on it, in numbers, in as many records as that takes."""

from collections.abc import Iterable
from itertools import count, groupby

from audit.services import Actor, record_access

LONGEST = 280  # characters of a record's subject


def record_list(*, actor: Actor, what: str, numbers: Iterable[int | str]) -> None:
    """Record that `actor` looked at a list (`what`) in which the rows of these numbers appeared, before it is shown."""
    for subject in subjects(what, [str(number) for number in numbers]):
        record_access(actor=actor, action="looked at", subject=subject)


def subjects(what: str, numbers: list[str]) -> list[str]:
    """The list's name and its numbers, cut into pieces that fit a record: none is left out."""
    if not numbers:
        return [f"{what}: nothing in it"]
    pieces, piece = [], f"{what}: {numbers[0]}"
    for number in numbers[1:]:
        if len(piece) + len(number) + 2 > LONGEST:
            pieces.append(piece)
            piece = f"{what}, continued: {number}"
        else:
            piece += f", {number}"
    return [*pieces, piece]


def in_runs(numbers: Iterable[int]) -> list[str]:
    """The numbers in order and each once, runs of neighbours as one: "9", "12–57"."""
    ahead = count()
    runs = [list(run) for _, run in groupby(sorted(set(numbers)), key=lambda number: number - next(ahead))]
    return [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
