"""What is granted to an account: asked of the database each time, and only once in a request that changes nothing.

Every list, count and picture of a page needs the same grants, and so does its record in the access log, which says what
was relied on. They are remembered for the length of one GET or HEAD request and no longer, so a grant that was taken
away or has ended is gone with the next request.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lockport.middleware import BothWays

# What a grant on a container covers: whoever may review a school may review each of its cameras.
COVERED_BY = {"cameras.review_camera": ("school", "cameras.review_school")}

# Past the ORM, which takes milliseconds to compose these each time; tests/lockport/test_held.py compares its answers.
ROLES = """SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id
    WHERE m.user_id = %s ORDER BY g.name"""
# Of the account itself, as long as they last; and of its groups, which have no end.
GRANTS = """SELECT t.app_label, p.codename, g.object_pk FROM guardian_userobjectpermission g
    JOIN auth_permission p ON p.id = g.permission_id JOIN django_content_type t ON t.id = p.content_type_id
    LEFT JOIN lockport_timelimit l ON l.grant_id = g.id
    WHERE g.user_id = %s AND (l.valid_until IS NULL OR l.valid_until > %s)
    UNION
    SELECT t.app_label, p.codename, g.object_pk FROM guardian_groupobjectpermission g
    JOIN auth_user_groups m ON m.group_id = g.group_id
    JOIN auth_permission p ON p.id = g.permission_id JOIN django_content_type t ON t.id = p.content_type_id
    WHERE m.user_id = %s"""

# By permission ("app.action_model"): the primary keys of the rows that grants name.
Held = Mapping[str, list[int]]

_remembered: ContextVar[dict[int, Held] | None] = ContextVar("grants remembered in this request", default=None)


def roles_of(account: int) -> list[str]:
    """The names of the account's groups, in order."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES, [account])
        return [name for (name,) in cursor.fetchall()]


def held_by(person: AbstractUser | AnonymousUser) -> Held:
    """Every grant of this person and their groups that has not ended; none for strangers and closed accounts."""
    return grants_of(person.pk) if person.is_authenticated and person.is_active else {}


def grants_of(account: int) -> Held:
    """Every grant of the account and its groups that has not ended."""
    known = _remembered.get()
    if known is None:
        return _ask(account)
    if account not in known:
        known[account] = _ask(account)
    return known[account]


def relied_on(account: int, needed: Iterable[tuple[Model, str]]) -> list[Model]:
    """What was granted that opens these rows by these permissions, each: what covers the row, where that was, else the
    row itself. Nothing stands for a row that no grant of the account opens.
    """
    held = grants_of(account)
    found = (
        next((wider for wider, by in _widest_first(row, permission) if wider.pk in held.get(by, [])), None)
        for row, permission in needed
    )
    return [row for row in found if row is not None]


@contextmanager
def grants_asked_once() -> Iterator[None]:
    """Within it each account's grants are asked for once. Not for what changes grants or goes on for long."""
    before = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(before)


def _ask(account: int) -> Held:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, [account, now, account])
        for app, codename, key in cursor.fetchall():
            found.setdefault(f"{app}.{codename}", []).append(int(key))  # guardian stores keys as text
    return found


def _widest_first(row: Model, permission: str) -> Iterator[tuple[Model, str]]:
    if permission in COVERED_BY:
        lookup, wider = COVERED_BY[permission]
        yield from _widest_first(getattr(row, lookup), wider)
    yield row, permission


class GrantsOnceMiddleware(BothWays):
    """Innermost, so that only the view and its templates are within it: a stream goes on after it, and asks anew."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        with _while_answering(request):
            return self.get_response(request)

    async def answer_later(self, request: HttpRequest) -> HttpResponse:
        with _while_answering(request):
            return await self.get_response(request)


def _while_answering(request: HttpRequest) -> AbstractContextManager[None]:
    return grants_asked_once() if request.method in {"GET", "HEAD"} else nullcontext()
