"""Grants are asked for once in a request that changes nothing, and never remembered for longer than it."""

import asyncio

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from guardian.shortcuts import remove_perm

from cameras.models import Camera, School
from lockport.held import GrantsOnceMiddleware, _remembered, grants_asked_once
from tests.conftest import Cast
from watchlist.models import Category

pytestmark = pytest.mark.django_db

ASKS = "guardian_userobjectpermission"


def asked(act) -> int:
    """How often `act` asks for grants."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return sum(ASKS in each["sql"] for each in queries)


def look_around(person: User) -> None:
    for rows in (School, Camera, Category, School):
        list(rows.objects.visible_to(person))


def test_they_are_asked_for_each_time_and_within_a_request_once(cast: Cast):
    assert asked(lambda: look_around(cast.north_principal)) == 4
    with grants_asked_once():
        assert asked(lambda: look_around(cast.north_principal)) == 1


def test_each_person_has_their_own(cast: Cast, north: School, south: School):
    with grants_asked_once():
        assert list(School.objects.visible_to(cast.north_principal)) == [north]
        assert list(School.objects.visible_to(cast.south_principal)) == [south]
        assert not School.objects.visible_to(cast.outsider).exists()


def test_an_account_that_is_switched_off_has_none_whatever_is_remembered(cast: Cast, north: School):
    with grants_asked_once():
        assert School.objects.visible_to(cast.north_principal).exists()
        cast.north_principal.is_active = False
        assert not School.objects.visible_to(cast.north_principal).exists()


def test_what_was_taken_away_is_gone_with_the_next_request(cast: Cast, north: School):
    client = Client()
    client.force_login(cast.north_principal)
    place = reverse("alerts:map", args=[north.pk])
    assert client.get(place).status_code == 200
    remove_perm("cameras.review_school", cast.north_principal, north)
    assert client.get(place).status_code == 404
    assert not School.objects.visible_to(cast.north_principal).exists(), "and nothing is remembered after it"


@pytest.mark.parametrize(("method", "times"), [("get", 1), ("head", 1), ("post", 4)])
def test_a_request_that_may_change_grants_asks_each_time(method: str, times: int, cast: Cast):
    def view(_):
        look_around(cast.north_principal)
        return HttpResponse()

    request = getattr(RequestFactory(), method)("/")
    assert asked(lambda: GrantsOnceMiddleware(view)(request)) == times


def test_a_stream_goes_on_without_it():
    """What an asynchronous view gives back is sent after the middleware, in the same task: each look asks anew."""
    seen = []

    async def view(_):
        seen.append(_remembered.get())
        return HttpResponse()

    async def served():
        await GrantsOnceMiddleware(view)(RequestFactory().get("/"))
        seen.append(_remembered.get())

    asyncio.run(served())
    assert seen == [{}, None]
