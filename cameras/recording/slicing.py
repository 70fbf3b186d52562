"""One camera's packets cut into segments that begin at keyframes. Pure: packets in, values out, nothing on a disk.

Works group by group (a keyframe and the pictures that depend on it): a group is kept whole or not at all.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cameras.recording.mux import Sample, Track, track_of


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
    _anchor: tuple[float, float] | None = None  # our clock's time of a moment of the camera's
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
        done = self._begin_anew_if_needed(packet, now)
        dts = packet.dts if packet.dts is not None else packet.pts
        if dts is None or self._anchor is None or (self._open is None and not packet.is_keyframe):
            return done
        if self._open is not None:
            dts = max(dts, self._open.samples[-1].dts + 1)
        at = self._anchor[0] + float(dts * packet.time_base) - self._anchor[1]
        pts = packet.pts if packet.pts is not None else dts
        sample = Sample(bytes(packet), dts, pts, bool(packet.is_keyframe), at)
        self._bytes += len(sample.data)
        if sample.is_key or self._open is None:
            done += self._close_group(at)
            self._open = _Group([sample])
        else:
            self._open.samples.append(sample)
        if at - self._open.start > self.options.longest or self._bytes > self.options.largest:
            done += self.flush()  # the camera sends hardly any keyframes; the next one begins a new segment
        return done

    def _begin_anew_if_needed(self, packet: Any, now: float) -> list[Segment | Skipped]:
        """At a new connection, a jump of the camera's clock or of ours, what there was is complete."""
        dts = packet.dts if packet.dts is not None else packet.pts
        position = float(dts * packet.time_base) if dts is not None else None
        is_new = packet.stream is not self._stream or self._went_back(dts)
        if not is_new and (position is None or not packet.is_keyframe or not self._is_off(position, now)):
            return []
        done = self.flush()
        if packet.stream is not self._stream:
            self._stream, self._track = packet.stream, track_of(packet.stream)
        self._anchor = None if position is None else (now, position)
        return done

    def _is_off(self, position: float, now: float) -> bool:
        if self._anchor is None:
            return True
        return abs(self._anchor[0] + position - self._anchor[1] - now) > self.options.drift

    def _went_back(self, dts: int | None) -> bool:
        """Whether the camera's own clock went backwards, as when it was restarted or a file begins anew."""
        previous = self._open.samples[-1].dts if self._open else None
        return previous is not None and dts is not None and dts < previous

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
