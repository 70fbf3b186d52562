"""The cast, the places and the doors that all tests share."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import django.apps
import pytest
import redis
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation
from guardian.shortcuts import assign_perm

from audit import triggers
from cameras.models import Camera, School
from lockport import access
from watchlist.models import Authorisation, Category

pytest_plugins = ["tests.rtsp.fixtures"]

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
PASSWORD = "correct horse battery staple"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Data of ../shared may be missing on a developer's machine, never in CI."""
    if SHARED.exists() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="../shared is not here"))


@pytest.fixture(scope="session")
def shared() -> Path:
    assert SHARED.exists(), "../shared is missing, and CI does without no test"
    return SHARED


# The access log refuses DELETE and TRUNCATE; emptying a test database is the one exception.
_flush = TransactionTestCase._fixture_teardown


def _flush_with_the_log(self: TransactionTestCase) -> None:
    triggers.remove(connection)
    try:
        _flush(self)
    finally:
        triggers.install(connection)
        # What a migration put into the tables belongs to an empty Lockport too.
        categories = import_module("watchlist.migrations.0002_categories")
        categories.create(django.apps.apps, None)
        import_module("watchlist.migrations.0007_every_school_said").switch_students_off(django.apps.apps, None)


TransactionTestCase._fixture_teardown = _flush_with_the_log


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path: Path) -> None:
    """Each test has a vault, keys and an outbox of its own."""
    settings.LOCKPORT_VAULT = tmp_path / "vault"
    settings.LOCKPORT_KEYS_FOLDER = tmp_path / "data-keys"
    settings.LOCKPORT_OUTBOX = tmp_path / "outbox"
    settings.LOCKPORT_VIDEO_FOLDER = tmp_path / "videos"
    settings.LOCKPORT_VIDEO_FOLDER.mkdir()
    settings.LOCKPORT_LOG_MEMORY = tmp_path / "log" / "memory.json"
    for name in ("log", "witness"):
        (tmp_path / name).mkdir()
    settings.LOCKPORT_WITNESSES = [f"file:{tmp_path / name / 'heads.jsonl'}" for name in ("log", "witness")]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def each_test_begins_in_english() -> None:
    """A page asked for in Spanish leaves its thread in Spanish."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def nobody_is_locked_out() -> None:
    """All tests come from one address: what one of them tried in vain is not held against the next."""
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    for key in client.scan_iter("*allauth*", count=1000):
        client.delete(key)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who appears in the tests. North and South are two schools; each reviewer holds grants at one of them only."""

    north_principal: User
    north_security: User
    north_guard: User  # was granted one camera of North Park, where a test grants it, and not the school
    south_principal: User
    administrator: User
    second_administrator: User
    privacy_officer: User
    system_administrator: User
    outsider: User
    superuser: User


@pytest.fixture
def north(db) -> School:
    return School.objects.create(name="North Park", time_zone="America/New_York", jurisdiction="US-PA")


@pytest.fixture
def south(db) -> School:
    return School.objects.create(name="South Hill", time_zone="America/Chicago", jurisdiction="US-PA")


def make_person(username: str, role: str | None = None, *, staff: bool = False, full_name: str = "") -> User:
    first, _, last = full_name.partition(" ")
    person = User.objects.create_user(username, password=PASSWORD, is_staff=staff, first_name=first, last_name=last)
    if role:
        person.groups.add(Group.objects.get(name=role))
    return person


def signed_in(person: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person)
    return client


def grant_review(person: User, school: School, categories: list[Category] | None = None) -> None:
    assign_perm("cameras.review_school", person, school)
    for category in categories if categories is not None else Category.objects.all():
        assign_perm("watchlist.review_category", person, category)


@pytest.fixture
def cast(north: School, south: School) -> Cast:
    return make_cast(north, south)


def make_cast(north: School, south: School) -> Cast:
    people = Cast(
        north_principal=make_person("maria", access.PRINCIPAL, full_name="Maria Lopez"),
        north_security=make_person("sam", access.SECURITY, full_name="Sam Reed"),
        north_guard=make_person("gus", access.SECURITY, full_name="Gus Hale"),
        south_principal=make_person("peter", access.PRINCIPAL, full_name="Peter Young"),
        administrator=make_person("ada", access.WATCHLIST_ADMINISTRATOR, staff=True, full_name="Ada Stone"),
        second_administrator=make_person("bela", access.WATCHLIST_ADMINISTRATOR, staff=True, full_name="Bela Marsh"),
        privacy_officer=make_person("priya", access.PRIVACY_OFFICER, full_name="Priya Nair"),
        system_administrator=make_person("sys", access.SYSTEM_ADMINISTRATOR, staff=True, full_name="Otto Lang"),
        outsider=make_person("nobody"),
        superuser=User.objects.create_superuser("root", password=PASSWORD),
    )
    grant_review(people.north_principal, north)
    grant_review(people.north_security, north)
    grant_review(people.south_principal, south)
    for category in Category.objects.all():
        assign_perm("watchlist.review_category", people.north_guard, category)
        assign_perm("watchlist.review_category", people.administrator, category)
        assign_perm("watchlist.review_category", people.second_administrator, category)
    return people


@pytest.fixture
def front_door(north: School) -> Camera:
    return Camera.objects.create(school=north, name="Front door", address="rtsp://viewer:s3cret-word@192.0.2.7/stream")


@pytest.fixture
def banned(db) -> Category:
    return Category.objects.get(slug="banned")


@pytest.fixture
def authorisation(cast: Cast, north: School) -> Authorisation:
    """North Park may look for all five categories, until tomorrow."""
    return make_authorisation(cast, north)


def make_authorisation(cast: Cast, north: School) -> Authorisation:
    row = Authorisation.objects.create(
        school=north,
        law="Resolution 12 of the board of education",
        valid_from=timezone.now() - timedelta(days=1),
        valid_until=timezone.now() + timedelta(days=1),
        signed_by=cast.administrator,
        approved_by=cast.second_administrator,
    )
    row.categories.set(Category.objects.all())
    return row


@pytest.fixture
def no_leftover_threads() -> Iterator[None]:
    """Fails when the test leaves a thread running."""
    import threading
    import time

    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left, f"threads left running: {[thread.name for thread in left]}"
