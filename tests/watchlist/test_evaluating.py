"""Measuring: what is counted, and what the sentences then say."""

import json
from pathlib import Path

import pytest

from cameras.vision.evaluation_statistics import by_chance
from tests.watchlist.evaluations import PLAN, crowd, figures_of, made_up, people_of, refused
from watchlist.evaluating.album import Album, Plan
from watchlist.evaluating.folders import (
    FolderProblem,
    Person,
    beside_groups,
    photographs_in,
    read_excluded,
    read_groups,
)
from watchlist.evaluating.measuring import claim_of, measure
from watchlist.evaluating.page import standalone
from watchlist.evaluating.words import claim, passages, percent


def folder(tmp_path: Path, *names: str) -> Path:
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


# -- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_given_twice_holds_photographs_for_both(tmp_path):
    people = folder(tmp_path, "ann/1.jpg", "ann/2.jpg", "bob.jpg")
    found = photographs_in(people, [people])
    assert [(one.person, one.path.name) for one in found] == [("ann", "1.jpg"), ("ann", "2.jpg"), ("bob", "bob.jpg")]
    assert all(one.in_gallery and one.in_probes for one in found)


def test_several_folders_can_be_searched(tmp_path):
    gallery, first, second = (folder(tmp_path / name, "ann.jpg") for name in ("gallery", "first", "second"))
    found = photographs_in(gallery, [first, second])
    assert [(one.in_gallery, one.in_probes) for one in found] == [(False, True), (True, False), (False, True)]


def test_a_missing_and_an_empty_folder_are_named(tmp_path):
    people = folder(tmp_path / "people", "ann.jpg")
    with pytest.raises(FolderProblem, match="no folder .*nowhere.*--probes"):
        photographs_in(people, [tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderProblem, match="No photographs in .*empty"):
        photographs_in(tmp_path / "empty", [people])


def test_what_is_on_the_list_is_left_out_people_as_well_as_photographs(tmp_path):
    people = folder(tmp_path / "people", "ann/ann_1.jpg", "ann/ann_2.jpg", "bob/bob_1.jpg")
    listed = tmp_path / "list.txt"
    listed.write_text("# wrong labels\nann_2   # another woman (the set's own list of errors)\nbob\n")
    found = photographs_in(people, [people], read_excluded(listed))
    assert [one.path.stem for one in found] == ["ann_1"]
    with pytest.raises(FolderProblem, match="All photographs"):
        photographs_in(people, [people], frozenset({"ann", "bob"}))


@pytest.mark.parametrize(
    ("age", "band"),
    [("11", "0-11"), ("11.9", "0-11"), ("12", "12-17"), ("17", "12-17"), ("18", "18-29"), ("75", "60+")],
)
def test_ages_in_years_become_bands(tmp_path, age, band):
    (tmp_path / "people.csv").write_text(f"id,age,gender,ethnicity\n1,{age},female,east_asian\n")
    person = read_groups(tmp_path / "people.csv")["1"]
    assert (person.age, person.gender, person.ethnicity) == (band, "Female", "East asian")


def test_bands_are_kept_and_what_is_unknown_stays_unknown(tmp_path):
    (tmp_path / "people.csv").write_text("id,age,gender,ethnicity\n1,30-39,NA,Black\n2,NA,Male,\n")
    groups = read_groups(tmp_path / "people.csv")
    assert (groups["1"].age, groups["1"].gender, groups["2"].age, groups["2"].ethnicity) == ("30-39", "", "", "")


def test_a_file_of_groups_without_its_columns_says_which(tmp_path):
    (tmp_path / "people.csv").write_text("id,age\n1,30\n")
    with pytest.raises(FolderProblem, match="ethnicity, gender"):
        read_groups(tmp_path / "people.csv")
    (tmp_path / "people.csv").write_text("id,age,gender,ethnicity\n1,old,Male,Black\n")
    with pytest.raises(FolderProblem, match="“old” is no age"):
        read_groups(tmp_path / "people.csv")


def test_photographs_beside_the_groups_are_for_comparing_only(tmp_path):
    people = folder(tmp_path, "images/7.jpg", "8.jpg", "images/9.jpg", "searched/9.jpg")
    known = photographs_in(people / "searched", [people / "searched"])
    found = beside_groups(people / "people.csv", ["7", "8", "9", "10"], frozenset(), known)
    assert [(one.person, one.in_gallery, one.in_probes) for one in found] == [("7", False, False), ("8", False, False)]


# -- figures ---------------------------------------------------------------------------------------------------------


def test_the_figures_are_json_and_hold_no_name_and_no_template():
    text = json.dumps(figures_of(grouped=True), allow_nan=False)
    assert "known" not in text.replace("unknown", "")
    assert "stranger 1" not in text


def test_refusals_are_counted_by_reason():
    photographs, seen = made_up(crowd())
    seen[:3] = [
        refused(seen[0], "The face is blurred"),
        refused(seen[1], "The face is blurred"),
        refused(seen[2], "Dark"),
    ]
    figures = measure(Album.of(photographs, seen), seen, PLAN)
    assert figures["enrolment"]["reasons"] == {"The face is blurred": 2, "Dark": 1}
    assert figures["enrolment"]["errors"] == 3
    assert figures["enrolment"]["trials"] == len(photographs)


def test_each_number_of_photographs_and_frames_is_measured_with_the_used_one_last():
    figures = figures_of(Plan(size=10, photographs=2, frames=2, rounds=1), crowd(15, 30, photographs=6))
    assert [(each["photographs"], each["frames"]) for each in figures["settings"]] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_a_small_run_cannot_support_a_claim_of_one_in_a_thousand():
    found = figures_of()["claim"]
    assert found["met"]
    assert not found["supported"]
    assert (found["strangers"], found["searches_needed"]) == (60, 2995)


def test_the_same_run_supports_a_weaker_claim():
    figures = figures_of(Plan(size=20, photographs=2, frames=1, rounds=2, fpir=0.1))
    assert figures["claim"]["supported"]
    assert claim(figures).startswith("Proved, with 95 % confidence: at most one in 10")
    assert "lists of up to 22 people" in claim(figures)


@pytest.mark.parametrize(("met", "because"), [(True, "takes about 2,995 strangers"), (False, "more than one in 1,000")])
def test_what_is_not_proved_says_so_and_why(met: bool, because: str):
    figures = figures_of()
    figures["claim"] |= {"supported": False, "met": met}
    assert claim(figures).startswith("Not proved: ")
    assert because in claim(figures)


@pytest.mark.parametrize(
    ("strangers", "upper", "proved"), [(2995, 0.001, True), (2994, 0.001, False), (2995, 0.00101, False)]
)
def test_a_claim_is_proved_by_enough_strangers_and_an_interval_that_ends_at_the_budget(strangers, upper, proved):
    rate = {"value": 0.0005, "people": [0.0, upper], "wilson": [0.0, 0.0007]}
    setting = {"ours": {"operating": {"fpir": rate}}}
    assert claim_of(setting, strangers, 0.001)["supported"] is proved


def test_without_mated_photographs_misses_are_not_measured():
    figures = figures_of(Plan(size=10, photographs=1, frames=1, rounds=1), {f"person {n}": 1 for n in range(40)})
    assert figures["settings"][-1]["ours"]["operating"]["fnir"] is None
    assert "not measured" in " ".join(passages(figures)[1].sentences)
    assert "not measured" in standalone(figures, about="A test.")


def test_groups_are_compared_between_adults_and_ages_between_all():
    counts = crowd(40, 160)
    groups = figures_of(counts=counts, grouped=True)["groups"]
    adults = sum(person.is_adult for person in people_of(counts).values())
    assert sum(row["people"] for row in groups["ethnicity"]["groups"]) == adults
    assert [row["group"] for row in groups["age"]["groups"]] == ["10-19", "20-29"]
    assert groups["ages"]["included"]
    assert [row["group"] for row in groups["ages"]["young"]] == ["10-19"]


def test_a_group_of_nineteen_is_left_out_and_one_of_twenty_is_not():
    counts = {f"stranger {n}": 1 for n in range(80)} | {f"known {n}": 4 for n in range(4)}
    photographs, seen = made_up(counts)
    groups = people_of(dict.fromkeys(counts, 1))
    for number, name in enumerate(list(counts)[:59]):
        groups[name] = Person("20-29", "Male", "Few" if number < 19 else "Red" if number < 39 else "Blue")
    for name in list(counts)[59:]:
        groups[name] = Person("20-29", "Male", "")
    found = measure(Album.of(photographs, seen), seen, Plan(4, 2, 1, rounds=1), groups=groups)["groups"]["ethnicity"]
    assert [row["group"] for row in found["groups"]] == ["Blue", "Red"]
    assert found["left_out"] == {"Few": 19}


# -- words and page --------------------------------------------------------------------------------------------------


def test_the_first_sentence_says_how_many_of_a_thousand_strangers_raise_an_alert():
    figures = figures_of()
    rate = figures["settings"][-1]["ours"]["operating"]["fpir"]
    rate |= {"value": 0.0042, "errors": 5, "wilson": [0.0018, 0.0097], "people": [0.001, 0.008]}
    first = passages(figures)[0].sentences[0]
    assert first == ("Of 1,000 people who are not on a list of 20, about 4.2 (95 %: 1 to 9.7) would raise an alert.")


def test_where_less_than_one_of_a_thousand_does_it_is_told_of_ten_thousand():
    figures = figures_of()
    rate = figures["settings"][-1]["ours"]["operating"]["fpir"]
    rate |= {"value": 0.0003, "errors": 3, "wilson": [0.0001, 0.0009], "people": [0.0001, 0.0006]}
    assert "Of 10,000 people who are not on a list of 20, about 3 (95 %: 1 to 9)" in passages(figures)[0].sentences[0]


@pytest.mark.parametrize(
    ("blue", "green", "words"),
    [
        (0, 0, "Everybody's face was found"),
        (4, 1, "no more in this than chance would have it"),
        (40, 1, "hardly chance"),
    ],
)
def test_who_is_not_seen_is_said_with_whether_it_may_be_chance(blue: int, green: int, words: str):
    figures = figures_of(counts=crowd(40, 160), grouped=True)
    compared = figures["groups"]["ethnicity"]
    for row, errors in zip(compared["groups"], (blue, green), strict=True):
        row["no_face"] |= {"errors": errors, "trials": 100, "value": errors / 100}
    compared["fta_chance"] = by_chance([blue, green], [100, 100])
    sentences = " ".join(passages(figures)[2].sentences)
    assert words in sentences
    assert ("No face was found most often in the group Blue" in sentences) is (blue > 0)


def test_without_minors_the_report_says_that_it_knows_nothing_of_them():
    sentence = passages(figures_of())[3].sentences[0]
    assert "Nobody between 12 and 17" in sentence
    assert "Nobody under 12 can be enrolled" in sentence


def test_with_minors_the_report_says_what_it_found():
    sentence = passages(figures_of(counts=crowd(40, 160), grouped=True))[3].sentences[0]
    assert "ages 10-19" in sentence


def test_the_report_is_one_file_that_needs_no_other_and_runs_nothing():
    page = standalone(figures_of(counts=crowd(40, 160), grouped=True), about="Measured <today>.")
    assert "<script" not in page
    assert "src=" not in page and "href=" not in page
    assert ' style="' not in page
    assert "Measured &lt;today&gt;." in page
    assert page.count("<svg") == 4  # the trade-off, and three kinds of groups


def test_names_of_groups_are_escaped_in_tables_and_plots():
    counts = crowd(40, 160)
    photographs, seen = made_up(counts)
    groups = {
        name: Person(person.age, person.gender, f"<b>{person.ethnicity}") for name, person in people_of(counts).items()
    }
    page = standalone(measure(Album.of(photographs, seen), seen, PLAN, groups=groups), about="")
    assert "<b>" not in page
    assert page.count("&lt;b&gt;Blue") >= 3


@pytest.mark.parametrize(
    ("share", "words"), [(0.34, "34 %"), (0.0123, "1.2 %"), (0.00012, "0.012 %"), (None, "not measured")]
)
def test_shares_are_written_with_two_digits(share, words):
    assert percent(share) == words
