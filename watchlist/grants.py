"""Grants: at which schools and in which categories a person may see what their role lets them do."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from audit.services import Actor, record_access
from cameras.models import School
from watchlist.models import Category
from watchlist.services import Refused

PERMISSIONS: dict[type[Model], str] = {School: "cameras.review_school", Category: "watchlist.review_category"}


def grants_of(person: User) -> list[Model]:
    """The schools and categories granted to this person themselves, not through a group."""
    found: list[Model] = []
    for model, permission in PERMISSIONS.items():
        rows = get_objects_for_user(
            person, permission, klass=model, use_groups=False, with_superuser=False, accept_global_perms=False
        )
        found.extend(rows)
    return found


@transaction.atomic
def grants_give(*, to: User, rows: Iterable[Model], actor: Actor) -> int:
    """Grant these schools and categories; return how many were new. Raises Refused for a grant to oneself."""
    held = grants_of(to)
    new = [row for row in rows if row not in held]
    if new and actor.id == to.pk:
        raise Refused("You cannot grant anything to yourself. Ask another administrator: nobody decides alone.")
    for row in new:
        record_access(actor=actor, action="granted", subject=to, reason=_words(row))
        assign_perm(PERMISSIONS[type(row)], to, row)
    return len(new)


@transaction.atomic
def grants_take(*, of: User, rows: Iterable[Model], actor: Actor) -> int:
    """Take these grants away; return how many there were."""
    held = grants_of(of)
    gone = [row for row in rows if row in held]
    for row in gone:
        record_access(actor=actor, action="revoked", subject=of, reason=_words(row))
        remove_perm(PERMISSIONS[type(row)], of, row)
    return len(gone)


def _words(row: Model) -> str:
    return f"{row._meta.verbose_name} {row}"
