"""Folders of photographs for an evaluation: whose they are, to which groups they belong, and which are left out."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cameras.benchmarking import people_in

ADULT = 18
KINDS = ("ethnicity", "gender", "age")

# Ages in years are put into these bands; a band that the file itself gives ("20-29") is kept as it is.
_BANDS = ((0, 11), (12, 17), (18, 29), (30, 39), (40, 49), (50, 59), (60, 120))
_UNKNOWN = {"", "na", "n/a", "unknown"}


class FolderProblem(ValueError):
    """The folders do not hold what an evaluation needs; the message says what to add."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """One file; a photograph may be for enrolling, for searching, or, where a folder was given twice, for either."""

    path: Path
    person: str
    in_gallery: bool
    in_probes: bool


@dataclass(frozen=True, slots=True)
class Person:
    """The groups of one person: `age` is a band in years, such as 20-29; what is not known is empty."""

    age: str
    gender: str
    ethnicity: str

    @property
    def is_adult(self) -> bool:
        return self.age == "" or years(self.age)[0] >= ADULT


def photographs_in(gallery: Path, probes: Sequence[Path], excluded: frozenset[str] = frozenset()) -> list[Photograph]:
    """All photographs of `<person>.jpg` and `<person>/*.jpg` in both, but those excluded.

    Raises FolderProblem when a folder is missing or empty.
    """
    own = _paths(gallery, "--gallery", excluded)
    searched: dict[Path, str] = {}
    for folder in probes:
        searched |= _paths(folder, "--probes", excluded)
    return [
        Photograph(path, person, in_gallery=path in own, in_probes=path in searched)
        for path, person in sorted((own | searched).items())
    ]


def read_excluded(file: Path | None) -> frozenset[str]:
    """Names of people or photographs, one a line; what follows a # is for the reason and the source.

    Raises FolderProblem when the file cannot be read.
    """
    if file is None:
        return frozenset()
    try:
        lines = [line.split("#")[0].strip() for line in file.read_text().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise FolderProblem(f"The list of what to leave out cannot be read: {file} ({error}).") from error
    return frozenset(line.removesuffix(".jpg") for line in lines if line)


def read_groups(file: Path) -> dict[str, Person]:
    """People by id from a file with the columns id, age, gender and ethnicity.

    Raises FolderProblem when it cannot be read, a column is missing, or an age is neither years nor a band of years.
    """
    try:
        with file.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FolderProblem(f"The groups cannot be read: {file} ({error}).") from error
    missing = [name for name in ("id", *KINDS) if not rows or name not in rows[0]]
    if missing:
        raise FolderProblem(
            f"{file} has no column {', '.join(missing)}. Its first line should be: id,age,gender,ethnicity"
        )
    return {
        row["id"]: Person(_band(row["age"] or "", file), _word(row["gender"]), _word(row["ethnicity"])) for row in rows
    }


def beside_groups(
    file: Path, people: Iterable[str], excluded: frozenset[str], known: Sequence[Photograph]
) -> list[Photograph]:
    """Photographs of people of the groups' file who are in no other folder: `<id>.jpg` or `images/<id>.jpg` beside it.

    They are for comparing groups only, neither enrolled nor searched.
    """
    there = {photograph.person for photograph in known}
    found = []
    for person in people:
        if person in there or person in excluded:
            continue
        places = (file.parent / "images" / f"{person}.jpg", file.parent / f"{person}.jpg")
        path = next((place for place in places if place.is_file()), None)
        if path is not None:
            found.append(Photograph(path.resolve(), person, in_gallery=False, in_probes=False))
    return found


def years(band: str) -> tuple[int, int]:
    """First and last year of a band such as 20-29 or 70+. Raises ValueError for anything else."""
    first, _, last = band.rstrip("+").partition("-")
    return int(first), int(last) if last else (120 if band.endswith("+") else int(first))


def _paths(folder: Path, option: str, excluded: frozenset[str]) -> dict[Path, str]:
    if not folder.is_dir():
        raise FolderProblem(f"There is no folder {folder} (given as {option}).")
    try:
        people = people_in(folder)
    except ValueError as error:
        raise FolderProblem(str(error)) from None
    found = {
        path.resolve(): person
        for person, paths in people.items()
        if person not in excluded
        for path in paths
        if path.stem not in excluded
    }
    if not found:
        raise FolderProblem(f"All photographs in {folder} are on the list of what to leave out.")
    return found


def _band(age: str, file: Path) -> str:
    age = age.strip().replace("–", "-")
    if age.lower() in _UNKNOWN:
        return ""
    try:
        if "-" in age or age.endswith("+"):
            years(age)
            return age
        number = float(age)
    except ValueError:
        raise FolderProblem(f"{file}: “{age}” is no age. Write years (34) or a band of years (30-39).") from None
    first, last = next(band for band in _BANDS if number < band[1] + 1 or band is _BANDS[-1])
    return f"{first}-{last}" if last < _BANDS[-1][1] else f"{first}+"


def _word(text: str | None) -> str:
    word = (text or "").strip().replace("_", " ")
    if word.lower() in _UNKNOWN:
        return ""
    return word.capitalize() if word.islower() else word
