"""Who gets what, route by route: the tables of test_permission_matrix.py. A route that is not in them fails there."""

from dataclasses import dataclass, field, fields

from tests.conftest import Cast

ANONYMOUS = "anonymous"
EVERYBODY = frozenset(person.name for person in fields(Cast))
NORTH = frozenset({"north_principal", "north_security", "north_guard"})  # the guard by a grant on the one camera
REVIEWERS = NORTH | {"south_principal"}
DESK = frozenset({"administrator", "second_administrator"})
OFFICER = frozenset({"privacy_officer", "superuser"})
CARETAKERS = frozenset({"system_administrator", "superuser"})
STAFF = DESK | {"system_administrator", "superuser"}
HOLD_APPROVERS = frozenset({"privacy_officer", "superuser"})
HOLDS = HOLD_APPROVERS | {"north_principal", "south_principal"}

SIGN_IN = 302
LED_BACK = 302  # who opens the address of a form is led to the page that has the form (lockport/posting.py)


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
    "first-page": own(302),
    "language": open_to_all(405, post=302),
    "who-can-see": open_to_all(200),
    "how-long": open_to_all(200),
    "watchlist:who": only(OFFICER, 403),
    "watchlist:break-glass": Route(
        get={200: REVIEWERS | {"superuser"}}, others=403, post={422: REVIEWERS | {"superuser"}}, post_others=403
    ),
    # The superuser broke it: nobody answers for having seen their own.
    "watchlist:glass-seen": Route(
        others=LED_BACK, post={302: frozenset({"privacy_officer"}), 404: frozenset({"superuser"})}, post_others=403
    ),
    "alerts:queue": only(REVIEWERS | {"superuser"}, 403),
    "alerts:stream": only(REVIEWERS | {"superuser"}, 403),
    "alerts:alert": only(NORTH, 404),
    "alerts:card": only(NORTH, 404),
    "alerts:face": only(NORTH, 404),
    "alerts:frame": only(NORTH, 404),
    # An empty form: those who may answer are told what is missing.
    "alerts:decision": Route(others=LED_BACK, post={422: NORTH}, post_others=404),
    # Nothing to take back, nothing to correct; the letter is only about a match that was wrong.
    "alerts:undo": Route(others=LED_BACK, post={422: NORTH}, post_others=404),
    "alerts:correction": Route(others=LED_BACK, post={422: NORTH}, post_others=404),
    "alerts:remark": Route(others=LED_BACK, post={422: NORTH}, post_others=404),
    "alerts:letter": Route(others=404),
    "alerts:figures": only(REVIEWERS | {"superuser"}, 403),
    # An empty form, and somebody else's destination.
    "alerts:notifications": Route(
        get={200: REVIEWERS | OFFICER}, others=403, post={422: REVIEWERS | OFFICER}, post_others=403
    ),
    "alerts:push-worker": open_to_all(200),
    "alerts:destination-test": Route(others=LED_BACK, post_others=404),
    "alerts:destination-remove": Route(others=LED_BACK, post_others=404),
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
    "retention:approve": Route(others=LED_BACK, post={422: HOLD_APPROVERS}, post_others=403),
    "retention:end": Route(others=LED_BACK, post={422: HOLD_APPROVERS}, post_others=403),
    # The empty form is refused with words; whoever may review the school but not watch it gets 403 (test_playback.py).
    "cameras:recording": Route(get={200: NORTH}, others=404, post={422: NORTH}, post_others=404),
    "cameras:viewing": Route(others=404),
    "cameras:chunk": Route(others=404),
    "cameras:export": Route(get={200: NORTH}, others=404, post={422: NORTH}, post_others=404),
    "cameras:exports": only(REVIEWERS | {"superuser"}, 403),
    # It has no file before somebody agrees; that nobody agrees to their own is in test_exports.py.
    "cameras:export-decision": Route(others=LED_BACK, post={422: NORTH}, post_others=404),
    "cameras:export-file": Route(others=404),
    "cameras:export-manifest": Route(others=404),
    "alerts:clip": only(NORTH, 404),
    "alerts:clip-export": Route(get={200: NORTH}, others=404, post={422: NORTH}, post_others=404),
    "cameras:aim": only(CARETAKERS, 403),
    "cameras:snapshot": Route(get={204: CARETAKERS}, others=403),  # nobody watches: there is no picture
    "cameras:areas": Route(others=LED_BACK, post={422: CARETAKERS}, post_others=403),
    "cameras:place": Route(others=LED_BACK, post={422: CARETAKERS}, post_others=403),
    "cameras:right-view": Route(others=LED_BACK, post={302: CARETAKERS}, post_others=403),
    "cameras:area-remove": Route(others=LED_BACK, post={404: CARETAKERS}, post_others=403),
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
WITHOUT_AN_ALERT = {"first-map", "map", "queue", "stream", "list", "figures", "notifications", "push-worker"}


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
