"""One camera's packets cut into segments that begin at keyframes. Pure: packets in, values out, nothing on a disk.

Works group by group (a keyframe and the pictures that depend on it): a group is kept whole or not at all.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cameras.recording.mux import Sample, Track, track_of

_USUAL_STEP = 0.04  # seconds between two pictures, where the first one has no time


class Mode(StrEnum):
    """When a camera is recorded."""

    OFF = "off"
    ALWAYS = "always"
    MOTION = "motion"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicingOptions:
    """Seconds: how long a segment should be; what is kept before motion begins and after it ends; how far the camera's
    clock may run from ours; the longest and (in bytes) largest segment of a camera that sends hardly any keyframes."""

    length: float = 10.0
    before: float = 4.0
    after: float = 10.0
    drift: float = 2.0
    longest: float = 120.0
    largest: int = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Samples to be stored together; `start` and `end` in unix seconds, `end` being where the next one may begin."""

    track: Track
    samples: Sequence[Sample]
    start: float
    end: float
    has_motion: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """Time that was left out on purpose, because nothing moved."""

    start: float
    end: float


@dataclass(slots=True, eq=False)
class _Group:
    samples: list[Sample]
    end: float = 0.0

    @property
    def start(self) -> float:
        return self.samples[0].at


@dataclass(slots=True, eq=False)
class Slicer:
    """Feed it with `add`; call `motion` when something moves. Not for several threads at once."""

    mode: Mode
    options: SlicingOptions = field(default_factory=SlicingOptions)
    _stream: Any = None
    _track: Track | None = None
    _base: Fraction = Fraction(1)
    _anchor: tuple[float, float] | None = None  # our clock's time of a moment of the camera's
    _undated: bytes | None = None
    _open: _Group | None = None
    _kept: list[_Group] = field(default_factory=list)
    _before: deque[_Group] = field(default_factory=deque)
    _moved_at: float = float("-inf")
    _bytes: int = 0

    def motion(self, at: float) -> None:
        """Something moved at this moment (unix seconds)."""
        self._moved_at = max(self._moved_at, at)

    def add(self, packet: Any, now: float) -> list[Segment | Skipped]:
        """Take an `av.Packet` that arrived at `now`; what became complete with it. Raises NotRecordable."""
        dts = packet.dts if packet.dts is not None else packet.pts
        done = self._begin_anew_if_needed(packet, dts, now)
        if dts is None:
            # Of a stream's first packet FFmpeg does not know the time yet.
            self._undated = bytes(packet) if packet.is_keyframe and self._open is None else None
            return done
        pts = packet.pts if packet.pts is not None else dts
        done += self._take(Sample(bytes(packet), dts, max(pts, dts), bool(packet.is_keyframe), self._time_of(dts, now)))
        if self._open and (
            self._last.at - self._open.start > self.options.longest or self._bytes > self.options.largest
        ):
            done += self.flush()  # the camera sends hardly any keyframes; the next one begins a new segment
        return done

    def _take(self, sample: Sample) -> list[Segment | Skipped]:
        undated, self._undated = self._undated, None
        if self._open is None and undated is not None and not sample.is_key:
            step = round(_USUAL_STEP / self._base)
            dts = sample.dts - step
            self._open = _Group([Sample(undated, dts, dts, True, sample.at - _USUAL_STEP)])
        if self._open is None and not sample.is_key:
            return []
        self._bytes += len(sample.data)
        if self._open is not None and sample.dts == self._last.dts:
            # A part of the same picture: some senders give each slice a packet of its own.
            last = self._open.samples.pop()
            self._open.samples.append(replace(last, data=last.data + sample.data))
            return []
        done = self._close_group(sample.at) if sample.is_key else []
        if self._open is None:
            self._open = _Group([])
        self._open.samples.append(sample)
        return done

    @property
    def _last(self) -> Sample:
        if self._open is None:
            raise LookupError("No group of pictures is open.")
        return self._open.samples[-1]

    def _time_of(self, dts: int, now: float) -> float:
        position = float(dts * self._base)
        if self._anchor is None:
            self._anchor = (now, position)
        return self._anchor[0] + position - self._anchor[1]

    def _begin_anew_if_needed(self, packet: Any, dts: int | None, now: float) -> list[Segment | Skipped]:
        """At a new connection, a jump of the camera's clock or of ours, what there was is complete."""
        is_other = packet.stream is not self._stream
        went_back = dts is not None and self._open is not None and dts < self._last.dts
        is_off = packet.is_keyframe and dts is not None and not is_other and self._is_off(dts, now)
        if not (is_other or went_back or is_off):
            return []
        done = self.flush()
        if is_other:
            self._stream, self._track = packet.stream, track_of(packet.stream)
            self._base = self._track.base
        self._anchor = None
        return done

    def _is_off(self, dts: int, now: float) -> bool:
        return abs(self._time_of(dts, now) - now) > self.options.drift

    def flush(self) -> list[Segment | Skipped]:
        """What there is, complete or not: the stream ended or was interrupted."""
        done: list[Segment | Skipped] = []
        if self._open is not None:
            samples = self._open.samples
            step = samples[-1].at - samples[-2].at if len(samples) > 1 else 0.0
            done += self._close_group(samples[-1].at + step)
        done += self._finish()
        if self._before:
            done.append(Skipped(self._before[0].start, self._before[-1].end))
            self._before.clear()
        return done

    def _close_group(self, end: float) -> list[Segment | Skipped]:
        group, self._open = self._open, None
        if group is None:
            return []
        group.end = end
        if self.mode is Mode.MOTION and self._moved_at < group.start - self.options.after:
            return self._set_aside(group)
        self._kept += [*self._before, group]
        self._before.clear()
        return self._finish() if group.end - self._kept[0].start >= self.options.length else []

    def _set_aside(self, group: _Group) -> list[Segment | Skipped]:
        """Nothing moved: keep the last seconds in memory, for what comes before the next motion."""
        done = self._finish()
        self._before.append(group)
        while len(self._before) > 1 and group.end - self._before[1].start >= self.options.before:
            left_out = self._before.popleft()
            self._bytes -= sum(len(sample.data) for sample in left_out.samples)
            done.append(Skipped(left_out.start, left_out.end))
        return done

    def _finish(self) -> list[Segment | Skipped]:
        if not self._kept or self._track is None:
            return []
        groups, self._kept = self._kept, []
        samples = [sample for group in groups for sample in group.samples]
        self._bytes -= sum(len(sample.data) for sample in samples)
        start, end = groups[0].start, groups[-1].end
        moved = start - self.options.before <= self._moved_at <= end + self.options.before
        return [Segment(self._track, samples, start, end, moved)]
