"""Every route, every person of the cast, every method: who gets what. A route that is not in the tables fails."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import timedelta
from itertools import product

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

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
from watchlist.appeals import appeal_record
from watchlist.documents import document_add
from watchlist.models import Authorisation, Category

pytestmark = pytest.mark.django_db

ANONYMOUS = "anonymous"
EVERYBODY = frozenset(person.name for person in fields(Cast))
NORTH = frozenset({"north_principal", "north_security"})
REVIEWERS = NORTH | {"south_principal"}
DESK = frozenset({"administrator", "second_administrator"})
OFFICER = frozenset({"privacy_officer", "superuser"})
CARETAKERS = frozenset({"system_administrator", "superuser"})
STAFF = DESK | {"system_administrator", "superuser"}
HOLD_APPROVERS = frozenset({"privacy_officer", "superuser"})
HOLDS = HOLD_APPROVERS | {"north_principal", "south_principal"}

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


def own(status: int = 200, post: int = 405) -> Route:
    """A page about oneself: the same for everybody who is signed in."""
    return Route(others=status, post_others=post)


def open_to_all(status: int = 200, post: int = 405) -> Route:
    return Route(others=status, post_others=post, visitor=status, visitor_post=post)


PAGES = {
    "sign-in": open_to_all(200, post=200),
    "account_login": open_to_all(200, post=200),
    "sign-out": Route(others=405, post_others=302),
    "account_logout": Route(others=405, post_others=302),
    # The doors beside it: without a started sign-in, or with a credential that does not fit, back to the front door.
    "mfa_login_webauthn": open_to_all(302, post=302),
    "mfa_authenticate": open_to_all(302, post=302),
    "account_inactive": open_to_all(200),
    "welcome": open_to_all(404, post=404),
    "socialaccount_login_error": open_to_all(401),
    "socialaccount_login_cancelled": open_to_all(200),
    # "Is it still you?": nobody in the cast has a second factor, so the two that ask for one lead to the password.
    "account_reauthenticate": own(200, post=200),
    "mfa_reauthenticate": own(302, post=302),
    "mfa_reauthenticate_webauthn": own(302, post=302),
    "account_change_password": own(200, post=200),
    "mfa_index": own(200),
    "mfa_activate_totp": own(200, post=200),
    "mfa_deactivate_totp": own(404, post=404),
    "mfa_list_webauthn": own(200),
    "mfa_add_webauthn": own(200, post=200),
    "mfa_remove_webauthn": own(404, post=404),
    "mfa_view_recovery_codes": own(404),
    "mfa_generate_recovery_codes": own(200, post=200),
    "mfa_download_recovery_codes": own(404, post=404),
    "who-can-see": open_to_all(200),
    "watchlist:who": only(OFFICER, 403),
    "watchlist:break-glass": Route(
        get={200: REVIEWERS | {"superuser"}}, others=403, post={422: REVIEWERS | {"superuser"}}, post_others=403
    ),
    # The superuser broke it: nobody answers for having seen their own.
    "watchlist:glass-seen": Route(
        others=405, post={302: frozenset({"privacy_officer"}), 404: frozenset({"superuser"})}, post_others=403
    ),
    "alerts:queue": only(REVIEWERS | {"superuser"}, 403),
    "alerts:stream": only(REVIEWERS | {"superuser"}, 403),
    "alerts:alert": only(NORTH, 404),
    "alerts:card": only(NORTH, 404),
    "alerts:face": only(NORTH, 404),
    "alerts:frame": only(NORTH, 404),
    # An empty form: those who may answer are told what is missing.
    "alerts:decision": Route(others=405, post={422: NORTH}, post_others=404),
    # Nothing to take back, nothing to correct; the letter is only about a match that was wrong.
    "alerts:undo": Route(others=405, post={422: NORTH}, post_others=404),
    "alerts:correction": Route(others=405, post={422: NORTH}, post_others=404),
    "alerts:letter": Route(others=404),
    "alerts:figures": only(REVIEWERS | {"superuser"}, 403),
    # An empty form, and somebody else's destination.
    "alerts:notifications": Route(
        get={200: REVIEWERS | {"superuser"}}, others=403, post={422: REVIEWERS | {"superuser"}}, post_others=403
    ),
    "alerts:destination-test": Route(others=405, post_others=404),
    "alerts:destination-remove": Route(others=405, post_others=404),
    "cameras:cameras": only(REVIEWERS | {"system_administrator", "superuser"}, 403),
    "cameras:state": only(REVIEWERS | {"system_administrator", "superuser"}, 403),
    "audit:log": only(OFFICER, 403),
    "audit:export": only(OFFICER, 403),
    "audit:reviews": only(OFFICER, 403),
    # An empty form: the officer is told what is missing.
    "audit:review": Route(get={200: OFFICER}, others=403, post={422: OFFICER}, post_others=403),
    "retention:overview": only(frozenset({"privacy_officer", "superuser"}), 403),
    "retention:certificate": only(frozenset({"privacy_officer", "superuser"}), 403),
    # An empty form: those who may request are told what is missing.
    "retention:holds": Route(get={200: HOLDS}, others=403, post={422: HOLDS}, post_others=403),
    "retention:approve": Route(others=405, post={422: HOLD_APPROVERS}, post_others=403),
    "retention:end": Route(others=405, post={422: HOLD_APPROVERS}, post_others=403),
    # The empty form is refused with words; whoever may review the school but not watch it gets 403 (test_playback.py).
    "cameras:recording": Route(get={200: NORTH}, others=404, post={422: NORTH}, post_others=404),
    "cameras:viewing": Route(others=404),
    "cameras:chunk": Route(others=404),
    "cameras:export": Route(get={200: NORTH}, others=404, post={422: NORTH}, post_others=404),
    "cameras:exports": only(REVIEWERS | {"superuser"}, 403),
    # It has no file before somebody agrees; that nobody agrees to their own is in test_exports.py.
    "cameras:export-decision": Route(others=405, post={422: NORTH}, post_others=404),
    "cameras:export-file": Route(others=404),
    "cameras:export-manifest": Route(others=404),
    "alerts:clip": only(NORTH, 404),
    "alerts:clip-export": Route(get={200: NORTH}, others=404, post={422: NORTH}, post_others=404),
    "cameras:aim": only(CARETAKERS, 403),
    "cameras:snapshot": Route(get={204: CARETAKERS}, others=403),  # nobody watches: there is no picture
    "cameras:areas": Route(others=405, post={422: CARETAKERS}, post_others=403),
    "cameras:place": Route(others=405, post={422: CARETAKERS}, post_others=403),
    "cameras:right-view": Route(others=405, post={302: CARETAKERS}, post_others=403),
    "cameras:area-remove": Route(others=405, post={404: CARETAKERS}, post_others=403),
    "cameras:plan": only(NORTH | CARETAKERS, 404),
    "alerts:first-map": Route(get={302: REVIEWERS, 200: frozenset({"superuser"})}, others=403),
    "alerts:map": Route(get={200: NORTH, 404: frozenset({"south_principal", "superuser"})}, others=403),
    "evaluation": only(EVERYBODY - {"outsider"}, 403),
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


# Where the empty form of the test is a whole one: a button that makes, or notes, something for whoever presses it.
CHANGED_BY_AN_EMPTY_FORM = {"watchlist:glass-seen", "cameras:right-view"}
AIMING = ("aim", "snapshot", "areas", "place", "right-view")
WITHOUT_AN_ALERT = {"first-map", "map", "queue", "stream", "list", "figures", "notifications"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who may see, and who may add, the rows of one model in the admin."""

    see: frozenset[str]
    add: frozenset[str] = frozenset()


ADMIN = {
    "auth_user": Desk(
        see=frozenset({"system_administrator", "superuser"}), add=frozenset({"system_administrator", "superuser"})
    ),
    "alerts_escalationrule": Desk(
        see=frozenset({"system_administrator", "superuser"}), add=frozenset({"system_administrator", "superuser"})
    ),
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
            words="alert",
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
    """Each person's own browser, signed in; and a visitor's."""
    clients = {ANONYMOUS: Client(raise_request_exception=False)}
    for person in EVERYBODY:
        clients[person] = Client(raise_request_exception=False)
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
