"""Grants: at which schools or single cameras, and in which categories, a person may do what their role does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from audit.services import Actor, record_access
from cameras.models import Camera, School
from lockport.models import TimeLimit
from lockport.saying import in_storage_language
from watchlist.models import Category
from watchlist.services import Refused

PERMISSIONS: dict[type[Model], str] = {
    School: "cameras.review_school",
    Camera: "cameras.review_camera",
    Category: "watchlist.review_category",
}


def grantable(model: type[Model]) -> QuerySet:
    """Every row of one of the kinds above; of a camera without its sealed address, which no grant needs."""
    rows = model._default_manager.all()
    return rows.select_related("school").defer("address", "usual_view") if model is Camera else rows


@dataclass(frozen=True, slots=True)
class Grant:
    """One school, camera or category that a person was granted, with the row that says so; `until`: None for no end."""

    row: Model
    held: UserObjectPermission
    until: datetime | None


def grants_held(person: User) -> list[Grant]:
    """What this person was granted themselves, not through a group, and what has not ended."""
    now = timezone.now()
    return [grant for grant in _rows(person) if grant.until is None or grant.until > now]


def grants_of(person: User) -> list[Model]:
    """The schools, cameras and categories of `grants_held`."""
    return [grant.row for grant in grants_held(person)]


def _rows(person: User) -> list[Grant]:
    found: list[Grant] = []
    for model, permission in PERMISSIONS.items():
        app, _, codename = permission.partition(".")
        given = UserObjectPermission.objects.filter(
            user=person, permission__codename=codename, permission__content_type__app_label=app
        ).select_related("limit")
        by_key = {held.object_pk: held for held in given}
        for row in grantable(model).filter(pk__in=by_key):
            held = by_key[str(row.pk)]
            limit = getattr(held, "limit", None)
            found.append(Grant(row, held, limit.valid_until if limit else None))
    return found


@transaction.atomic
def grants_give(
    *, to: User, rows: Iterable[Model], actor: Actor, until: datetime | None = None, reason: str = ""
) -> int:
    """Grant these schools, cameras and categories until then, or for good; return for how many that changed anything.

    Raises Refused for a grant to oneself and for an end that is past.
    """
    held = {grant.row: grant for grant in grants_held(to)}
    new = [row for row in rows if row not in held or held[row].until != until]
    if new and actor.id == to.pk:
        raise Refused(_("You cannot grant anything to yourself. Ask another administrator: nobody decides alone."))
    for row in new:
        grant_set(to=to, row=row, actor=actor, until=until, reason=reason)
    return len(new)


@transaction.atomic
def grant_set(*, to: User, row: Model, actor: Actor, until: datetime | None, reason: str = "") -> None:
    """Let one grant hold until exactly then, and record it. Raises Refused for an end that is past."""
    if until is not None and until <= timezone.now():
        raise Refused(_("A grant must end in the future."))
    words = [_words(row), *([f"until {until:%Y-%m-%d %H:%M} UTC"] if until else []), *([reason] if reason else [])]
    record_access(actor=actor, action="granted", subject=to, reason=", ".join(words))
    held = assign_perm(PERMISSIONS[type(row)], to, row)
    if until is None:
        TimeLimit.objects.filter(grant=held).delete()
    else:
        values = {"valid_until": until, "reason": reason, "granted_by": actor.name[:200]}
        TimeLimit.objects.update_or_create(grant=held, defaults=values)


@transaction.atomic
def grants_take(*, of: User, rows: Iterable[Model], actor: Actor) -> int:
    """Take these grants away; return how many there were."""
    unwanted = set(rows)
    gone = [grant for grant in grants_held(of) if grant.row in unwanted]
    for grant in gone:
        record_access(actor=actor, action="revoked", subject=of, reason=_words(grant.row))
        grant.held.delete()
    return len(gone)


def grants_expire(*, actor: Actor) -> int:
    """Clear away the grants that have ended; return how many. They counted for nothing since their last moment."""
    ended = TimeLimit.objects.filter(valid_until__lte=timezone.now()).values_list("grant__user", flat=True)
    cleared = 0
    for person in User.objects.filter(pk__in=ended):
        with transaction.atomic():
            for grant in _rows(person):
                if grant.until is not None and grant.until <= timezone.now():
                    record_access(actor=actor, action="cleared away", subject=person, reason=_ended(grant))
                    grant.held.delete()
                    cleared += 1
    return cleared


def _ended(grant: Grant) -> str:
    return f"the grant of {_words(grant.row)}, which ended at {grant.until:%Y-%m-%d %H:%M} UTC"


def _words(row: Model) -> str:
    with in_storage_language():
        return f"{row._meta.verbose_name} {row}"
