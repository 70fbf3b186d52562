"""Who may see what: roles as groups, grants on School, Camera and Category, and the one door to rows, `visible_to`.

A role says what kind of thing somebody does; a grant says at which school (or single camera) and in which
category. Both are needed, and whatever is missing means no. Superusers are not excepted: nobody sees a face without
a grant.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar, Self, TypeVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser, AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import BigIntegerField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from guardian.models import GroupObjectPermission, UserObjectPermission

from lockport.held import COVERED_BY, Held, held_by

VERBS = {
    "view": gettext_noop("see %(what)s"),
    "add": gettext_noop("add %(what)s"),
    "change": gettext_noop("change %(what)s"),
    "delete": gettext_noop("delete %(what)s"),
    "approve": gettext_noop("approve %(what)s"),
}

Person = AbstractUser | AnonymousUser
Row = TypeVar("Row", bound=Model)

# Groups are called so in the database; pages show `role_words`.
PRINCIPAL = gettext_noop("Principal")
SECURITY = gettext_noop("Security")
WATCHLIST_ADMINISTRATOR = gettext_noop("Watchlist administrator")
PRIVACY_OFFICER = gettext_noop("Privacy officer")
SYSTEM_ADMINISTRATOR = gettext_noop("System administrator")

ROLES: dict[str, list[str]] = {
    PRINCIPAL: [
        "alerts.view_alert",
        "alerts.add_decision",
        "cameras.view_camera",
        "cameras.watch_recording",
        "retention.view_hold",
        "retention.add_hold",
        "watchlist.view_evaluation",
    ],
    SECURITY: [
        "alerts.view_alert",
        "alerts.add_decision",
        "cameras.view_camera",
        "cameras.watch_recording",
        "watchlist.view_evaluation",
    ],
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
        "watchlist.view_evaluation",
    ],
    PRIVACY_OFFICER: [
        "audit.view_accessrecord",
        "retention.view_purgerun",
        "retention.view_hold",
        "retention.add_hold",
        "retention.approve_hold",
        "watchlist.view_authorisation",
        "watchlist.view_category",
        "watchlist.view_evaluation",
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
        "alerts.add_escalationrule",
        "alerts.change_escalationrule",
        "alerts.delete_escalationrule",
        "alerts.view_escalationrule",
        "watchlist.add_authorisation",
        "watchlist.change_authorisation",
        "watchlist.view_authorisation",
        "watchlist.view_category",
        "watchlist.view_evaluation",
    ],
}


def role_words(name: str) -> str:
    """What a role is called in the reader's language; a group that the district made keeps its name."""
    return gettext(name) if name in ROLES else name


def ensure_roles() -> None:
    """Make the role groups hold exactly the permissions written above."""
    for name, permissions in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        wanted = set(permissions)
        rows = Permission.objects.filter(codename__in={p.split(".")[1] for p in wanted}).select_related("content_type")
        group.permissions.set([row for row in rows if f"{row.content_type.app_label}.{row.codename}" in wanted])


def granted(person: Person, permission: str) -> QuerySet:
    """The rows that `permission` ("app.action_model") opens to this person now: granted themselves, or covered.

    Everything that asks for grants asks `held_by`: an ended or revoked grant is gone with the next request.
    """
    return _named_by(permission).filter(_opened(held_by(person), permission))


def _opened(held: Held, permission: str) -> Q:
    wanted = Q(pk__in=held.get(permission, []))
    if permission in COVERED_BY:
        lookup, wider = COVERED_BY[permission]
        wanted |= Q(**{f"{lookup}__in": held.get(wider, [])})
    return wanted


def granted_itself(person: Person, permission: str) -> QuerySet:
    """Only the rows that grants to this person or their group name, and not what these cover."""
    return _named_by(permission).filter(_itself(person, permission))


def grants_forget(row: Model) -> None:
    """Take away every grant on a row that is about to go: grants name it by number and would outlive it."""
    named = {"content_type": ContentType.objects.get_for_model(row), "object_pk": str(row.pk)}
    UserObjectPermission.objects.filter(**named).delete()
    GroupObjectPermission.objects.filter(**named).delete()


def _named_by(permission: str) -> QuerySet:
    app, _, codename = permission.partition(".")
    return apps.get_model(app, codename.rpartition("_")[2])._default_manager.all()


def _itself(person: Person, permission: str) -> Q:
    if not person.is_authenticated or not person.is_active:
        return Q(pk__in=[])
    app, _, codename = permission.partition(".")
    wanted = {"permission__codename": codename, "permission__content_type__app_label": app}
    own = UserObjectPermission.objects.filter(user=person.pk, **wanted).exclude(limit__valid_until__lte=timezone.now())
    shared = GroupObjectPermission.objects.filter(group__user=person.pk, **wanted)
    return Q(pk__in=_numbers(own)) | Q(pk__in=_numbers(shared))


def _numbers(grants: QuerySet) -> QuerySet:
    """The primary keys that grants name; guardian stores them as text."""
    return grants.annotate(number=Cast("object_pk", BigIntegerField())).values("number")


class ScopedQuerySet(QuerySet[Row]):
    """Rows that show themselves only to people with every grant they need.

    A subclass names in `grants` which lookup must be among the objects granted by which permission.
    """

    grants: ClassVar[dict[str, str]] = {}

    def visible_to(self, person: Person) -> Self:
        """The rows this person may see; none for strangers, and none where a subclass names no grants."""
        if not self.grants or not person.is_authenticated or not person.is_active:
            return self.none()
        rows, held = self, held_by(person)
        for lookup, permission in self.grants.items():
            covered = _named_by(permission).filter(_opened(held, permission)).values("pk")
            rows = rows.filter(**{f"{lookup}__in": covered if permission in COVERED_BY else held.get(permission, [])})
        return rows


def require(person: Person, permissions: Iterable[str]) -> None:
    """Raise PermissionDenied (403), naming what is missing, unless the person's role has all `permissions`."""
    missing = [permission for permission in permissions if not person.has_perm(permission)]
    if missing:
        words = gettext("Your role does not let you: %(missing)s. Ask your system administrator.")
        raise PermissionDenied(words % {"missing": "; ".join(_permission_words(each) for each in missing)})


def _permission_words(permission: str) -> str:
    """What it allows, in words, and its name for whoever gives roles: "see alerts (alerts.view_alert)"."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    if permission == "cameras.watch_recording":  # on schools and cameras, and named after what they record
        return f"{gettext('watch recordings')} ({permission})"
    with suppress(LookupError):
        what = apps.get_model(app, model)._meta.verbose_name_plural
        return f"{gettext(VERBS[verb]) % {'what': what}} ({permission})"
    return permission


def visible_or_404(rows: ScopedQuerySet[Row], person: Person, **lookup: object) -> Row:
    """The one row that the person may see. Raises Http404 whether it does not exist or is not theirs to see."""
    return opened_or_404(rows.visible_to(person), **lookup)


def opened_or_404(rows: QuerySet[Row], **lookup: object) -> Row:
    """The one of these rows, which are this person's to see already (`visible_to`, `within_reach_of`). Or Http404."""
    try:
        return rows.get(**lookup)
    except ObjectDoesNotExist:
        raise Http404(gettext("There is nothing here that you may see.")) from None
