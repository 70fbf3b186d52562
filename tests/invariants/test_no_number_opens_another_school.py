"""Whoever guesses a number gets nothing: each number of what belongs to South Hill, on every route that takes one.

The routes come from the URL resolver, so that a new one is tried without being named here. Everything there is belongs
to South Hill, and the people who try belong to North Park: whatever they were shown would be a leak.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from alerts.models import Alert, AlertEvent, Decision
from cameras.models import Camera
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast
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


def filled(route: str, number: int) -> str:
    return "/" + CONVERTER.sub(lambda found: WORDS.get(found[2], str(number)), route).replace("^", "").replace("$", "")


@pytest.fixture
def numbers(cast: Cast, south, banned: Category) -> set[int]:
    """One of everything at South Hill, and the numbers of all of it."""
    door = Camera.objects.create(school=south, name="South door", address="rtsp://192.0.2.8/stream")
    alert = make_alert(make_entry(cast, banned, "Robin Southerly"), door)
    Decision.objects.create(alert=alert, by=cast.south_principal, answer="same")
    AlertEvent.objects.create(alert=alert, kind=AlertEvent.Kind.RAISED)
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
def test_no_number_of_another_school_is_answered(cast: Cast, north, numbers: set[int], person: str):
    client = Client(raise_request_exception=False)
    client.force_login(getattr(cast, person))
    before = list(Alert.objects.values())
    for route in routes():
        for number in sorted(numbers):
            place = filled(route, number)
            if place == f"/map/{north.pk}/":
                continue  # their own school, which has the number of something at South Hill
            for answer in (client.get(place), client.post(place, {"answer": "same", "reason": "x" * 30})):
                assert answer.status_code in UNSHOWN, (place, answer.status_code)
                assert b"Southerly" not in answer.content and b"South door" not in answer.content, place
                if answer.status_code == 302:
                    assert not answer["Location"].startswith("/alerts/"), place
    assert list(Alert.objects.values()) == before
    assert Decision.objects.count() == 1


def test_an_administrator_of_one_category_opens_no_number_of_another(cast: Cast, numbers: set[int], banned: Category):
    from guardian.shortcuts import remove_perm

    remove_perm("watchlist.review_category", cast.administrator, banned)
    client = Client(raise_request_exception=False)
    client.force_login(cast.administrator)
    for route in routes():
        for number in sorted(numbers):
            for answer in (client.get(filled(route, number)), client.post(filled(route, number), {"reason": "x" * 30})):
                assert answer.status_code < 500, (route, number)
                assert b"Southerly" not in answer.content, (route, number)


def test_the_same_numbers_are_answered_to_whom_they_concern(cast: Cast, numbers: set[int]):
    """Without this the tests above could pass because nothing is ever shown."""
    client = Client()
    client.force_login(cast.south_principal)
    alert = Alert.objects.get()
    assert b"South door" in client.get(f"/alerts/{alert.pk}/").content
