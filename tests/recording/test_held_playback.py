"""Recordings under a legal hold, after their day: shown to those who might see them before, and gone with the hold."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import Camera, Export, Segment
from cameras.recording.exports import export_make, export_request
from retention.holds import hold_approve, hold_end, hold_request
from retention.models import HeldCopy, Hold
from retention.purging import purge
from retention.registry import Span
from tests.conftest import Cast
from tests.invariants.conftest import wall  # noqa: F401 - a fixture
from tests.recording.packets import payloads, pictures
from tests.rtsp.clips import encoded_pictures

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = {"date": "2026-03-02", "clock": "08:00:00", "minutes": "1", "reason": "The court asked for it"}
Held = Callable[..., Hold]


@pytest.fixture
def hold(wall, watchers: Cast, front_door: Camera) -> Held:  # noqa: F811
    """Have two people hold a time of the front door, let sixty-one days pass, and purge."""

    def held(start: datetime, end: datetime, days: int = 61) -> Hold:
        wall.now = start + timedelta(hours=3)
        row = hold_request(
            alert=None,
            span=Span(front_door.pk, start, end),
            reason="A suit",
            instrument="Order 9",
            until=wall.now + timedelta(days=200),
            by=watchers.north_principal,
            actor=Actor.from_person(watchers.north_principal),
        )
        hold_approve(hold=row, by=watchers.privacy_officer, actor=Actor.from_person(watchers.privacy_officer))
        wall.now += timedelta(days=days)
        purge()
        return row

    return held


@pytest.fixture
def maria(client: Client, watchers: Cast) -> Client:
    client.force_login(watchers.north_principal)
    return client


def parts(client: Client, camera: Camera, **changes: str) -> list[str]:
    viewing = client.post(reverse("cameras:recording", args=[camera.pk]), WANTED | changes)["Location"]
    return re.findall(r'<a href="([^"]+\.mp4)"', client.get(viewing).content.decode())


def test_what_is_held_is_watched_like_any_recording_after_its_day_and_recorded(
    maria: Client, recorded: list[Segment], front_door: Camera, hold: Held, nine_seconds: Path
):
    hold(recorded[0].start, recorded[-1].end)
    assert not Segment.objects.exists()
    answers = [maria.get(source) for source in parts(maria, front_door)]
    assert [payload for answer in answers for payload in payloads(answer.content)] == encoded_pictures(nine_seconds)
    watched = AccessRecord.objects.filter(action="watched").order_by("pk").first()
    assert watched.reason.startswith("2026-03-02 13:00:00 to 2026-03-02 13:00:02 UTC: The court asked for it")
    part = maria.get(parts(maria, front_door)[0], headers={"range": "bytes=10-99"})
    assert (part.status_code, part.content) == (206, answers[0].content[10:100])


def test_no_more_is_shown_than_the_hold_names(maria: Client, recorded: list[Segment], front_door: Camera, hold: Held):
    hold(recorded[1].start, recorded[1].end)
    assert [copy.source for copy in HeldCopy.objects.all()] == [recorded[1].name]
    found = parts(maria, front_door)
    assert sum(pictures(maria.get(source).content) for source in found) == 50, "two seconds of nine"


def test_the_timeline_shows_it_and_says_that_it_is_kept_and_until_when(
    maria: Client, recorded: list[Segment], front_door: Camera, hold: Held
):
    row = hold(recorded[0].start, recorded[-1].end)
    page = maria.get(reverse("cameras:recording", args=[front_door.pk]), {"day": "2026-03-02"}).content.decode()
    assert "08:00:00 EST to 08:00:09 EST: Recorded" in page
    assert "Kept for a legal hold" in page and f"until {row.until:%Y-%m-%d} at the latest" in page
    assert "?day=2026-03-02&amp;at=08:00:00#watch" in page
    today = maria.get(reverse("cameras:recording", args=[front_door.pk])).content.decode()
    assert "Mon 2 Mar 2026, 08:00:00 EST to 08:00:09 EST" in today, "found from any day"


def test_what_is_held_and_still_in_the_index_is_shown_once(
    maria: Client, recorded: list[Segment], front_door: Camera, hold: Held
):
    hold(recorded[0].start, recorded[1].end, days=30)
    assert HeldCopy.objects.count() == 2
    assert sum(pictures(maria.get(source).content) for source in parts(maria, front_door)) == 225


def test_two_holds_on_one_time_show_it_once(maria: Client, recorded: list[Segment], front_door: Camera, hold: Held):
    hold(recorded[0].start, recorded[-1].end)
    other = Hold.objects.get()
    copies = list(other.copies.all())
    other.pk, other.handle = None, "11111111-1111-1111-1111-111111111111"
    other.save()
    for copy in copies:
        copy.pk, copy.hold = None, other
        copy.save()
    assert HeldCopy.objects.count() == 10
    assert sum(pictures(maria.get(source).content) for source in parts(maria, front_door)) == 225


def test_another_school_sees_nothing_of_it_and_who_may_not_watch_neither(
    client: Client, watchers: Cast, recorded: list[Segment], front_door: Camera, hold: Held
):
    hold(recorded[0].start, recorded[-1].end)
    for person, status in ((watchers.south_principal, 404), (watchers.privacy_officer, 404)):
        client.force_login(person)
        assert client.get(reverse("cameras:recording", args=[front_door.pk])).status_code == status


def test_when_the_hold_ends_it_is_gone_for_those_who_are_watching_too(
    maria: Client, recorded: list[Segment], front_door: Camera, hold: Held
):
    row = hold(recorded[0].start, recorded[-1].end)
    source = parts(maria, front_door)[0]
    assert maria.get(source).status_code == 200
    hold_end(hold=row, reason="Settled.", actor=Actor.worker())
    assert maria.get(source).status_code == 404
    assert parts(maria, front_door) == []
    page = maria.get(reverse("cameras:recording", args=[front_door.pk])).content.decode()
    assert "Kept for a legal hold" not in page


def test_it_can_be_exported(watchers: Cast, recorded: list[Segment], front_door: Camera, hold: Held):
    hold(recorded[0].start, recorded[-1].end)
    export = export_request(
        camera=front_door,
        period=(recorded[0].start, recorded[-1].end),
        reason="for the court",
        is_blurred=True,
        by=watchers.north_principal,
        actor=Actor.from_person(watchers.north_principal),
    )
    export_make(export.pk, find=lambda picture, at: [])
    export.refresh_from_db()
    assert (export.status, export.problem) == (Export.Status.READY, "")
    assert pictures(export.file.open().read()) == 225
