"""What cameras hold, for retention: due at its limit to the second, nothing of it left, nothing younger touched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from audit.services import Actor
from cameras import holding
from cameras.models import Camera, Export, Gap, Segment
from cameras.recording.exports import export_request
from retention.files import files_under, vault
from retention.registry import Span, Spared, holding_of
from retention.vault import has_key
from tests.conftest import Cast
from tests.recording.conftest import record

pytestmark = pytest.mark.django_db
KEEP = timedelta(days=60)


def test_recordings_go_at_their_limit_and_not_a_second_before(recorded: list[Segment], eight_in_the_morning: datetime):
    first_ends = eight_in_the_morning + timedelta(seconds=2)
    assert holding.recordings_destroy_due(first_ends + KEEP - timedelta(seconds=1), 100, Spared()).count == 0
    done = holding.recordings_destroy_due(first_ends + KEEP, 100, Spared())
    assert done.count == 1
    assert done.size > recorded[0].size
    assert not vault().exists(recorded[0].name)
    assert Segment.objects.count() == len(recorded) - 1


def test_the_key_dies_with_the_last_segment_of_the_day(
    recorded: list[Segment], eight_in_the_morning: datetime, django_capture_on_commit_callbacks
):
    owner = recorded[0].owner
    with django_capture_on_commit_callbacks(execute=True):
        done = holding.recordings_destroy_due(eight_in_the_morning + KEEP + timedelta(hours=1), 3, Spared())
    assert done.count == 3
    assert has_key(owner)
    with django_capture_on_commit_callbacks(execute=True):
        done = holding.recordings_destroy_due(eight_in_the_morning + KEEP + timedelta(hours=1), 3, Spared())
    assert done.count == len(recorded) - 3
    assert not has_key(owner)
    assert not list(files_under(owner))


def test_the_oldest_go_first_whatever_the_camera(
    recorded: list[Segment], front_door: Camera, nine_seconds: Path, eight_in_the_morning: datetime
):
    older = Camera.objects.create(school=front_door.school, name="Gym", address="usb:1")
    record(older, nine_seconds, eight_in_the_morning - timedelta(days=1))
    now = eight_in_the_morning + KEEP + timedelta(hours=1)
    assert holding.recordings_destroy_due(now, 4, Spared()).count == 4
    assert set(Segment.objects.values_list("camera", flat=True)) == {front_door.pk, older.pk}
    assert holding.recordings_destroy_due(now, 100, Spared()).count == len(recorded) + 1


def test_what_a_hold_names_and_nothing_else_is_spared(recorded: list[Segment], front_door: Camera):
    held = recorded[1]
    spare = Spared(spans=(Span(front_door.pk, held.start, held.end),))
    now = recorded[-1].end + KEEP + timedelta(hours=1)
    holding.recordings_destroy_due(now, 100, spare)
    assert list(Segment.objects.all()) == [held]
    assert [file.name for file in holding._held_files(spare.spans[0])] == [held.name]
    assert has_key(held.owner)


def test_the_index_says_which_files_and_keys_have_an_owner(recorded: list[Segment], front_door: Camera):
    held = holding_of(recorded[0].owner)
    assert held.names(recorded[0].owner) == {row.name for row in recorded}
    assert set(held.owners()) == {recorded[0].owner}
    nobody = [f"recordings/{front_door.pk}-20200101", "recordings/by-hand", "recordings/x"]
    assert held.existing([recorded[0].owner, *nobody]) == {recorded[0].owner}
    assert held.first_due(Spared()) == recorded[0].end + KEEP
    whole = Span(front_door.pk, recorded[0].start, recorded[0].end)
    assert held.first_due(Spared(spans=(whole,))) == recorded[1].end + KEEP
    days = held.stored_per_day()
    assert [(day.day, day.count) for day in days] == [(recorded[0].start.date(), len(recorded))]


def test_an_owner_is_destroyed_whatever_its_age(recorded: list[Segment], django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert holding.recordings_destroy_owner(recorded[0].owner).count == len(recorded)
        assert holding.recordings_destroy_owner(recorded[0].owner).count == 0
    assert not Segment.objects.exists()
    assert not list(files_under("recordings"))


def test_gaps_go_with_the_recordings_around_them(recorded: list[Segment], front_door: Camera):
    Gap.objects.create(camera=front_door, start=recorded[0].start, end=recorded[0].end, reason="worker")
    holding.recordings_destroy_due(recorded[-1].end + KEEP, 100, Spared())
    assert not Gap.objects.exists()


def test_exports_go_after_seven_days_with_their_key(
    watchers: Cast, front_door: Camera, recorded: list[Segment], django_capture_on_commit_callbacks
):
    maria = watchers.north_principal
    export = export_request(
        camera=front_door,
        period=(recorded[0].start, recorded[-1].end),
        reason="for the police",
        is_blurred=True,
        by=maria,
        actor=Actor.from_person(maria),
    )
    export.file.save("video.mp4", ContentFile(b"a video"))
    ends = export.asked_at + timedelta(days=7)
    held = holding_of(export.owner)
    assert held.names(export.owner) == {export.file.name}
    assert held.first_due(Spared()) == ends
    assert held.destroy_due(ends - timedelta(seconds=1), 10, Spared()).count == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert held.destroy_due(ends, 10, Spared()).count == 1
    assert not Export.objects.exists()
    assert not has_key(export.owner)
    assert not list(files_under(export.owner))
    assert datetime.now(UTC) < ends
