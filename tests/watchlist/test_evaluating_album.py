"""Who is enrolled, who is a stranger, and which photographs are searched."""

from dataclasses import replace

import numpy as np
import pytest

from tests.watchlist.evaluations import PLAN, crowd, made_up, refused
from watchlist.evaluating.album import Album, Plan, cast_of, draw
from watchlist.evaluating.folders import FolderProblem
from watchlist.evaluating.measuring import measure


def album(counts: dict[str, int], *, both: bool = True) -> Album:
    return Album.of(*made_up(counts, both=both))


def names(one: Album, numbers: np.ndarray) -> set[str]:
    return {one.names[number] for number in numbers}


def test_of_one_folder_people_with_enough_photographs_are_enrolled_and_single_ones_are_strangers():
    one = album({"four": 4, "three": 3, "two": 2, "single": 1, "alone": 1})
    cast = cast_of(one, Plan(photographs=3))
    assert names(one, cast.enrolled) == {"four"}
    assert names(one, cast.strangers) == {"single", "alone"}


def test_of_two_folders_everybody_of_the_gallery_is_enrolled_and_the_others_are_strangers():
    photographs, seen = made_up({"ann": 3, "bob": 1, "cid": 1, "dan": 1}, both=False)
    only_searched = [replace(p, in_gallery=False, in_probes=True) if p.person != "ann" else p for p in photographs]
    one = Album.of(only_searched, seen)
    cast = cast_of(one, PLAN)
    assert names(one, cast.enrolled) == {"ann"}
    assert names(one, cast.strangers) == {"bob", "cid", "dan"}


def test_without_strangers_the_error_says_what_to_add():
    with pytest.raises(FolderProblem, match="fewer than two strangers.*smaller --size"):
        cast_of(album({"ann": 2, "bob": 2, "cid": 2}, both=False), Plan())


def test_where_nobody_could_be_left_out_of_the_list_no_smaller_one_is_advised():
    with pytest.raises(FolderProblem, match="who are not enrolled to --probes[.]$"):
        cast_of(album({"ann": 2}, both=False), Plan())


def test_when_nothing_can_be_enrolled_the_reasons_are_counted():
    photographs, seen = made_up({"ann": 3, "bob": 1, "cid": 1})
    seen = [refused(each, "The face is blurred") for each in seen]
    with pytest.raises(FolderProblem, match="could be enrolled. Refused for enrolling: 5 × the face is blurred[.]"):
        measure(Album.of(photographs, seen), seen, PLAN)


def test_a_list_that_cannot_be_as_long_as_was_asked_for_is_told_of():
    photographs, seen = made_up(crowd(6, 12))
    told: list[str] = []
    measure(Album.of(photographs, seen), seen, replace(PLAN, size=5000), tell=told.append)
    assert any("Only 6 people can be enrolled: lists are of so many, not of 5,000." in words for words in told)


def test_without_strangers_but_with_a_size_those_not_drawn_are_the_strangers():
    one = album({f"person {n}": 2 for n in range(10)}, both=False)
    plan = Plan(size=4, photographs=1, frames=1, rounds=3)
    for gallery, probes in draw(one, cast_of(one, plan), photographs=1, plan=plan, frames=1):
        assert len(gallery.people) == 4
        assert len(set(probes.people) - set(gallery.people)) == 6


def test_no_photograph_is_both_enrolled_and_searched():
    one = album(crowd(6, 4, photographs=6))
    plan = Plan(size=5, photographs=3, frames=1, rounds=4)
    for gallery, probes in draw(one, cast_of(one, plan), photographs=3, plan=plan, frames=1):
        enrolled = {template.tobytes() for template in gallery.templates}
        assert len(enrolled) == 15
        assert not enrolled & {template.tobytes() for template in probes.templates}


def test_what_was_refused_is_not_enrolled_but_searched():
    photographs, seen = made_up({"ann": 4, "bob": 1, "cid": 1})
    seen[0] = refused(seen[0], "The face is blurred")
    one = Album.of(photographs, seen)
    plan = Plan(photographs=2, frames=1, rounds=20)
    blurred = seen[0].template.tobytes()
    searched = 0
    for gallery, probes in draw(one, cast_of(one, plan), photographs=2, plan=plan, frames=1):
        assert blurred not in {template.tobytes() for template in gallery.templates}
        searched += blurred in {template.tobytes() for template in probes.templates}
    assert searched


def test_what_was_refused_is_searched_no_more_often_than_anything_else():
    """A camera does not choose pictures that enrolment would refuse: probes are as all photographs are."""
    photographs, seen = made_up(crowd(40, 4, photographs=5))
    poor = [number for number, photograph in enumerate(photographs) if photograph.path.stem.endswith("_0")]
    for number in poor:
        seen[number] = refused(seen[number], "The face is blurred")
    one, plan = Album.of(photographs, seen), Plan(size=40, rounds=100)
    templates = {seen[number].template.tobytes() for number in poor}
    searched: list[bool] = []
    for gallery, probes in draw(one, cast_of(one, plan), photographs=3, plan=plan, frames=1):
        mated = np.isin(probes.people, gallery.people)
        searched += [template.tobytes() in templates for template in probes.templates[mated]]
    assert 0.17 < np.mean(searched) < 0.23  # one photograph in five


def test_when_nothing_could_be_enrolled_the_error_says_so():
    photographs, seen = made_up({"ann": 2, "bob": 1}, both=False)
    with pytest.raises(FolderProblem, match="could be enrolled"):
        cast_of(Album.of(photographs, [refused(each, "The face is too dark") for each in seen]), PLAN)
