"""Who can see what, read from the grants as they are now: with names for the privacy officer, without for everybody."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from guardian.models import GroupObjectPermission, UserObjectPermission

from cameras.models import Camera, School
from lockport.access import role_words
from watchlist.grants import PERMISSIONS, grantable
from watchlist.models import Category

Ends = dict[int, datetime | None]  # of a school, camera or category, by its number; None for no end


@dataclass(slots=True)
class Sight:
    """One account that could see a face, and where.

    `schools`, `cameras` (granted singly) and `categories` are names with the end of the grant.
    """

    person: User
    posts: list[str]
    second_factor: bool
    sees_alerts: bool
    sees_watchlist: bool
    schools: list[tuple[str, datetime | None]] = field(default_factory=list)
    cameras: list[tuple[str, datetime | None]] = field(default_factory=list)
    schools_in_part: set[str] = field(default_factory=set)  # those of the cameras, where the school was not granted
    categories: list[tuple[str, datetime | None]] = field(default_factory=list)


def who_can_see() -> list[Sight]:
    """Every active account that has a role which shows faces, or any grant; in a fixed number of queries."""
    live = _live()
    rows: dict[Any, dict[int, Any]] = {model: {row.pk: row for row in grantable(model)} for model in PERMISSIONS}
    alerts, watchlist = _holders("alerts", "view_alert"), _holders("watchlist", "view_photograph")
    factors = set(Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values_list("user", flat=True))
    found = []
    for person in User.objects.filter(is_active=True).prefetch_related("groups").order_by("last_name", "username"):
        own = {model: _rows(live[permission][person.pk], rows[model]) for model, permission in PERMISSIONS.items()}
        role_alerts = person.is_superuser or person.pk in alerts
        role_watchlist = person.is_superuser or person.pk in watchlist
        if not (role_alerts or role_watchlist or any(own.values())):
            continue
        schools, cameras, categories = own[School], own[Camera], own[Category]
        sight = Sight(
            person=person,
            posts=[role_words(group.name) for group in person.groups.all()]
            or ([gettext("Superuser")] if person.is_superuser else []),
            second_factor=person.pk in factors,
            sees_alerts=bool(role_alerts and (schools or cameras) and categories),
            sees_watchlist=bool(role_watchlist and categories),
            schools=_named(schools),
            cameras=_named(cameras),
            schools_in_part={row.school.name for row in cameras if row.school not in schools},
            categories=_named(categories),
        )
        found.append(sight)
    return found


@dataclass(slots=True)
class Posts:
    """How many people of which post see the alerts of one school: of all its cameras, and of some of them only."""

    school: str
    all: Counter[str] = field(default_factory=Counter)
    some: Counter[str] = field(default_factory=Counter)

    @property
    def sorted(self) -> list[tuple[str, int]]:
        return sorted(self.all.items())

    @property
    def sorted_some(self) -> list[tuple[str, int]]:
        return sorted(self.some.items())


def numbers_and_posts() -> tuple[list[Posts], list[tuple[str, int]]]:
    """For the public: per school how many people of which post see alerts, and how many keep the watchlist."""
    sights = who_can_see()
    schools = {name: Posts(name) for name in School.objects.values_list("name", flat=True)}
    keepers: Counter[str] = Counter()
    for sight in sights:
        post = ", ".join(sight.posts) or gettext("Other")
        if sight.sees_alerts:
            for name, _ in sight.schools:
                schools[name].all[post] += 1
            for name in sight.schools_in_part:
                schools[name].some[post] += 1
        if sight.sees_watchlist:
            keepers[post] += 1
    return [schools[name] for name in sorted(schools)], sorted(keepers.items())


def _live() -> dict[str, dict[int, Ends]]:
    """The grants that have not ended, by permission and person; the longest where there are several ways to one."""
    names = {permission.partition(".")[2]: permission for permission in PERMISSIONS.values()}
    found: dict[str, dict[int, Ends]] = {permission: defaultdict(dict) for permission in names.values()}
    own = UserObjectPermission.objects.filter(permission__codename__in=names)
    own = own.exclude(limit__valid_until__lte=timezone.now())
    for name, person, row, until in own.values_list("permission__codename", "user", "object_pk", "limit__valid_until"):
        found[names[name]][person][int(row)] = until
    shared = GroupObjectPermission.objects.filter(permission__codename__in=names, group__user__isnull=False)
    for name, person, row in shared.values_list("permission__codename", "group__user", "object_pk"):
        found[names[name]][person][int(row)] = None
    return found


def _holders(app: str, codename: str) -> set[int]:
    """Who has this permission by role or by itself."""
    wanted = {"codename": codename, "content_type__app_label": app}
    by_role = Q(**{f"groups__permissions__{name}": value for name, value in wanted.items()})
    by_itself = Q(**{f"user_permissions__{name}": value for name, value in wanted.items()})
    return set(User.objects.filter(by_role | by_itself).values_list("pk", flat=True))


def _rows(ends: Ends, rows: dict[int, Any]) -> dict[Any, datetime | None]:
    """The rows themselves, without those that are gone."""
    return {rows[number]: until for number, until in ends.items() if number in rows}


def _named(ends: dict[Any, datetime | None]) -> list[tuple[str, datetime | None]]:
    named = ((gettext(row.name) if isinstance(row, Category) else str(row), until) for row, until in ends.items())
    return sorted(named, key=lambda pair: pair[0])
