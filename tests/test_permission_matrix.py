"""Every route, every person of the cast, every method: who gets what. A route that is not in the tables fails."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from alerts.destinations import Destination
from alerts.escalation import EscalationRule
from alerts.models import Alert, AlertEvent, Clip
from audit.services import Actor
from cameras.aiming import plan_set
from cameras.models import Camera, Export, FloorPlan, School
from lockport.models import BrokenGlass
from retention.models import Hold
from tests.alerts.conftest import make_alert, make_entry
from tests.cameras.test_aiming import a_picture
from tests.conftest import Cast, grant_review, make_person
from tests.permission_tables import (
    ADMIN,
    ADMIN_COMMON,
    AIMING,
    ANONYMOUS,
    CHANGED_BY_AN_EMPTY_FORM,
    EVERYBODY,
    NORTH,
    PAGES,
    SIGN_IN,
    STAFF,
    WITHOUT_AN_ALERT,
    Route,
)
from watchlist.appeals import appeal_record
from watchlist.documents import document_add
from watchlist.models import Authorisation, Category

pytestmark = pytest.mark.django_db


def names(patterns: list[URLPattern | URLResolver] | None = None, space: str = "") -> Iterator[str]:
    """Every named route, with its namespaces. The admin's two unnamed ones only redirect or say 404."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name or space != "admin:":
            yield f"{space}{pattern.name}"


@pytest.fixture
def rows(cast: Cast, front_door: Camera, banned: Category, authorisation: Authorisation) -> dict[str, int]:
    return make_rows(cast, front_door, banned, authorisation)


def make_rows(cast: Cast, front_door: Camera, banned: Category, authorisation: Authorisation) -> dict[str, int | str]:
    """One row of everything, at North Park; by the name of its model. The guard was granted the one camera of it."""
    assign_perm("cameras.review_camera", cast.north_guard, front_door)
    entry = make_entry(cast, banned)
    alert = make_alert(entry, front_door, looked_at=timezone.now())
    rule = EscalationRule.objects.create(school=front_door.school, to=cast.north_principal)
    stranger = make_person("stranger")
    Clip.objects.create(
        alert=alert, start=alert.first_seen, end=alert.first_seen, file=ContentFile(b"clip", "clip.mp4")
    )
    export = Export.objects.create(
        camera=front_door,
        start=alert.first_seen,
        end=alert.first_seen,
        reason="for the police",
        is_blurred=False,
        asked_by=cast.north_principal,
        status=Export.Status.WAITING,
    )
    by_ada = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    return {
        "export": str(export.handle),
        "camera": front_door.pk,
        "alert": alert.pk,
        "alerts_escalationrule": rule.pk,
        "destination": Destination.objects.create(owner=stranger, name="Phone", kind="json", address="json://x").pk,
        "photograph": entry.photographs.get().pk,
        "glass": broken_by(cast.superuser, front_door.school).pk,
        "hold": Hold.objects.create(
            alert=alert.pk,
            words="alert 1",
            reason="A suit",
            instrument="Order 9",
            requested_by=cast.north_principal,
            until=timezone.now() + timedelta(days=90),
        ).pk,
        "auth_user": cast.outsider.pk,
        "cameras_school": plan_of(front_door.school).school_id,
        "cameras_camera": front_door.pk,
        "watchlist_category": banned.pk,
        "watchlist_authorisation": authorisation.pk,
        "watchlist_entry": entry.pk,
        "watchlist_appeal": appeal_record(entry=entry, received_at=timezone.now(), statement="Not me.", **by_ada).pk,
        "document": document_add(entry=entry, content=b"%PDF-1.7 order", actor=by_ada["actor"]).pk,
    }


@pytest.fixture
def doors(cast: Cast) -> dict[str, Client]:
    """Each person's own browser at an address of its own, signed in; and a visitor's."""
    clients = {ANONYMOUS: Client(raise_request_exception=False)}
    for number, person in enumerate(sorted(EVERYBODY)):
        clients[person] = Client(raise_request_exception=False, REMOTE_ADDR=f"192.0.2.{number}")
        clients[person].force_login(getattr(cast, person))
    return clients


def plan_of(school: School) -> FloorPlan:
    return plan_set(school=school, file=a_picture(), actor=Actor.command())


def broken_by(person: User, school: School) -> BrokenGlass:
    return BrokenGlass.objects.create(person=person, school=school.name, reason="A fire.", until=timezone.now())


def address(name: str, rows: dict[str, int | str]) -> str:
    if name == "welcome":
        return reverse(name, args=["MQ", "c0ffee-0123456789abcdef"])
    if name in {"watchlist:glass-seen", "mfa_remove_webauthn"}:
        return reverse(name, args=[rows["glass"]])
    if name.startswith("cameras:export-"):
        return reverse(name, args=[rows["export"]])
    if name in {"cameras:plan", "alerts:map"}:
        return reverse(name, args=[rows["cameras_school"]])
    if name == "cameras:area-remove":  # of none: whoever may remove one removes it for the next
        return reverse(name, args=[999_999_999])
    if name in {"cameras:recording", "cameras:export", *(f"cameras:{page}" for page in AIMING)}:
        return reverse(name, args=[rows["camera"]])
    if name in {"cameras:viewing", "cameras:chunk"}:  # of no session: a viewing belongs to whoever asked for it
        return reverse(name, args=[uuid.uuid4(), *([0] if name == "cameras:chunk" else [])])
    if name.startswith("alerts:destination-"):
        return reverse(name, args=[rows["destination"]])
    if name.startswith(("alerts:", "alerts-api:")) and name.split(":")[1] not in WITHOUT_AN_ALERT:
        return reverse(name, args=[rows["alert"]])
    if name == "audit:export":
        return f"{reverse(name)}?format=csv"
    if name == "audit:review":
        return reverse(name, args=["2026-W01"])
    if name in {"retention:approve", "retention:end"}:
        return reverse(name, args=[rows["hold"]])
    row = rows.get(name.removeprefix("watchlist:"))
    return reverse(name, args=[] if row is None else [row])


def state() -> dict[str, list[object]]:
    """Everything that a request without the right to it must leave as it is."""
    untouched = {"django_session", "audit_accessrecord", "auth_user"}
    return {
        model._meta.db_table: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.db_table not in untouched
    } | {"auth_user": list(User.objects.order_by("pk").values_list("pk", "username", "password", "is_staff"))}


def test_every_route_is_in_a_table():
    known = {*PAGES, *(f"admin:{name}" for name in ADMIN_COMMON)}
    missing = [
        name for name in names() if name not in known and not any(name.startswith(f"admin:{model}_") for model in ADMIN)
    ]
    assert not missing, f"say in tests/test_permission_matrix.py who may use: {missing}"


def test_the_tables_name_no_route_that_is_gone():
    assert set(PAGES) <= set(names())
    assert all(any(name.startswith(f"admin:{model}_") for name in names()) for model in ADMIN)


@pytest.mark.parametrize("name", PAGES)
def test_each_person_gets_from_each_page_what_the_table_says(name: str, rows: dict[str, int], doors: dict[str, Client]):
    route, place = PAGES[name], address(name, rows)
    wanted = dict.fromkeys(EVERYBODY, route.others) | {ANONYMOUS: route.visitor}
    wanted |= {person: status for status, people in route.get.items() for person in people}
    answers = {person: client.get(place) for person, client in doors.items()}
    assert {person: answer.status_code for person, answer in answers.items()} == wanted
    if route.visitor == SIGN_IN:
        assert answers[ANONYMOUS]["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", PAGES)
def test_each_person_who_posts_to_each_page_gets_what_the_table_says(
    name: str, rows: dict[str, int], doors: dict[str, Client]
):
    route, place, before = PAGES[name], address(name, rows), state()
    wanted = dict.fromkeys(EVERYBODY, route.post_others) | {ANONYMOUS: route.visitor_post}
    wanted |= {person: status for status, people in route.post.items() for person in people}
    assert {person: client.post(place).status_code for person, client in doors.items()} == wanted
    if name not in CHANGED_BY_AN_EMPTY_FORM:
        assert state() == before


@pytest.mark.parametrize("name", PAGES)
def test_no_other_method_gives_or_changes_more(name: str, rows: dict[str, int], doors: dict[str, Client]):
    route, place, before = PAGES[name], address(name, rows), state()
    shown = {person for status, people in route.get.items() if status == 200 for person in people}
    for method, (person, client) in product(["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"], doors.items()):
        answer = client.generic(method, place)
        assert answer.status_code < 500, (method, person)
        gives = answer.status_code == 200 and not answer.streaming and answer.content
        assert not gives or person in shown or opens_by_itself(route, person), (method, person)
        assert method != "HEAD" or not gives
    assert state() == before


def opens_by_itself(route: Route, person: str) -> bool:
    """Whether this page says the same to everybody, or to everybody who is signed in."""
    return (route.visitor if person == ANONYMOUS else route.others) == 200


def test_only_those_who_may_decide_can_post_an_answer(rows: dict[str, int], doors: dict[str, Client]):
    place = reverse("alerts:decision", args=[rows["alert"]])
    api = reverse("alerts-api:decision", args=[rows["alert"]])
    before = state()
    for person in (EVERYBODY | {ANONYMOUS}) - NORTH:
        doors[person].post(place, {"answer": "same"})
        doors[person].post(api, {"answer": "same"}, "application/json")
        assert state() == before, person
    for person in sorted(NORTH):
        doors[person].post(place, {"answer": "same"})
    assert Alert.objects.get(pk=rows["alert"]).status == Alert.Status.CONFIRMED
    assert AlertEvent.objects.filter(alert=rows["alert"], kind=AlertEvent.Kind.DECIDED).count() == 2


@pytest.mark.parametrize("name", ["alerts:queue", "alerts:alert", "alerts:card", "alerts:face", "alerts:frame"])
def test_grants_without_the_role_are_refused(name: str, cast: Cast, rows: dict[str, int], doors: dict[str, Client]):
    grant_review(cast.outsider, Camera.objects.get().school)
    assert doors["outsider"].get(address(name, rows)).status_code == 403


@pytest.mark.parametrize("model", ADMIN)
def test_the_lists_and_forms_of_the_admin_open_only_to_those_in_the_table(
    model: str, rows: dict[str, int], doors: dict[str, Client]
):
    for action, allowed in (("changelist", ADMIN[model].see), ("add", ADMIN[model].add)):
        place = reverse(f"admin:{model}_{action}")
        got = {person for person, client in doors.items() if client.get(place).status_code == 200}
        assert got == allowed, action


@pytest.mark.parametrize("model", ADMIN)
def test_rows_in_the_admin_are_closed_to_all_others_whatever_they_ask_or_post(
    model: str, rows: dict[str, int], doors: dict[str, Client]
):
    before = state()
    for name in names():
        if not name.startswith(f"admin:{model}_"):
            continue
        needs_a_row = not name.endswith(("_changelist", "_add", "_import", "_preview"))
        place = reverse(name, args=[rows[model]] if needs_a_row else [])
        allowed = ADMIN[model].add if name.endswith("_add") else ADMIN[model].see
        for person in (EVERYBODY | {ANONYMOUS}) - allowed:
            for answer in (doors[person].get(place), doors[person].post(place, {"post": "yes", "name": "x"})):
                assert answer.status_code in {302, 403, 404}, (name, person)
    assert state() == before


@pytest.mark.parametrize("name", sorted(ADMIN_COMMON - {"login", "logout"}))
def test_the_admin_itself_opens_only_to_staff(name: str, rows: dict[str, int], doors: dict[str, Client]):
    arguments = {"view_on_site": [1, 1], "app_list": ["watchlist"]}
    place = reverse(f"admin:{name}", args=arguments.get(name, []))
    for person in (EVERYBODY | {ANONYMOUS}) - STAFF:
        assert doors[person].get(place).status_code in {302, 403, 404}, person
