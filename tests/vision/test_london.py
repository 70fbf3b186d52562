"""Real faces: people of the London set, enrolled neutral, filmed smiling."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cameras.benchmarking import enrol, run
from cameras.vision.analyse import Models

pytestmark = [pytest.mark.shared, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def people(shared: Path) -> list[str]:
    return sorted(path.stem for path in (shared / "data" / "london" / "neutral").glob("*.jpg"))


@pytest.fixture(scope="module")
def crowd(shared: Path, people: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """Six people, up to two at once, each face reaching 100 pixels."""
    folder = tmp_path_factory.mktemp("clip")
    faces = shared / "data" / "london" / "smiling"
    size = ["--size", "1280x720", "--fps", "10", "--face", "120", "--lanes", "2", "--gap", "1", "--crossing", "3"]
    subprocess.run(
        [
            sys.executable,
            shared / "tools" / "make_clip.py",
            "--out",
            folder / "clip.mp4",
            "--truth",
            folder / "clip.json",
        ]
        + [*size, "--faces", faces, "--people", *people[:6]],
        check=True,
    )
    return folder / "clip.mp4", json.loads((folder / "clip.json").read_text())


def test_everybody_on_the_list_is_found_and_nobody_else(
    shared: Path, people: list[str], crowd: tuple[Path, dict], models: Models, tmp_path: Path
):
    clip, truth = crowd
    filmed, enrolled_people = people[:6], people[:6:2] + people[20:50]
    for person in enrolled_people:
        (tmp_path / f"{person}.jpg").symlink_to(shared / "data" / "london" / "neutral" / f"{person}.jpg")
    report = run(clip, enrol(tmp_path, models), models, fps=5)
    assert {sighting.person for sighting in report.sightings} == set(filmed[::2])
    for sighting in report.sightings:
        there = next(person for person in truth["people"] if person["id"] == sighting.person)
        assert there["enter"] - 1.0 <= sighting.first <= sighting.last <= there["leave"] + 1.0
    assert len(filmed) <= report.tracks <= len(filmed) + 2


def test_a_track_never_changes_from_one_person_to_another(crowd: tuple[Path, dict], models: Models, shared: Path):
    clip, _ = crowd
    report = run(clip, enrol(shared / "data" / "london" / "neutral", models), models, fps=5)
    assert len({sighting.track for sighting in report.sightings}) == len(report.sightings)
    assert {sighting.person for sighting in report.sightings} <= {person["id"] for person in crowd[1]["people"]}
