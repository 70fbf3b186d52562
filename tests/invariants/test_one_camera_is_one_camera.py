"""A grant on one camera opens what that camera saw, and nothing else of its school: rows, counts, pictures, lists.

Front door was granted to the guard; at Back door, of the same school, there is one of everything, too.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, remove_perm

from alerts import selectors
from alerts.events import announce
from alerts.figures import figures_of
from alerts.models import Alert, AlertEvent, Clip
from alerts.stream import scope_of
from alerts.telling import may_be_told
from audit.models import AccessRecord
from audit.services import Actor
from cameras.aiming import plan_set
from cameras.models import Camera, Export, Gap, School, Segment, Traffic
from cameras.services import camera_delete
from lockport.access import granted
from lockport.models import TimeLimit
from retention.models import Hold
from tests.alerts.conftest import make_alert, make_entry
from tests.cameras.test_aiming import a_picture
from tests.conftest import Cast
from watchlist.grants import grant_set
from watchlist.models import Category, Entry
from watchlist.selectors import photographs_for

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Place:
    """A camera and one of everything that it saw."""

    camera: Camera
    entry: Entry
    alert: Alert
    clip: Clip
    export: Export
    event: AlertEvent


def place(camera: Camera, entry: Entry, cast: Cast) -> Place:
    now = timezone.now()
    alert = make_alert(entry, camera)
    clip = Clip.objects.create(alert=alert, start=now, end=now, file=ContentFile(b"clip", "clip.mp4"))
    export = Export.objects.create(
        camera=camera, start=now, end=now, reason="for the police", asked_by=cast.north_principal, status="making"
    )
    Segment.objects.create(camera=camera, start=now, end=now, codec="h264", track="x", size=1, has_motion=True)
    Gap.objects.create(camera=camera, start=now, end=now, reason="worker")
    Traffic.objects.create(camera=camera, day=timezone.localdate(), passers_by=7000)
    return Place(camera, entry, alert, clip, export, announce(alert, AlertEvent.Kind.RAISED))


@pytest.fixture
def front(cast: Cast, front_door: Camera, banned: Category) -> Place:
    assign_perm("cameras.review_camera", cast.north_guard, front_door)
    return place(front_door, make_entry(cast, banned, "Robin Vale"), cast)


@pytest.fixture
def back(cast: Cast, north: School, banned: Category) -> Place:
    camera = Camera.objects.create(school=north, name="Back door", address="rtsp://192.0.2.9/stream")
    return place(camera, make_entry(cast, banned, "Toni Hidden"), cast)


@pytest.fixture
def gus(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.north_guard)
    return client


SCOPED = [Camera, Segment, Gap, Traffic, Alert, AlertEvent, Clip, Export]


@pytest.mark.parametrize("model", SCOPED)
def test_of_every_kind_the_granted_cameras_rows_are_seen_and_the_others_hidden(
    model, cast: Cast, front: Place, back: Place
):
    def camera_of(row) -> Camera:
        return row if model is Camera else getattr(row, "alert", row).camera

    rows = model._default_manager.get_queryset()
    assert {camera_of(row) for row in rows.visible_to(cast.north_guard)} == {front.camera}
    assert {camera_of(row) for row in rows.visible_to(cast.north_principal)} == {front.camera, back.camera}
    assert not rows.visible_to(cast.south_principal).exists()


def test_the_school_itself_stays_hidden_and_is_named_where_one_chooses(cast: Cast, front: Place, north: School):
    assert not School.objects.visible_to(cast.north_guard).exists()
    assert list(School.objects.within_reach_of(cast.north_guard)) == [north]
    assert not School.objects.within_reach_of(cast.outsider).exists()


def test_counts_and_figures_are_of_the_one_camera(cast: Cast, front: Place, back: Place, north: School, gus: Client):
    assert selectors.waiting_for(cast.north_guard).count() == 1
    assert selectors.waiting_for(cast.north_principal).count() == 2
    figures = figures_of(cast.north_guard, north)
    assert (figures.total, figures.false_alarms.passers_by) == (1, 7000)
    assert figures_of(cast.north_principal, north).false_alarms.passers_by == 14000
    page = gus.get("/figures/").content.decode()
    assert "Only of the cameras that were granted to you here: Front door, North Park." in page
    assert "Back door" not in page
    assert "Counted at the cameras that were granted to you" in gus.get("/cameras/").content.decode()


def test_what_was_decided_today_at_the_one_camera_is_shown_as_decided(cast: Cast, front: Place, back: Place):
    now = timezone.now()
    Alert.objects.update(status=Alert.Status.REJECTED, settled_at=now)
    assert list(selectors.decided_today(cast.north_guard, now)) == [front.alert]


@pytest.mark.parametrize(
    "page", ["/", "/cameras/", "/map/{school}/", "/figures/", "/cameras/exports/", "/notifications/"]
)
def test_no_page_names_the_other_camera_or_whom_it_saw(
    page: str, gus: Client, front: Place, back: Place, north: School
):
    plan_set(school=north, file=a_picture(), actor=Actor.command())
    answer = gus.get(page.format(school=north.pk))
    assert answer.status_code == 200
    assert "Back door" not in answer.content.decode() and "Hidden" not in answer.content.decode()


def test_what_the_granted_camera_saw_is_opened_and_what_the_other_saw_is_not_there(
    gus: Client, front: Place, back: Place
):
    def addresses(what: Place) -> list[str]:
        alert, photograph = what.alert.pk, what.entry.photographs.get().pk
        return [
            *(f"/alerts/{alert}/{part}" for part in ("", "card", "face", "frame", "clip", "clip/export")),
            f"/api/alerts/{alert}/",
            f"/watchlist/photograph/{photograph}/",
            f"/cameras/{what.camera.pk}/recording/",
            f"/cameras/{what.camera.pk}/export/",
        ]

    assert {place: gus.get(place).status_code for place in addresses(front)} == dict.fromkeys(addresses(front), 200)
    assert {place: gus.get(place).status_code for place in addresses(back)} == dict.fromkeys(addresses(back), 404)
    for part in ("decision", "undo", "correction", "clip/export"):
        assert gus.post(f"/alerts/{back.alert.pk}/{part}", {"answer": "same", "reason": "x" * 30}).status_code == 404
    for part in ("video.mp4", "manifest.json"):
        assert gus.get(f"/cameras/exports/{back.export.handle}/{part}").status_code == 404
    found = gus.get("/api/alerts/").json()
    assert [row["id"] for row in found["results"]] == [front.alert.pk]
    assert [row["id"] for row in gus.get("/api/cameras/").json()["results"]] == [front.camera.pk]
    back.alert.refresh_from_db()
    assert back.alert.status == Alert.Status.WAITING


def test_photographs_are_those_of_people_whom_the_camera_saw(cast: Cast, front: Place, back: Place):
    assert {row.entry for row in photographs_for(cast.north_guard)} == {front.entry}


def test_the_record_says_which_grant_was_relied_on(cast: Cast, gus: Client, front: Place, banned: Category):
    gus.get(f"/alerts/{front.alert.pk}/")
    record = AccessRecord.objects.filter(actor_name="Gus Hale", subject_kind="alert").latest("pk")
    assert record.grant == f"Front door, North Park; {banned}"
    maria = Client()
    maria.force_login(cast.north_principal)
    maria.get(f"/alerts/{front.alert.pk}/")
    record = AccessRecord.objects.filter(actor_name="Maria Lopez", subject_kind="alert").latest("pk")
    assert record.grant == f"North Park; {banned}"


def test_nobody_is_told_of_what_another_camera_saw(cast: Cast, front: Place, back: Place):
    assert may_be_told(cast.north_guard, front.alert) and not may_be_told(cast.north_guard, back.alert)


def test_the_live_stream_sends_the_one_cameras_events(cast: Cast, front: Place, back: Place):
    events = selectors.events_after(cast.north_guard, 0, known=set(), again_since=timezone.now())
    assert [event.alert_id for event in events] == [front.alert.pk]


@pytest.mark.parametrize("how", ["revoked", "ended"])
def test_a_grant_that_goes_takes_all_of_it_with_it_and_an_open_stream_notices(
    cast: Cast, gus: Client, front: Place, how: str
):
    """The stream compares the scope with the one before every two seconds; tests/alerts/test_stream.py waits for it."""
    before = scope_of(cast.north_guard)
    if how == "revoked":
        remove_perm("cameras.review_camera", cast.north_guard, front.camera)
    else:
        soon = timezone.now() + timedelta(minutes=1)
        grant_set(to=cast.north_guard, row=front.camera, actor=Actor.worker(), until=soon)
        TimeLimit.objects.update(valid_until=timezone.now())
    assert before - scope_of(cast.north_guard) == {("cameras.review_camera", front.camera.pk)}
    assert gus.get(f"/alerts/{front.alert.pk}/face").status_code == 404
    assert gus.get(f"/cameras/{front.camera.pk}/recording/").status_code == 404
    assert not Alert.objects.visible_to(cast.north_guard).exists()


def test_losing_the_school_leaves_the_camera_that_was_granted_by_itself(cast: Cast, front: Place, back: Place):
    person = cast.north_principal
    assign_perm("cameras.review_camera", person, front.camera)
    before = scope_of(person)
    remove_perm("cameras.review_school", person, front.camera.school)
    assert before - scope_of(person) == {("cameras.review_school", front.camera.school_id)}
    assert list(Camera.objects.visible_to(person)) == [front.camera]


def test_a_camera_without_its_category_shows_nobody(cast: Cast, front: Place, banned: Category):
    remove_perm("watchlist.review_category", cast.north_guard, banned)
    assert not Alert.objects.visible_to(cast.north_guard).exists()
    assert not photographs_for(cast.north_guard).exists()


def test_a_camera_moved_to_another_school_is_that_schools(cast: Cast, front: Place, south: School):
    Camera.objects.filter(pk=front.camera.pk).update(school=south)
    assert Alert.objects.visible_to(cast.south_principal).exists()
    assert not Alert.objects.visible_to(cast.north_principal).exists()


def test_no_grant_outlives_its_camera(cast: Cast, front_door: Camera):
    assign_perm("cameras.review_camera", cast.north_guard, front_door)
    camera_delete(camera=front_door, actor=Actor.command())
    assert not granted(cast.north_guard, "cameras.review_camera").exists()
    assert not UserObjectPermission.objects.filter(permission__codename="review_camera").exists()


def test_a_hold_is_named_and_asked_for_only_where_its_subject_may_be_seen(cast: Cast, front: Place, back: Place, south):
    """A hold takes the number of an alert or a camera in its form: it must not say what there is elsewhere."""
    door = Camera.objects.create(school=south, name="South door", address="usb:0")
    theirs = make_alert(front.entry, door)
    maria = Client()
    maria.force_login(cast.north_principal)
    form = {"reason": "A suit", "instrument": "Order 9", "last_day": f"{timezone.now() + timedelta(days=90):%Y-%m-%d}"}
    times = {"start": "2026-01-01T00:00", "end": "2026-01-01T01:00"}
    for what in ({"alert": theirs.pk}, {"camera": door.pk, **times}, {"alert": 10**6}):
        answer = maria.post("/retention/holds/", form | what)
        assert answer.status_code == 422
        assert re.search("There is no (alert|camera)", answer.content.decode()) and b"South" not in answer.content
    assert not Hold.objects.exists()
    assert maria.post("/retention/holds/", form | {"alert": back.alert.pk}).status_code == 302
    assert "Back door" in maria.get("/retention/holds/").content.decode()
    peter = Client()
    peter.force_login(cast.south_principal)
    assert "Back door" not in peter.get("/retention/holds/").content.decode()
    priya = Client()
    priya.force_login(cast.privacy_officer)
    assert "Back door" in priya.get("/retention/holds/").content.decode()
