"""Cameras with something recorded."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cameras.models import Camera, Segment
from cameras.recording.mux import segment_bytes
from cameras.recording.slicing import Mode, Slicer, SlicingOptions
from cameras.recording.storing import segment_store
from tests.conftest import Cast
from tests.recording.packets import arrivals
from tests.rtsp.clips import make_clip

Record = Callable[..., list[Segment]]


def record(camera: Camera, path: Path, at: datetime, *, length: float = 2.0) -> list[Segment]:
    """Record a clip as if the camera had sent it from `at` on; the rows, in order."""
    slicer = Slicer(Mode.ALWAYS, SlicingOptions(length=length))
    done = [item for packet, now in arrivals(path, at=at.timestamp()) for item in slicer.add(packet, now)]
    done += slicer.flush()
    return [segment_store(camera.pk, item, segment_bytes(item.track, item.samples)) for item in done]


@pytest.fixture(scope="session")
def nine_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=9.0)


@pytest.fixture
def eight_in_the_morning() -> datetime:
    return datetime(2026, 3, 2, 13, 0, tzinfo=UTC)  # at North Park


@pytest.fixture
def recorded(front_door: Camera, nine_seconds: Path, eight_in_the_morning: datetime) -> list[Segment]:
    """Nine seconds of North Park's front door, from eight in the morning on."""
    return record(front_door, nine_seconds, eight_in_the_morning)


@pytest.fixture
def watchers(cast: Cast) -> Cast:
    """The cast, whose reviewers of North Park may watch its recordings by their role and their grant."""
    return cast
