"""Whoever guesses a number gets nothing: each number of what belongs to South Hill, on every route that takes one.

The routes come from the URL resolver, so that a new one is tried without being named here. Everything there is belongs
to South Hill, and the people who try belong to North Park: whatever they were shown would be a leak.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from guardian.shortcuts import assign_perm

from alerts.destinations import Destination
from alerts.models import Alert, AlertEvent, Clip, Decision
from audit.services import Actor
from cameras.aiming import plan_set
from cameras.models import Camera, CameraArea, Export
from lockport.models import BrokenGlass
from retention.models import Hold
from tests.alerts.conftest import make_alert, make_entry
from tests.cameras.test_aiming import a_picture
from tests.conftest import Cast
from watchlist.appeals import appeal_record
from watchlist.documents import document_add
from watchlist.models import Category

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
UNSHOWN = {302, 400, 403, 404, 405, 422}
# What says something else than a row: a page of Django's own scripts, a login, the person's own.
WORDS = {"app_label": "watchlist", "url": "nothing", "uid": "MQ", "token": "c0ffee-0123456789abcdef"}


def routes(patterns: list | None = None, before: str = "") -> Iterator[str]:
    """Every address that takes an argument, as Django writes it: "alerts/<int:pk>/face"."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern) and CONVERTER.search(place):
            yield place


def filled(route: str, number: int | str) -> str:
    """The address with this number (or handle) in the place of each argument that is one."""

    def value(found: re.Match) -> str:
        if found[1] == "int" and not str(number).isdecimal():
            return "0"  # of something that a handle names: its part
        return WORDS.get(found[2], str(number))

    return "/" + CONVERTER.sub(value, route).replace("^", "").replace("$", "")


def tries(route: str, numbers: set[int], handles: set[str]) -> list[str]:
    """Every address to try on a route: with every number, or with every handle where it takes one."""
    return [filled(route, each) for each in sorted(handles if "<uuid:" in route else numbers, key=str)]


def one_of_everything(door: Camera, cast: Cast, category: Category, decider: User) -> None:
    """What a camera saw, and what was made of it: every kind of row whose number or handle an address can take."""
    now = timezone.now()
    entry = make_entry(cast, category, "Robin Southerly")
    alert = make_alert(entry, door)
    Decision.objects.create(alert=alert, by=decider, answer="same")
    AlertEvent.objects.create(alert=alert, kind=AlertEvent.Kind.RAISED)
    Clip.objects.create(alert=alert, start=now, end=now, file=ContentFile(b"South door", "clip.mp4"))
    Export.objects.create(
        camera=door,
        start=now,
        end=now,
        reason="South door",
        asked_by=decider,
        status=Export.Status.READY,
        file=ContentFile(b"South door", "video.mp4"),
        manifest=ContentFile(b"South door", "manifest.json"),
    )
    CameraArea.objects.create(camera=door, name="South door", points=[[0, 0], [1, 0], [1, 1]])
    Destination.objects.create(owner=decider, name="South door", kind="json", address="json://x")
    Hold.objects.create(
        alert=alert.pk, words="alert at South door", reason="x", instrument="x", requested_by=decider, until=now
    )
    BrokenGlass.objects.create(person=decider, school="South door", reason="x", until=now)
    by = {"actor": Actor.from_person(cast.administrator)}
    appeal_record(entry=entry, received_at=now, statement="Southerly", by=cast.administrator, **by)
    document_add(entry=entry, content=b"%PDF-1.7 Southerly", **by)


@pytest.fixture
def numbers(cast: Cast, south, banned: Category) -> set[int]:
    """One of everything at South Hill, and the numbers of all of it."""
    door = Camera.objects.create(school=south, name="South door", address="rtsp://192.0.2.8/stream")
    plan_set(school=south, file=a_picture(), actor=Actor.command())
    one_of_everything(door, cast, banned, cast.south_principal)
    return all_numbers()


@pytest.fixture
def handles(numbers: set[int]) -> set[str]:
    return {str(handle) for model in (Alert, Export, Hold) for handle in model.objects.values_list("handle", flat=True)}


def all_numbers() -> set[int]:
    ours = ("alerts", "cameras", "watchlist", "retention")
    rows = (
        model._default_manager.values_list("pk", flat=True)
        for app in ours
        for model in apps.get_app_config(app).get_models()
    )
    return {int(number) for numbers in rows for number in numbers if str(number).isdecimal()}


def test_there_are_routes_to_try():
    found = list(routes())
    assert {"alerts/<int:pk>/", "alerts/<int:pk>/face", "watchlist/photograph/<int:pk>/"} <= set(found)
    assert any(route.startswith("admin/watchlist/entry/<path:object_id>") for route in found)


@pytest.mark.parametrize("person", ["north_principal", "north_security"])
def test_no_number_of_another_school_is_answered(cast: Cast, north, numbers: set[int], handles: set[str], person: str):
    nothing_is_answered(getattr(cast, person), numbers, handles, own={f"/map/{north.pk}/"})


def test_no_number_of_another_camera_of_the_same_school_is_answered(
    cast: Cast, north, front_door: Camera, numbers: set[int], handles: set[str]
):
    """All of what the numbers name is at a camera of North Park now; the guard was granted another one of it."""
    assign_perm("cameras.review_camera", cast.north_guard, front_door)
    Camera.objects.filter(name="South door").update(school=north)
    own = {f"/map/{north.pk}/", f"/cameras/plans/{north.pk}"}  # the school of the camera that was granted
    own |= {f"/cameras/{front_door.pk}/{page}/" for page in ("recording", "export")}
    nothing_is_answered(cast.north_guard, numbers | {front_door.pk}, handles, own=own)


def nothing_is_answered(person: User, numbers: set[int], handles: set[str], own: set[str]) -> None:
    """`own`: what happens to have one of the numbers and is the person's to see."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    before = list(Alert.objects.values())
    for route in routes():
        for place in tries(route, numbers, handles):
            if place in own:
                continue
            for answer in (client.get(place), client.post(place, {"answer": "same", "reason": "x" * 30})):
                assert answer.status_code in UNSHOWN, (place, answer.status_code)
                assert b"Southerly" not in answer.content and b"South door" not in answer.content, place
                if answer.status_code == 302 and answer["Location"].startswith("/alerts/"):
                    leads_only_where_the_address_says(client, place, answer)
    assert list(Alert.objects.values()) == before
    assert Decision.objects.count() == 1


def leads_only_where_the_address_says(client: Client, place: str, answer: HttpResponse) -> None:
    """The address of a form, opened as a page, leads to its alert's page without looking for the alert: the same for
    one that does not exist. Nothing is there, and nothing that is posted leads there.
    """
    assert answer.request["REQUEST_METHOD"] == "GET", place
    number = place.split("/")[2]
    assert answer["Location"] == f"/alerts/{number}/", place
    assert client.get(place.replace(number, "999999999"))["Location"] == "/alerts/999999999/", place
    assert client.get(answer["Location"]).status_code == 404, place


def test_an_administrator_of_one_category_opens_no_number_of_another(
    cast: Cast, numbers: set[int], handles: set[str], banned: Category
):
    from guardian.shortcuts import remove_perm

    remove_perm("watchlist.review_category", cast.administrator, banned)
    client = Client(raise_request_exception=False)
    client.force_login(cast.administrator)
    for route in routes():
        for place in tries(route, numbers, handles):
            for answer in (client.get(place), client.post(place, {"reason": "x" * 30})):
                assert answer.status_code < 500, place
                assert b"Southerly" not in answer.content, place


def test_the_same_numbers_are_answered_to_whom_they_concern(cast: Cast, numbers: set[int]):
    """Without this the tests above could pass because nothing is ever shown."""
    client = Client()
    client.force_login(cast.south_principal)
    alert, export = Alert.objects.get(), Export.objects.get()
    assert b"South door" in client.get(f"/alerts/{alert.pk}/").content
    assert client.get(f"/alerts/{alert.pk}/clip").content == b"South door"
    for name in ("video.mp4", "manifest.json"):
        assert client.get(f"/cameras/exports/{export.handle}/{name}").content == b"South door"
