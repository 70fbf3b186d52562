import json
import logging
from pathlib import Path

import numpy as np
import pytest

from cameras.vision import convert
from cameras.vision.convert import convert_models, example_faces, read_conversion
from cameras.vision.dat import UnknownNetworkError, read_layers
from cameras.vision.embed import Embedder, dlib_network
from cameras.vision.runtime import RUNTIMES, load_network
from cameras.vision.weights import RECOGNITION, weight_file


def test_every_runtime_gives_the_descriptors_of_dlib_itself(model_folder: Path):
    faces = example_faces()
    wanted = dlib_network(weight_file(RECOGNITION))(faces)
    for runtime in RUNTIMES:
        found = load_network(model_folder / "embedder.onnx", runtime)(faces)[0]
        assert np.linalg.norm(found - wanted, axis=1).max() < 1e-4, runtime


def test_the_record_says_what_was_measured(model_folder: Path):
    record = read_conversion(model_folder)
    assert record is not None
    assert record.runtime in RUNTIMES
    assert record.milliseconds[record.runtime] <= min(record.milliseconds[runtime] for runtime in RUNTIMES)
    assert 0 < record.worst_difference[record.runtime] < 1e-4
    assert record.source_sha256.startswith("55533b28")


def test_a_second_conversion_changes_nothing(model_folder: Path):
    before = {path.name: path.stat().st_mtime_ns for path in model_folder.iterdir()}
    convert_models(model_folder)
    assert {path.name: path.stat().st_mtime_ns for path in model_folder.iterdir()} == before
    assert set(before) == {"embedder.onnx", "embedder.json"}


def test_a_damaged_network_is_converted_again(tmp_path: Path, model_folder: Path):
    (tmp_path / "embedder.json").write_text((model_folder / "embedder.json").read_text())
    (tmp_path / "embedder.onnx").write_bytes((model_folder / "embedder.onnx").read_bytes()[:-100])
    convert_models(tmp_path)
    assert (tmp_path / "embedder.onnx").read_bytes() == (model_folder / "embedder.onnx").read_bytes()


def test_a_conversion_that_differs_is_not_used_and_a_warning_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(convert, "TOLERANCE", 0.0)
    with caplog.at_level(logging.WARNING):
        conversion = convert_models(tmp_path)
    assert conversion.runtime == "dlib"
    assert "dlib itself will recognise faces" in caplog.text
    assert Embedder(tmp_path).runtime == "dlib"
    assert json.loads((tmp_path / "embedder.json").read_text())["runtime"] == "dlib"


@pytest.mark.parametrize(
    "content", [b"", b"not a network", b"\x01\x05con_4\x01\x02\x02\x80\x12\x01\x01\x01\x01\x01\x01ab"]
)
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "network.dat"
    path.write_bytes(content)
    with pytest.raises(UnknownNetworkError):
        read_layers(path)
