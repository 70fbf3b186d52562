import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from cameras.benchmarking import Report, enrol, people_in, run
from cameras.vision.analyse import Models
from tests.vision.pictures import corridor, face_picture, noisy, with_faces


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    folder = tmp_path / "gallery"
    (folder / "eileen").mkdir(parents=True)
    cv2.imwrite(str(folder / "eileen" / "1.png"), face_picture(500))
    cv2.imwrite(str(folder / "nobody.jpg"), np.full((400, 300, 3), 120, np.uint8))
    return folder


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Three seconds at ten frames a second; the astronaut walks through in the last two."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 960, 540, "yuv420p"
        for number in range(30):
            picture = corridor() if number < 10 else with_faces((60 + 20 * number, 200))
            frame = av.VideoFrame.from_ndarray(noisy(picture, number), format="bgr24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_people_are_read_from_files_and_folders(gallery: Path):
    people = people_in(gallery)
    assert {name: [path.name for path in paths] for name, paths in people.items()} == {
        "eileen": ["1.png"],
        "nobody": ["nobody.jpg"],
    }


def test_a_gallery_without_photographs_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="No photographs"):
        people_in(tmp_path)


def test_a_photograph_without_a_face_is_named(gallery: Path, models: Models):
    enrolled = enrol(gallery, models)
    assert enrolled.people == ("eileen",)
    assert enrolled.refused == ("nobody.jpg",)


def test_the_person_in_the_clip_is_found_at_the_right_time(clip: Path, gallery: Path, models: Models):
    report = run(clip, enrol(gallery, models), models, fps=5)
    assert (report.decoded, report.analysed) == (30, 15)
    assert [sighting.person for sighting in report.sightings] == ["eileen"]
    assert 1.0 <= report.sightings[0].first <= 2.0
    assert report.cpu["decode"] > 0
    assert report.cpu["detect"] > 0


def test_the_usual_loop_sees_the_same_frames_and_costs_more(clip: Path, gallery: Path, models: Models):
    report = run(clip, enrol(gallery, models), models, fps=2, usual=True)
    assert report.usual_people == ["eileen"]
    assert report.usual_cpu is not None
    assert report.usual_cpu > 3 * report.analysis_cpu


def test_the_ratio_counts_decoding_on_both_sides():
    report = Report("clip", cpu={"decode": 1.0, "detect": 2.0, "embed": 1.0}, usual_cpu=39.0)
    assert report.ratio == pytest.approx(10.0)
    assert report.as_dict()["times_less_cpu_without_decoding"] == 13.0


def test_the_command_prints_json(
    clip: Path, gallery: Path, model_folder: Path, settings, capsys: pytest.CaptureFixture[str]
):
    settings.LOCKPORT_MODELS = model_folder
    call_command("benchmark", str(clip), gallery=gallery, json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["frames_analysed"] == 15
    assert [match["person"] for match in printed["matches"]] == ["eileen"]


def test_the_command_prints_a_table(
    clip: Path, gallery: Path, model_folder: Path, settings, capsys: pytest.CaptureFixture[str]
):
    settings.LOCKPORT_MODELS = model_folder
    call_command("benchmark", str(clip), gallery=gallery)
    printed = capsys.readouterr().out
    assert "eileen" in printed
    assert "Refused, no face: nobody.jpg" in printed


@pytest.mark.parametrize(("name", "content"), [("missing.mp4", None), ("text.mp4", b"this is not a film")])
def test_a_clip_that_cannot_be_read_is_a_plain_error(
    tmp_path: Path, gallery: Path, model_folder: Path, settings, name: str, content: bytes | None
):
    settings.LOCKPORT_MODELS = model_folder
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=name):
        call_command("benchmark", str(tmp_path / name), gallery=gallery)


def test_models_are_converted_by_a_command(tmp_path: Path, settings, capsys: pytest.CaptureFixture[str]):
    settings.LOCKPORT_MODELS = tmp_path / "models"
    call_command("convert_models")
    assert "from dlib on" in capsys.readouterr().out
    assert np.all([(tmp_path / "models" / name).exists() for name in ("embedder.onnx", "embedder.json")])
