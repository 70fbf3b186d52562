"""Packets as a camera sends them, from clips made on the spot, and what a test recorder kept of them."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av

from cameras.recording.mux import with_lengths
from cameras.recording.reasons import Reason, RecordingState
from cameras.recording.slicing import Segment

START = 1_800_000_000.0  # some moment, in unix seconds


def packets(path: Path) -> Iterator[av.Packet]:
    """The video packets of a file, whose stream stays open."""
    container = av.open(str(path))
    yield from (packet for packet in container.demux(video=0) if packet.size)


def arrivals(path: Path, *, at: float = START) -> Iterator[tuple[av.Packet, float]]:
    """The packets of a file with the moment at which a camera would have sent them."""
    for packet in packets(path):
        yield packet, at + float(packet.dts * packet.time_base)


def payloads(content: bytes) -> list[bytes]:
    with av.open(io.BytesIO(content)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def pictures(content: bytes) -> int:
    """How many pictures can be decoded, each without an error."""
    with av.open(io.BytesIO(content)) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return sum(1 for _ in container.decode(video=0))


def as_sent(segment: Segment) -> list[bytes]:
    """The samples of a segment in the framing of an MP4."""
    frame = with_lengths if segment.track.has_start_codes else bytes
    return [frame(sample.data) for sample in segment.samples]


@dataclass
class Shelf:
    """A keeper that remembers; `fail` is raised by each attempt to keep while it is set."""

    kept: list[tuple[int, Segment]] = field(default_factory=list)
    gaps: list[tuple[int, float | None, Reason]] = field(default_factory=list)
    states: list[tuple[int, RecordingState]] = field(default_factory=list)
    fail: Exception | None = None
    released: threading.Event | None = None

    def keep(self, camera: int, segment: Segment) -> None:
        if self.released is not None:
            self.released.wait(20)
        if self.fail is not None:
            raise self.fail
        self.kept.append((camera, segment))

    def leave_out(self, camera: int, since: float | None, reason: Reason) -> None:
        self.gaps.append((camera, since, reason))

    def report(self, camera: int, state: RecordingState) -> None:
        self.states.append((camera, state))

    @property
    def segments(self) -> list[Segment]:
        return [segment for _, segment in self.kept]

    @property
    def reasons(self) -> list[Reason]:
        return [reason for _, _, reason in self.gaps]
