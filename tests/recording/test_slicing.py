"""Packets of real clips cut into segments: nothing lost, nothing changed, each segment decodable on its own."""

from pathlib import Path

import av
import numpy as np
import pytest

from cameras.recording.mux import NotRecordable, Piece, joined, segment_bytes, track_of, with_lengths
from cameras.recording.slicing import Mode, Segment, Skipped, Slicer, SlicingOptions
from tests.recording.packets import START, arrivals, as_sent, packets, payloads, pictures
from tests.rtsp.clips import encoded_pictures, make_clip, make_sound

SHORT = SlicingOptions(length=2.0, before=2.0, after=2.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine seconds, a keyframe a second."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=9.0)


def sliced(path: Path, slicer: Slicer, *, motion: tuple[float, ...] = ()) -> list[Segment | Skipped]:
    done = []
    for packet, now in arrivals(path):
        for moment in motion:
            if now >= START + moment > now - 0.04:
                slicer.motion(now)
        done += slicer.add(packet, now)
    return done + slicer.flush()


def test_segments_begin_at_keyframes_and_cover_the_time_without_a_hole(clip: Path):
    segments = sliced(clip, Slicer(Mode.ALWAYS, SHORT))
    assert len(segments) == 5
    assert all(segment.samples[0].is_key for segment in segments)
    assert segments[0].start == pytest.approx(START)
    assert segments[-1].end == pytest.approx(START + 9.0)
    for before, after in zip(segments, segments[1:], strict=False):
        assert after.start == before.end
        assert before.end - before.start == pytest.approx(2.0)


def test_what_is_stored_is_what_was_sent_bit_for_bit(clip: Path):
    segments = sliced(clip, Slicer(Mode.ALWAYS, SHORT))
    stored = [payload for one in segments for payload in payloads(segment_bytes(one.track, one.samples))]
    assert stored == encoded_pictures(clip)


def test_each_segment_can_be_decoded_on_its_own(clip: Path):
    segments = sliced(clip, Slicer(Mode.ALWAYS, SHORT))
    counts = [pictures(segment_bytes(one.track, one.samples)) for one in segments]
    assert counts == [50, 50, 50, 50, 25]


def test_h265_is_stored_as_it_was_sent(tmp_path: Path):
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx265", rate=10, options={"x265-params": "keyint=10:log-level=none"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        ramp = np.tile(np.arange(160, dtype=np.uint8)[None, :, None], (96, 1, 3))
        for number in range(40):  # cameras send closed groups; noise would make x265 open them across the joint
            moved = np.ascontiguousarray(np.roll(ramp, number * 3, axis=1))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(moved, format="bgr24")))
        container.mux(stream.encode())
    segments = sliced(path, Slicer(Mode.ALWAYS, SHORT))
    contents = [segment_bytes(one.track, one.samples) for one in segments]
    assert [segment.track.codec for segment in segments] == ["hevc"] * len(segments)
    assert [payload for content in contents for payload in payloads(content)] == encoded_pictures(path)
    # Played on from one to the next all are shown; x265's leading pictures refer to the group before.
    whole = [Piece(one.start, content) for one, content in zip(segments, contents, strict=True)]
    assert pictures(joined(whole, start=START, end=START + 60)) == 40


def test_start_codes_become_lengths_and_nothing_else_changes():
    units = [b"\x67\x64\x00\x1e", b"\x68\xee", b"\x65\x88\x84\x00\x03\x01"]
    framed = b"".join(
        code + unit for code, unit in zip((b"\x00\x00\x00\x01",) * 2 + (b"\x00\x00\x01",), units, strict=True)
    )
    assert with_lengths(framed) == b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def test_the_same_clip_with_start_codes_is_stored_the_same(tmp_path: Path, clip: Path):
    stream = tmp_path / "clip.ts"
    with av.open(str(clip)) as source, av.open(str(stream), "w", format="mpegts") as output:
        track = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = track
                output.mux(packet)
    segments = sliced(stream, Slicer(Mode.ALWAYS, SHORT))
    assert segments[0].track.has_start_codes
    for one in segments:
        content = segment_bytes(one.track, one.samples)
        assert payloads(content) == as_sent(one)
        assert pictures(content) == len(one.samples)


def test_around_motion_the_seconds_before_are_kept_and_the_rest_is_not(clip: Path):
    done = sliced(clip, Slicer(Mode.MOTION, SHORT), motion=(4.5,))
    segments = [item for item in done if isinstance(item, Segment)]
    skipped = [item for item in done if isinstance(item, Skipped)]
    assert segments[0].start - START <= 4.5 - SHORT.before
    assert segments[-1].end - START >= 4.5 + SHORT.after
    assert all(one.has_motion for one in segments[:2])
    kept = sum(one.end - one.start for one in segments)
    left_out = sum(one.end - one.start for one in skipped)
    assert kept + left_out == pytest.approx(9.0)
    assert left_out >= 2.0


def test_where_nothing_moves_nothing_is_kept(clip: Path):
    done = sliced(clip, Slicer(Mode.MOTION, SHORT))
    assert all(isinstance(item, Skipped) for item in done)
    assert sum(item.end - item.start for item in done) == pytest.approx(9.0)


def test_a_recording_does_not_begin_in_the_middle_of_a_group(clip: Path):
    slicer = Slicer(Mode.ALWAYS, SHORT)
    done = []
    for number, (packet, now) in enumerate(arrivals(clip)):
        if number >= 10:  # the first keyframe was missed
            done += slicer.add(packet, now)
    done += slicer.flush()
    assert done[0].start == pytest.approx(START + 1.0)
    assert sum(len(one.samples) for one in done) == 8 * 25


def test_a_new_connection_begins_a_new_segment(clip: Path):
    slicer = Slicer(Mode.ALWAYS, SHORT)
    done = [piece for packet, now in arrivals(clip) for piece in slicer.add(packet, now)]
    done += [piece for packet, now in arrivals(clip, at=START + 60) for piece in slicer.add(packet, now)]
    done += slicer.flush()
    assert [round(one.start - START) for one in done] == [0, 2, 4, 6, 8, 60, 62, 64, 66, 68]
    assert sum(len(one.samples) for one in done) == 2 * 225


def test_when_our_clock_is_set_back_the_recording_goes_on(clip: Path):
    slicer = Slicer(Mode.ALWAYS, SHORT)
    done = []
    for packet, now in arrivals(clip):
        done += slicer.add(packet, now - 3600 if now - START > 4.5 else now)
    done += slicer.flush()
    assert sum(len(one.samples) for one in done) == 225
    assert min(one.start for one in done) == pytest.approx(START - 3600 + 5)
    for one in done:
        assert [sample.at for sample in one.samples] == sorted(sample.at for sample in one.samples)


def test_a_camera_without_keyframes_does_not_fill_the_memory(clip: Path):
    slicer = Slicer(Mode.ALWAYS, SlicingOptions(length=2.0, longest=3.0))
    done = []
    for number, (packet, now) in enumerate(arrivals(clip)):
        if number == 0 or not packet.is_keyframe:
            done += slicer.add(packet, now)
    assert len(done) == 1
    assert done[0].end - done[0].start < 3.2


def test_sound_is_not_recorded_as_video(tmp_path: Path):
    with av.open(str(make_sound(tmp_path / "sound.mp4"))) as container, pytest.raises(NotRecordable):
        track_of(container.streams.audio[0])


def pieces_of(clip: Path) -> list[Piece]:
    segments = sliced(clip, Slicer(Mode.ALWAYS, SHORT))
    return [Piece(one.start, segment_bytes(one.track, one.samples)) for one in segments]


def test_segments_put_together_are_the_clip_again(clip: Path):
    whole = joined(pieces_of(clip), start=START, end=START + 9)
    assert payloads(whole) == encoded_pictures(clip)
    assert pictures(whole) == 225


def test_a_part_begins_at_the_keyframe_before_and_ends_where_asked(clip: Path):
    part = joined(pieces_of(clip), start=START + 3.5, end=START + 5.5)
    assert payloads(part) == encoded_pictures(clip)[75:138]


def test_the_same_part_is_the_same_file_each_time(clip: Path):
    pieces = pieces_of(clip)
    assert joined(pieces, start=START + 1, end=START + 8) == joined(pieces, start=START + 1, end=START + 8)


def test_of_nothing_there_is_no_file(clip: Path):
    assert joined([], start=START, end=START + 1) == b""
    assert joined(pieces_of(clip), start=START - 20, end=START - 10) == b""


def test_packets_are_copied_and_not_held(clip: Path):
    first = next(packets(clip))
    before = bytes(first)
    slicer = Slicer(Mode.ALWAYS, SHORT)
    slicer.add(first, START)
    assert slicer.flush()[0].samples[0].data == before
