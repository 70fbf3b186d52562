"""Reading the index: what is recorded of a camera when, and how it is cut into files for a browser."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import storages

from cameras.models import Camera, Gap, Segment
from cameras.recording.kept import Recorded, kept_between
from cameras.recording.mux import Piece, joined
from cameras.recording.reasons import Reason
from cameras.recording.slicing import SlicingOptions
from cameras.recording.timeline import SEAMLESS, Day, Span, spans

# No segment is longer: how far back the first one that matters may begin.
LONGEST = timedelta(seconds=SlicingOptions().longest + 10)
FIRST_CHUNK = 1  # segments: the first file is short, so that it starts at once
NEXT_CHUNKS = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is sent as one file: a time without a gap, in one format."""

    start: datetime
    end: datetime


def segments_between(camera: Camera, start: datetime, end: datetime) -> list[Recorded]:
    """What shows some of this time, in order: one look into the index, however much is recorded.

    Where that leaves a hole, what legal holds keep is added.
    """
    rows = Segment.objects.filter(camera=camera, start__gt=start - LONGEST, start__lt=end, end__gt=start)
    found = list(rows.order_by("start"))
    kept = kept_between(camera, [(row.start, row.end) for row in found], start, end)
    return sorted([*found, *kept], key=lambda row: row.start)


def chunks(segments: Iterable[Recorded], *, start: datetime, end: datetime) -> list[Chunk]:
    """How a time is cut into files: at gaps, at changes of format, and after some seconds."""
    found: list[Chunk] = []
    last: Recorded | None = None
    count = most = 0
    for segment in segments:
        goes_on = last is not None and segment.track == last.track and segment.start - last.end <= SEAMLESS
        if goes_on and count < most:
            found[-1] = Chunk(found[-1].start, min(segment.end, end))
            count += 1
        else:
            most = NEXT_CHUNKS if found else FIRST_CHUNK
            found.append(Chunk(max(segment.start, start), min(segment.end, end)))
            count = 1
        last = segment
    return found


def video_between(camera: Camera, start: datetime, end: datetime) -> bytes:
    """What is recorded of this time, up to the first change of format, as one MP4; b"" for nothing.

    Raises FileNotFoundError or Unreadable when it has been destroyed.
    """
    rows = segments_between(camera, start, end)
    rows = [row for row in rows if row.track == rows[0].track]
    return joined(pieces_of(rows), start=start.timestamp(), end=end.timestamp())


def pieces_of(rows: Iterable[Recorded]) -> Iterable[Piece]:
    """The decrypted segments, one at a time. Raises FileNotFoundError or Unreadable."""
    for row in rows:
        with storages["vault"].open(row.name) as file:
            yield Piece(row.start.timestamp(), file.read())


def day_spans(camera: Camera, day: Day, now: datetime) -> list[Span]:
    """The timeline of a day."""
    segments = Segment.objects.filter(
        camera=camera, start__gt=day.start - LONGEST, start__lt=day.end, end__gt=day.start
    )
    rows = list(segments.order_by("start").values_list("start", "end", "has_motion"))
    kept = kept_between(camera, [(start, end) for start, end, _ in rows], day.start, min(day.end, now))
    gaps = Gap.objects.filter(camera=camera, start__lt=day.end).exclude(end__lte=day.start)
    return spans(
        day,
        sorted(rows + [(row.start, row.end, row.has_motion) for row in kept]),
        [(gap.start, gap.end, Reason(gap.reason).words) for gap in gaps.order_by("start")],
        now=now,
    )
