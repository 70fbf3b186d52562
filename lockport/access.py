"""Who may see what: roles as groups, grants on School and Category, and the one door to rows, `visible_to`.

A role says what kind of thing somebody does; a grant says at which school and in which category. Both are needed, and
whatever is missing means no. Superusers are not excepted: nobody sees a face without a grant.
"""

from collections.abc import Iterable
from typing import ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser, Group, Permission
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from guardian.shortcuts import get_objects_for_user

Person = AbstractUser | AnonymousUser
Row = TypeVar("Row", bound=Model)

PRINCIPAL = "Principal"
SECURITY = "Security"
WATCHLIST_ADMINISTRATOR = "Watchlist administrator"
PRIVACY_OFFICER = "Privacy officer"
SYSTEM_ADMINISTRATOR = "System administrator"

ROLES: dict[str, list[str]] = {
    PRINCIPAL: ["alerts.view_alert", "alerts.add_decision", "cameras.view_camera"],
    SECURITY: ["alerts.view_alert", "alerts.add_decision", "cameras.view_camera"],
    WATCHLIST_ADMINISTRATOR: [
        "watchlist.change_category",
        "watchlist.view_category",
        "watchlist.view_authorisation",
        "watchlist.add_entry",
        "watchlist.change_entry",
        "watchlist.view_entry",
        "watchlist.add_photograph",
        "watchlist.view_photograph",
        "watchlist.delete_photograph",
        "watchlist.view_document",
        "watchlist.add_appeal",
        "watchlist.change_appeal",
        "watchlist.view_appeal",
    ],
    PRIVACY_OFFICER: [
        "audit.view_accessrecord",
        "watchlist.view_authorisation",
        "watchlist.view_category",
        "watchlist.view_appeal",
    ],
    SYSTEM_ADMINISTRATOR: [
        "auth.add_user",
        "auth.change_user",
        "auth.view_user",
        "auth.view_group",
        "cameras.add_camera",
        "cameras.change_camera",
        "cameras.delete_camera",
        "cameras.view_camera",
        "cameras.add_school",
        "cameras.change_school",
        "cameras.view_school",
        "watchlist.add_authorisation",
        "watchlist.change_authorisation",
        "watchlist.view_authorisation",
        "watchlist.view_category",
    ],
}


def ensure_roles() -> None:
    """Make the role groups hold exactly the permissions written above."""
    for name, permissions in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        wanted = set(permissions)
        rows = Permission.objects.filter(codename__in={p.split(".")[1] for p in wanted}).select_related("content_type")
        group.permissions.set([row for row in rows if f"{row.content_type.app_label}.{row.codename}" in wanted])


def granted(person: Person, permission: str) -> QuerySet:
    """The schools or categories on which `permission` ("app.codename") was granted to this person or their group."""
    return get_objects_for_user(person, permission, use_groups=True, with_superuser=False, accept_global_perms=False)


class ScopedQuerySet(QuerySet[Row]):
    """Rows that show themselves only to people with every grant they need.

    A subclass names in `grants` which lookup must be among the objects granted by which permission.
    """

    grants: ClassVar[dict[str, str]] = {}

    def visible_to(self, person: Person) -> Self:
        """The rows this person may see; none for strangers, and none where a subclass names no grants."""
        if not self.grants or not person.is_authenticated or not person.is_active:
            return self.none()
        rows = self
        for lookup, permission in self.grants.items():
            rows = rows.filter(**{f"{lookup}__in": granted(person, permission).values("pk")})
        return rows


def require(person: Person, permissions: Iterable[str]) -> None:
    """Raise PermissionDenied (403), naming what is missing, unless the person's role has all `permissions`."""
    missing = [permission for permission in permissions if not person.has_perm(permission)]
    if missing:
        raise PermissionDenied(f"Your role lacks: {', '.join(missing)}. Ask your system administrator.")


def visible_or_404(rows: ScopedQuerySet[Row], person: Person, **lookup: object) -> Row:
    """The one row that the person may see. Raises Http404 whether it does not exist or is not theirs to see."""
    try:
        return rows.visible_to(person).get(**lookup)
    except ObjectDoesNotExist:
        raise Http404("There is nothing here that you may see.") from None
