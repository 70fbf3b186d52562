"""Packets of a camera into fragmented MP4 and out again, untouched and in memory. Pure: no Django, no disk.

H.264 and H.265 arrive in one of two framings: with start codes (Annex B, as RTSP sends them) or with lengths (as they
lie in MP4). A file holds the second; the pictures themselves are never changed.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

# Reproducible, so that a browser that asks for a file in pieces gets pieces of one file.
_MUX = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "fflags": "+bitexact"}
RECORDABLE = ("h264", "hevc", "mjpeg", "mpeg4", "av1", "vp9")
_FRAMED = ("h264", "hevc")
_START = b"\x00\x00\x01"


class NotRecordable(ValueError):  # noqa: N818 - reads as what happened
    """The camera's codec cannot be put into an MP4."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One encoded picture. `dts` and `pts` in units of the track's time base; `at` in unix seconds."""

    data: bytes
    dts: int
    pts: int
    is_key: bool
    at: float


@dataclass(frozen=True, slots=True)
class Track:
    """How to decode samples: `header` is an MP4 without pictures; `base` seconds a unit; sizes in pixels."""

    codec: str
    header: bytes
    base: Fraction
    width: int
    height: int
    has_start_codes: bool

    @property
    def mark(self) -> str:
        """Eight characters that are the same for what can be put together in one file."""
        return hashlib.sha256(self.header).hexdigest()[:8]


def track_of(stream: Any) -> Track:
    """The track that an `av.VideoStream` sends. Raises NotRecordable."""
    context = stream.codec_context
    if context.name not in RECORDABLE:
        raise NotRecordable(f"Video in the format {context.name} cannot be recorded. Set the camera to H.264 or H.265.")
    file = io.BytesIO()
    try:
        with av.open(file, "w", format="mp4", options=_MUX) as output:
            output.add_stream_from_template(stream)
            output.start_encoding()
    except av.error.FFmpegError:
        raise NotRecordable(
            f"The camera's {context.name} video cannot be recorded: its description is missing."
        ) from None
    framed = context.name in _FRAMED and not (context.extradata or b"\x00").startswith(b"\x01")
    return Track(context.name, file.getvalue(), stream.time_base, context.width, context.height, framed)


def with_lengths(data: bytes) -> bytes:
    """A picture with start codes (ITU-T H.264, Annex B) as one with four-byte lengths (ISO/IEC 14496-15).

    A unit never ends in a zero byte, so those before the next start code belong to that.
    """
    units = [unit.rstrip(b"\x00") for unit in data.split(_START)]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if unit)


def segment_bytes(track: Track, samples: Sequence[Sample]) -> bytes:
    """A fragmented MP4 of these samples, its time beginning at 0; a fragment for each keyframe."""
    first = samples[0].dts
    file = io.BytesIO()
    with av.open(io.BytesIO(track.header)) as template, av.open(file, "w", format="mp4", options=_MUX) as output:
        stream = output.add_stream_from_template(template.streams.video[0])
        for sample in samples:
            data = with_lengths(sample.data) if track.has_start_codes else sample.data
            output.mux(_packet(stream, data, sample.dts - first, sample.pts - first, sample.is_key, track.base))
    return file.getvalue()


def _packet(stream: Any, data: bytes, dts: int, pts: int, is_key: bool, base: Fraction) -> Any:
    packet = av.Packet(data)
    packet.stream = stream
    packet.dts, packet.pts, packet.time_base, packet.is_keyframe = dts, pts, base, is_key
    return packet


@dataclass(frozen=True, slots=True)
class Piece:
    """A stored segment: when its first picture was sent, in unix seconds, and its MP4."""

    start: float
    content: bytes


def joined(pieces: Iterable[Piece], *, start: float, end: float) -> bytes:
    """One MP4 of what consecutive pieces of one format show between two moments (unix seconds); b"" for nothing.

    It begins with the last keyframe at or before `start`, for nothing can be decoded from the middle.
    """
    file = io.BytesIO()
    output = stream = None
    began, last = 0.0, -1
    try:
        for at, packet in _between(pieces, start, end):
            if output is None:
                output = av.open(file, "w", format="mp4", options=_MUX)
                stream = output.add_stream_from_template(packet.stream)
                began = at
            dts = max(round((at - began) / packet.time_base), last + 1)
            pts = dts + packet.pts - packet.dts
            output.mux(_packet(stream, bytes(packet), dts, pts, packet.is_keyframe, packet.time_base))
            last = dts
    finally:
        if output is not None:
            output.close()
    return file.getvalue()


def _between(pieces: Iterable[Piece], start: float, end: float) -> Iterator[tuple[float, Any]]:
    """(unix seconds, packet) from the last keyframe at or before `start`, or the first there is, to `end`."""
    waiting: list[tuple[float, Any]] = []
    has_begun = False
    for piece in pieces:
        for at, packet in packets_of(piece):
            if at >= end:
                break
            if has_begun or at > start:
                yield from waiting
                yield at, packet
                waiting, has_begun = [], True
                continue
            if packet.is_keyframe:
                waiting = []
            waiting.append((at, packet))
    yield from waiting


def packets_of(piece: Piece) -> Iterator[tuple[float, Any]]:
    """Each packet of a piece with the moment at which it was sent, in unix seconds."""
    # Left open while its packets are in use: they belong to its stream.
    source = av.open(io.BytesIO(piece.content))
    for packet in source.demux(source.streams.video[0]):
        if packet.size:
            yield piece.start + float(packet.dts * packet.time_base), packet
