"""What one account holds, in few questions and past the ORM: the access log asks at every page that shows anything.

`access.granted` decides who sees what and composes into other queries; making these queries takes the ORM milliseconds
each time. Here is the same rule as it stands in the tables. tests/lockport/test_held.py holds the two to one answer.
"""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from lockport.access import COVERED_BY

ROLES = """SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id
    WHERE m.user_id = %s ORDER BY g.name"""
# Of the account itself, as long as they last; and of its groups, which have no end.
GRANTS = """SELECT t.app_label, p.codename, g.object_pk FROM guardian_userobjectpermission g
    JOIN auth_permission p ON p.id = g.permission_id JOIN django_content_type t ON t.id = p.content_type_id
    LEFT JOIN lockport_timelimit l ON l.grant_id = g.id
    WHERE g.user_id = %s AND g.object_pk IN ({places}) AND (l.valid_until IS NULL OR l.valid_until > %s)
    UNION ALL
    SELECT t.app_label, p.codename, g.object_pk FROM guardian_groupobjectpermission g
    JOIN auth_user_groups m ON m.group_id = g.group_id
    JOIN auth_permission p ON p.id = g.permission_id JOIN django_content_type t ON t.id = p.content_type_id
    WHERE m.user_id = %s AND g.object_pk IN ({places})"""


def roles_of(account: int) -> list[str]:
    """The names of the account's groups, in order."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES, [account])
        return [name for (name,) in cursor.fetchall()]


def grants_on(account: int, numbers: Iterable[object]) -> set[tuple[str, str]]:
    """The grants in force on rows of these numbers: permission ("app.action_model") and the number as text."""
    wanted = sorted({str(number) for number in numbers})
    if not wanted:
        return set()
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    question = GRANTS.format(places=", ".join(["%s"] * len(wanted)))
    with connection.cursor() as cursor:
        cursor.execute(question, [account, *wanted, now, account, *wanted])
        return {(f"{app}.{codename}", number) for app, codename, number in cursor.fetchall()}


def relied_on(account: int, needed: Iterable[tuple[Model, str]]) -> list[Model]:
    """What was granted that opens these rows by these permissions, each: what covers the row, where that was, else the
    row itself. Nothing stands for a row that no grant of the account opens. One question to the database.
    """
    ways = [list(_widest_first(row, permission)) for row, permission in needed]
    held = grants_on(account, [row.pk for way in ways for row, _ in way])
    found = (next((row for row, permission in way if (permission, str(row.pk)) in held), None) for way in ways)
    return [row for row in found if row is not None]


def _widest_first(row: Model, permission: str) -> Iterator[tuple[Model, str]]:
    if permission in COVERED_BY:
        lookup, wider = COVERED_BY[permission]
        yield from _widest_first(getattr(row, lookup), wider)
    yield row, permission
