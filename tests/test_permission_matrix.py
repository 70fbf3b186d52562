"""Every route, every person of the cast, GET and POST: who gets what. A route that is not in the tables fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from alerts.models import Alert, AlertEvent
from audit.services import Actor, record_access
from cameras.models import Camera
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast, grant_review
from watchlist.appeals import appeal_record
from watchlist.documents import document_add
from watchlist.models import Authorisation, Category

pytestmark = pytest.mark.django_db

ANONYMOUS = "anonymous"
EVERYBODY = frozenset(person.name for person in fields(Cast))
NORTH = frozenset({"north_principal", "north_security"})
REVIEWERS = NORTH | {"south_principal"}
DESK = frozenset({"administrator", "second_administrator"})
STAFF = DESK | {"system_administrator", "superuser"}

SIGN_IN = 302


@dataclass(frozen=True, slots=True)
class Route:
    """Which status whom: `get` and `post` name those who get something else than `others`; a visitor gets `visitor`."""

    get: dict[int, frozenset[str]] = field(default_factory=dict)
    others: int = 405
    post: dict[int, frozenset[str]] = field(default_factory=dict)
    post_others: int = 405
    visitor: int = SIGN_IN
    visitor_post: int = SIGN_IN


def only(allowed: frozenset[str], refused: int) -> Route:
    """A page for some, refused to the others; nothing can be posted there."""
    return Route(get={200: allowed}, others=refused)


PAGES = {
    "sign-in": Route(others=200, post_others=200, visitor=200, visitor_post=200),
    "sign-out": Route(others=405, post_others=302),
    "alerts:queue": only(REVIEWERS | {"superuser"}, 403),
    "alerts:stream": only(REVIEWERS | {"superuser"}, 403),
    "alerts:alert": only(NORTH, 404),
    "alerts:card": only(NORTH, 404),
    "alerts:face": only(NORTH, 404),
    "alerts:frame": only(NORTH, 404),
    # An empty form: those who may answer are told what is missing.
    "alerts:decision": Route(others=405, post={422: NORTH}, post_others=404),
    "cameras:cameras": only(REVIEWERS | {"system_administrator", "superuser"}, 403),
    "cameras:state": only(REVIEWERS | {"system_administrator", "superuser"}, 403),
    "watchlist:photograph": only(NORTH | DESK, 404),
    "watchlist:document": Route(get={200: DESK, 403: NORTH | {"south_principal"}}, others=404),
    "watchlist:appeals": only(DESK | {"privacy_officer", "superuser"}, 403),
    "alerts-api:list": Route(get={200: REVIEWERS | {"superuser"}}, others=403, visitor=403, visitor_post=403),
    "alerts-api:detail": Route(get={200: NORTH}, others=404, visitor=403, visitor_post=403),
    "alerts-api:decision": Route(others=405, post={400: NORTH}, post_others=404, visitor=403, visitor_post=403),
    "cameras-api": Route(
        get={200: REVIEWERS | {"system_administrator", "superuser"}}, others=403, visitor=403, visitor_post=403
    ),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who may see, and who may add, the rows of one model in the admin."""

    see: frozenset[str]
    add: frozenset[str] = frozenset()


ADMIN = {
    "auth_user": Desk(
        see=frozenset({"system_administrator", "superuser"}), add=frozenset({"system_administrator", "superuser"})
    ),
    "audit_accessrecord": Desk(see=frozenset({"superuser"})),
    "cameras_school": Desk(
        see=frozenset({"system_administrator", "superuser"}), add=frozenset({"system_administrator", "superuser"})
    ),
    "cameras_camera": Desk(
        see=frozenset({"system_administrator", "superuser"}), add=frozenset({"system_administrator", "superuser"})
    ),
    "watchlist_category": Desk(see=STAFF),
    "watchlist_authorisation": Desk(see=STAFF, add=frozenset({"system_administrator", "superuser"})),
    "watchlist_appeal": Desk(see=DESK | {"superuser"}),
    "watchlist_entry": Desk(see=DESK | {"superuser"}, add=DESK | {"superuser"}),
}
ADMIN_COMMON = {
    "index",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "view_on_site",
    "app_list",
}


def names(patterns: list[URLPattern | URLResolver] | None = None, space: str = "") -> Iterator[str]:
    """Every named route, with its namespaces. The admin's two unnamed ones only redirect or say 404."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name or space != "admin:":
            yield f"{space}{pattern.name}"


@pytest.fixture
def rows(cast: Cast, front_door: Camera, banned: Category, authorisation: Authorisation) -> dict[str, int]:
    """One row of everything, at North Park; by the name of its model."""
    entry = make_entry(cast, banned)
    alert = make_alert(entry, front_door)
    by_ada = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    return {
        "alert": alert.pk,
        "photograph": entry.photographs.get().pk,
        "auth_user": cast.outsider.pk,
        "audit_accessrecord": record_access(actor=Actor.worker(), action="raised", subject=alert).pk,
        "cameras_school": front_door.school.pk,
        "cameras_camera": front_door.pk,
        "watchlist_category": banned.pk,
        "watchlist_authorisation": authorisation.pk,
        "watchlist_entry": entry.pk,
        "watchlist_appeal": appeal_record(entry=entry, received_at=timezone.now(), statement="Not me.", **by_ada).pk,
        "document": document_add(entry=entry, content=b"%PDF-1.7 order", actor=by_ada["actor"]).pk,
    }


@pytest.fixture
def doors(cast: Cast) -> dict[str, Client]:
    """Each person's own browser, signed in; and a visitor's."""
    clients = {ANONYMOUS: Client(raise_request_exception=False)}
    for person in EVERYBODY:
        clients[person] = Client(raise_request_exception=False)
        clients[person].force_login(getattr(cast, person))
    return clients


def address(name: str, rows: dict[str, int]) -> str:
    if name.startswith(("alerts:", "alerts-api:")) and name.split(":")[1] not in {"queue", "stream", "list"}:
        return reverse(name, args=[rows["alert"]])
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
    assert state() == before


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
