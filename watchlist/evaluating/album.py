"""The photographs of an evaluation after they were looked at, and the galleries drawn from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cameras.vision.evaluation import Faces
from cameras.vision.types import DIMENSIONS
from watchlist.evaluating.folders import FolderProblem, Photograph
from watchlist.evaluating.pictures import Seen

USUAL_SIZE = 100
PROBES_EACH = 6  # tracks of one enrolled person in one gallery, so that a few famous people do not decide

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """How recognition is measured: galleries of `size` people (None: everybody who can be enrolled, or 100 where a
    folder is both gallery and probes) with up to `photographs` each, probes of `frames` photographs, a false-alarm
    budget `fpir`, `rounds` random galleries."""

    size: int | None = None
    photographs: int = 3
    frames: int = 3
    fpir: float = 0.001
    rounds: int = 12
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """What is known of n photographs; templates (n, 128) are zero where there are none.

    `enrollable` passed the check for enrolling, `searchable` show a face fit to be searched.
    """

    photographs: tuple[Photograph, ...]
    names: tuple[str, ...]
    faces: Faces
    enrollable: Mask
    searchable: Mask
    in_gallery: Mask
    in_probes: Mask

    @classmethod
    def of(cls, photographs: Sequence[Photograph], seen: Sequence[Seen]) -> "Album":
        nothing = np.zeros(DIMENSIONS, np.float32)
        names = sorted({photograph.person for photograph in photographs})
        number = {name: index for index, name in enumerate(names)}
        people = np.array([number[photograph.person] for photograph in photographs], np.int64)
        templates = [nothing if each.template is None else each.template for each in seen]
        usual = [nothing if each.usual is None else each.usual for each in seen]
        return cls(
            tuple(photographs),
            tuple(names),
            Faces(np.stack(templates), people, np.stack(usual)),
            np.array([not each.refusal for each in seen]),
            np.array([each.template is not None and not each.too_poor for each in seen]),
            np.array([photograph.in_gallery for photograph in photographs]),
            np.array([photograph.in_probes for photograph in photographs]),
        )

    def of_photographs(self, chosen: Sequence[int]) -> Faces:
        """The faces in these photographs."""
        which = np.array(chosen, np.int64)
        return Faces(self.faces.templates[which], self.faces.people[which], self.faces.usual[which])


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Who can be enrolled and who is a stranger, as numbers of people. Without strangers of their own the probes'
    strangers are those who were not drawn into the gallery."""

    enrolled: Indices
    strangers: Indices
    size: int
    overlapping: bool

    @property
    def strangers_are_drawn(self) -> bool:
        return not len(self.strangers)


def cast_of(album: Album, plan: Plan) -> Cast:
    """Who plays which part.

    Where a folder was given for both, people with enough photographs for enrolling and one probe can be enrolled, and
    people with a single one are the strangers; people in between are left out. Where nobody has two photographs, a
    gallery is drawn from all, so that at least false alarms can be measured.

    Raises FolderProblem when nobody can be enrolled, or nobody is left to be a stranger.
    """
    people = album.faces.people
    overlapping = bool((album.in_gallery & album.in_probes).any())
    enrollable = _count(people, album.enrollable & album.in_gallery, album)
    in_gallery = _count(people, album.in_gallery, album) > 0
    searchable = _count(people, album.searchable & album.in_probes, album)
    strangers = ~in_gallery & (searchable > 0)
    enrolled = enrollable > 0
    if overlapping:
        single = in_gallery & (_count(people, album.in_gallery | album.in_probes, album) == 1)
        enough = (enrollable >= plan.photographs) & (searchable > plan.photographs)
        if enough.any():
            enrolled, strangers = enough, strangers | (single & (searchable > 0))
    if not enrolled.any():
        raise FolderProblem("No photograph of the gallery could be enrolled.")
    size = plan.size or (USUAL_SIZE if overlapping else None)
    return _sized(np.flatnonzero(enrolled), np.flatnonzero(strangers), size, overlapping)


def _sized(enrolled: Indices, strangers: Indices, size: int | None, overlapping: bool) -> Cast:
    wanted = len(enrolled) if size is None else size
    room = len(enrolled) if len(strangers) else len(enrolled) - 2
    if len(strangers) == 1 or room < 1 or (not len(strangers) and wanted > room):
        smaller = ", or give a smaller --size to enrol only so many and search for the others"
        raise FolderProblem(
            "There are fewer than two strangers: everybody in --probes is in --gallery, too. Add folders of people who "
            f"are not enrolled to --probes{smaller if len(enrolled) > 2 else ''}."
        )
    return Cast(enrolled, strangers, min(wanted, room), overlapping)


def draw(album: Album, cast: Cast, *, photographs: int, plan: Plan, frames: int) -> Iterator[tuple[Faces, Faces]]:
    """Random galleries with their probes; each person's photographs are drawn, too (see `_split`)."""
    random = np.random.default_rng(plan.seed)
    everybody = len(cast.enrolled) == cast.size and not cast.overlapping
    for _ in range(1 if everybody else plan.rounds):
        chosen = random.permutation(cast.enrolled)[: cast.size]
        gallery: list[int] = []
        probes: list[int] = []
        for person in chosen:
            own = random.permutation(np.flatnonzero(album.faces.people == person))
            enrolled, rest = _split(album, own, random, photographs=photographs)
            gallery += enrolled.tolist()
            probes += rest[: PROBES_EACH * frames].tolist()
        strangers = np.setdiff1d(cast.enrolled, chosen) if cast.strangers_are_drawn else cast.strangers
        searched = np.isin(album.faces.people, strangers) & album.searchable & album.in_probes
        probes += np.flatnonzero(searched).tolist()
        yield album.of_photographs(gallery), album.of_photographs(probes)


def _split(album: Album, own: Indices, random: np.random.Generator, *, photographs: int) -> tuple[Indices, Indices]:
    """One person's photographs, in random order, as those enrolled and those that may be searched.

    Enrolling takes good photographs away. If all that it refused were left to be searched, probes would be worse than
    what a camera sees: so of these as large a share is left out as enrolling took of the others.
    """
    suitable = (album.enrollable & album.in_gallery)[own]
    enrolled, left = own[suitable][:photographs], own[suitable][photographs:]
    searched_only = own[album.in_probes[own] & ~album.in_gallery[own]]
    refused = np.setdiff1d(own[~suitable], searched_only)
    as_often = random.random(len(refused)) < len(left) / max(len(own[suitable]), 1)
    rest = random.permutation(np.concatenate([left, refused[as_often], searched_only]))
    return enrolled, rest[(album.searchable & album.in_probes)[rest]]


def _count(people: Indices, which: Mask, album: Album) -> Indices:
    return np.bincount(people[which], minlength=len(album.names))
