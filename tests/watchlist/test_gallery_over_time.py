"""Rules over time: whatever happens in whatever order, the version changes exactly when the loaded gallery does."""

from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.services import Actor
from cameras.models import Camera
from tests.watchlist.conftest import approve, enrolment
from watchlist.gallery import gallery_version, load_gallery
from watchlist.models import Authorisation, Entry
from watchlist.services import Refused, entry_change, entry_withdraw, photograph_add, photograph_remove

pytestmark = pytest.mark.django_db

EVENTS = [
    "propose",
    "approve",
    "add a photograph",
    "remove a photograph",
    "rename",
    "withdraw",
    "let expire",
    "only for the other school",
    "for every school",
    "authorisation begins",
    "authorisation ends",
    "place refused",
    "place allowed",
    "camera renamed",
]


def happen(event: str, which: int, propose, cast, camera: Camera, authorisation: Authorisation, south) -> None:
    who = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    entry = Entry.objects.order_by("pk")[which : which + 1].first()
    now = timezone.now()
    if event == "propose":
        propose(photographs=[enrolment(which + 1)])
    elif event == "authorisation begins":
        Authorisation.objects.update(valid_until=now + timedelta(days=1))
    elif event == "authorisation ends":
        Authorisation.objects.update(valid_until=now)
    elif event.startswith("place"):
        Camera.objects.update(place=Camera.Place.TOILET if event == "place refused" else Camera.Place.ENTRANCE)
    elif event == "camera renamed":
        Camera.objects.update(name=f"Door {which}")
    elif entry is not None:
        happen_to(entry, event, who, cast, south, away=0.01 * (which + 1))


def look_for(entry: Entry, schools: list) -> None:
    entry.every_school = not schools
    entry.save(update_fields=["every_school"])
    entry.schools.set(schools)


def happen_to(entry: Entry, event: str, who: dict, cast, south, *, away: float) -> None:
    if event == "approve":
        approve(entry, cast.second_administrator)
    elif event == "add a photograph":
        photograph_add(entry=entry, enrolment=enrolment(entry.pk, away=away), **who)
    elif event == "remove a photograph" and entry.photographs.exists():
        photograph_remove(photograph=entry.photographs.last(), **who)
    elif event == "rename":
        entry.name += "!"
        entry_change(entry=entry, schools=list(entry.schools.all()), **who)
    elif event == "withdraw":
        entry_withdraw(entry=entry, reason="Lifted.", actor=who["actor"])
    elif event == "let expire":
        Entry.objects.filter(pk=entry.pk).update(expires_at=timezone.now())
    elif event == "only for the other school":
        look_for(entry, [south])
    elif event == "for every school":
        look_for(entry, [])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 2)), min_size=1, max_size=10))
def test_the_version_changes_exactly_when_the_gallery_does(propose, cast, front_door, authorisation, south, events):
    events = [("propose", 0), ("approve", 0), *events]
    before = load_gallery(front_door.pk)
    for event, which in events:
        with suppress(Refused):
            happen(event, which, propose, cast, front_door, authorisation, south)
        version = gallery_version(front_door.pk)
        after = load_gallery(front_door.pk)
        same = before.entries == after.entries and np.array_equal(before.vectors, after.vectors)
        assert after.version == version
        assert (version == before.version) == same, event
        before = after
