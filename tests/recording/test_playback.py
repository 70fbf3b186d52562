"""Watching a recording: a grant, a reason, a record before the first byte, and the video in ranges."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm, remove_perm

from audit.models import AccessRecord
from cameras.models import Camera, Segment
from cameras.recording.reasons import Reason
from cameras.recording.selectors import chunks, segments_between
from cameras.recording.storing import gap_open
from tests.conftest import Cast
from tests.recording.conftest import record
from tests.recording.packets import payloads, pictures
from tests.rtsp.clips import encoded_pictures, make_clip

pytestmark = pytest.mark.django_db
WANTED = {"date": "2026-03-02", "clock": "08:00:00", "minutes": "1", "reason": "A bicycle was stolen"}


@pytest.fixture
def maria(client: Client, watchers: Cast) -> Client:
    client.force_login(watchers.north_principal)
    return client


def begin(client: Client, camera: Camera, **changes: str) -> str:
    answer = client.post(reverse("cameras:recording", args=[camera.pk]), WANTED | changes)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer["Location"]


def sources(client: Client, viewing: str) -> list[str]:
    return re.findall(r'<a href="([^"]+\.mp4)"', client.get(viewing).content.decode())


def test_what_is_watched_is_what_the_camera_sent(
    maria: Client, recorded: list[Segment], front_door: Camera, nine_seconds: Path
):
    parts = [maria.get(source) for source in sources(maria, begin(maria, front_door))]
    assert [part.status_code for part in parts] == [200] * len(parts)
    assert [payload for part in parts for payload in payloads(part.content)] == encoded_pictures(nine_seconds)
    assert sum(pictures(part.content) for part in parts) == 225
    assert parts[0]["Content-Type"] == "video/mp4"
    assert "no-store" in parts[0]["Cache-Control"]


def test_the_first_part_is_short_so_that_it_starts_at_once(recorded: list[Segment]):
    found = chunks(recorded, start=recorded[0].start, end=recorded[-1].end)
    assert [(chunk.end - chunk.start).total_seconds() for chunk in found] == [2.0, 6.0, 1.0]


def test_who_watches_what_and_why_is_recorded_before_the_first_byte(
    maria: Client, recorded: list[Segment], front_door: Camera
):
    viewing = begin(maria, front_door)
    asked = AccessRecord.objects.filter(action="asked to watch").get()
    assert asked.actor_name == "Maria Lopez"
    assert (asked.subject_kind, asked.subject_id) == ("camera", str(front_door.pk))
    assert asked.reason == "2026-03-02 13:00:00 to 2026-03-02 13:01:00 UTC: A bicycle was stolen"
    assert not AccessRecord.objects.filter(action="watched").exists()
    maria.get(sources(maria, viewing)[0])
    watched = AccessRecord.objects.filter(action="watched").get()
    assert watched.reason == "2026-03-02 13:00:00 to 2026-03-02 13:00:02 UTC: A bicycle was stolen"


def test_without_a_record_not_a_byte_is_sent(maria: Client, recorded: list[Segment], front_door: Camera, monkeypatch):
    source = sources(maria, begin(maria, front_door))[0]

    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("the log is away")

    monkeypatch.setattr("cameras.recording.views.record_access", refuse)
    for answer in (
        maria.get(source),
        maria.get(source, headers={"range": "bytes=100-200"}),
        maria.post(reverse("cameras:recording", args=[front_door.pk]), WANTED),
        maria.get(reverse("cameras:recording", args=[front_door.pk])),
    ):
        assert answer.status_code == 503
        assert b"ftyp" not in answer.content


def test_a_part_may_be_asked_for_in_ranges(maria: Client, recorded: list[Segment], front_door: Camera):
    source = sources(maria, begin(maria, front_door))[0]
    whole = maria.get(source).content
    part = maria.get(source, headers={"range": "bytes=10-99"})
    assert (part.status_code, part.content) == (206, whole[10:100])
    assert part["Content-Range"] == f"bytes 10-99/{len(whole)}"
    assert maria.get(source, headers={"range": "bytes=100-"}).content == whole[100:]
    assert maria.get(source, headers={"range": "bytes=-7"}).content == whole[-7:]
    assert maria.get(source, headers={"range": f"bytes=0-{len(whole) * 2}"}).content == whole
    assert maria.get(source, headers={"range": "bytes=0-1,5-6"}).status_code == 200
    beyond = maria.get(source, headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.content, beyond["Content-Range"]) == (416, b"", f"bytes */{len(whole)}")
    assert maria.get(source, headers={"range": "bytes=9-5"}).status_code == 416
    other = maria.get(source, headers={"range": "bytes=0-1", "if-range": '"another"'})
    assert (other.status_code, other.content) == (200, whole)


def test_a_reason_is_needed(maria: Client, recorded: list[Segment], front_door: Camera):
    for reason in ("", "  ", "x"):
        answer = maria.post(reverse("cameras:recording", args=[front_door.pk]), WANTED | {"reason": reason})
        assert answer.status_code == 422
    assert not AccessRecord.objects.filter(action__contains="watch").exists()


def test_a_time_that_the_clocks_skipped_is_refused_in_words(maria: Client, front_door: Camera):
    answer = maria.post(
        reverse("cameras:recording", args=[front_door.pk]), WANTED | {"date": "2026-03-08", "clock": "02:30"}
    )
    assert answer.status_code == 422
    assert "the clocks went forward" in answer.content.decode()


def test_the_second_of_an_hour_that_comes_twice_can_be_watched(maria: Client, front_door: Camera, nine_seconds: Path):
    from datetime import UTC

    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 01:30 EST; 05:30 UTC is 01:30 EDT
    record(front_door, nine_seconds, second)
    night = {"date": "2026-11-01", "clock": "01:30:00"}
    assert sources(maria, begin(maria, front_door, **night)) == []
    assert len(sources(maria, begin(maria, front_door, **night, second="on"))) == 3


def test_without_the_grant_or_the_role_nothing_is_shown(
    client: Client, cast: Cast, recorded: list[Segment], front_door: Camera
):
    place = reverse("cameras:recording", args=[front_door.pk])
    client.force_login(cast.south_principal)
    assert client.get(place).status_code == 404
    assign_perm("cameras.review_school", cast.outsider, front_door.school)
    client.force_login(cast.outsider)  # may review this school, but has no role that watches recordings
    answer = client.get(place)
    assert answer.status_code == 403
    assert "cameras.watch_recording" in answer.content.decode()


def test_a_viewing_belongs_to_whoever_asked_for_it(
    maria: Client, watchers: Cast, recorded: list[Segment], front_door: Camera
):
    viewing = begin(maria, front_door)
    source = sources(maria, viewing)[0]
    sam = Client()
    sam.force_login(watchers.north_security)
    assert sam.get(source).status_code == 404
    assert sam.get(viewing).status_code == 404


def test_a_grant_that_is_taken_away_ends_a_viewing(
    maria: Client, watchers: Cast, recorded: list[Segment], front_door: Camera
):
    source = sources(maria, begin(maria, front_door))[0]
    remove_perm("cameras.review_school", watchers.north_principal, front_door.school)
    assert maria.get(source).status_code == 404


def test_what_has_been_destroyed_is_not_found(maria: Client, recorded: list[Segment], front_door: Camera):
    source = sources(maria, begin(maria, front_door))[0]
    storages["vault"].delete(recorded[0].name)
    assert maria.get(source).status_code == 404


def test_the_timeline_says_what_is_recorded_and_what_is_not(
    maria: Client, recorded: list[Segment], front_door: Camera, nine_seconds: Path
):
    gap_open(front_door.pk, None, Reason.DISK_FULL)
    record(front_door, nine_seconds, recorded[-1].end + timedelta(minutes=2))
    text = maria.get(reverse("cameras:recording", args=[front_door.pk]), {"day": "2026-03-02"}).content.decode()
    assert "08:00:00 EST to 08:00:09 EST: Recorded" in text
    assert "08:00:09 EST to 08:02:09 EST: No recording: the disk was nearly full" in text
    looked = AccessRecord.objects.get(action="looked at the timeline of")
    assert looked.reason == "2026-03-02"


def test_a_change_of_the_format_begins_a_new_part(
    maria: Client, recorded: list[Segment], front_door: Camera, tmp_path: Path
):
    larger = make_clip(tmp_path / "larger.mp4", size=(640, 360), seconds=2.0)
    record(front_door, larger, recorded[-1].end)
    parts = [maria.get(source).content for source in sources(maria, begin(maria, front_door))]
    assert sum(pictures(part) for part in parts) == 225 + 50
    assert payloads(parts[-1]) == encoded_pictures(larger)


def test_a_minute_is_found_with_one_look_into_the_index(
    recorded: list[Segment], front_door: Camera, django_assert_num_queries
):
    with django_assert_num_queries(1):
        found = segments_between(front_door, recorded[1].start, recorded[2].end)
    assert [row.pk for row in found] == [recorded[1].pk, recorded[2].pk]


def test_the_day_is_filled_in_as_browsers_want_it_in_every_language(maria: Client, front_door: Camera):
    place = reverse("cameras:recording", args=[front_door.pk]) + "?day=2026-03-02&at=08:00:00"
    shown = maria.get(place, headers={"accept-language": "es"}).content.decode()
    assert 'type="date" name="date" value="2026-03-02"' in shown
    assert 'value="08:00:00"' in shown


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_no_day_of_a_recording(maria: Client, front_door: Camera, day: str):
    place = reverse("cameras:recording", args=[front_door.pk])
    assert maria.get(place, {"day": day}).status_code == 200
    assert maria.get(reverse("cameras:export", args=[front_door.pk]), {"day": day}).status_code in {200, 302}
    answer = maria.post(place, WANTED | {"date": day, "clock": "23:59:59"})
    assert answer.status_code == 422 and "Give a year from 1900" in answer.content.decode()
