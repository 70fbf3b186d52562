"""Who can see what, read from the grants as they are now: with names for the privacy officer, without for everybody."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from guardian.models import GroupObjectPermission, UserObjectPermission

from cameras.models import School
from lockport.access import role_words
from watchlist.models import Category

Ends = dict[int, datetime | None]  # of a school or category, by its number; None for no end


@dataclass(slots=True)
class Sight:
    """One account that could see a face, and where. `schools` and `categories` are names with the end of the grant."""

    person: User
    posts: list[str]
    second_factor: bool
    sees_alerts: bool
    sees_watchlist: bool
    schools: list[tuple[str, datetime | None]] = field(default_factory=list)
    categories: list[tuple[str, datetime | None]] = field(default_factory=list)


def who_can_see() -> list[Sight]:
    """Every active account that has a role which shows faces, or any grant; in a fixed number of queries."""
    schools, categories = _live("cameras", "review_school"), _live("watchlist", "review_category")
    school_names = dict(School.objects.values_list("pk", "name"))
    category_names = {pk: gettext(name) for pk, name in Category.objects.values_list("pk", "name")}
    alerts, watchlist = _holders("alerts", "view_alert"), _holders("watchlist", "view_photograph")
    factors = set(Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values_list("user", flat=True))
    found = []
    for person in User.objects.filter(is_active=True).prefetch_related("groups").order_by("last_name", "username"):
        own_schools, own_categories = schools.get(person.pk, {}), categories.get(person.pk, {})
        role_alerts = person.is_superuser or person.pk in alerts
        role_watchlist = person.is_superuser or person.pk in watchlist
        if not (role_alerts or role_watchlist or own_schools or own_categories):
            continue
        sight = Sight(
            person=person,
            posts=[role_words(group.name) for group in person.groups.all()]
            or ([gettext("Superuser")] if person.is_superuser else []),
            second_factor=person.pk in factors,
            sees_alerts=bool(role_alerts and own_schools and own_categories),
            sees_watchlist=bool(role_watchlist and own_categories),
            schools=_named(own_schools, school_names),
            categories=_named(own_categories, category_names),
        )
        found.append(sight)
    return found


def numbers_and_posts() -> tuple[list[tuple[str, list[tuple[str, int]]]], list[tuple[str, int]]]:
    """For the public: per school how many people of which post see alerts, and how many keep the watchlist."""
    sights = who_can_see()
    schools: dict[str, Counter[str]] = {name: Counter() for name in School.objects.values_list("name", flat=True)}
    keepers: Counter[str] = Counter()
    for sight in sights:
        post = ", ".join(sight.posts) or gettext("Other")
        if sight.sees_alerts:
            for name, _ in sight.schools:
                schools[name][post] += 1
        if sight.sees_watchlist:
            keepers[post] += 1
    return [(name, sorted(posts.items())) for name, posts in sorted(schools.items())], sorted(keepers.items())


def _live(app: str, codename: str) -> dict[int, Ends]:
    """The grants that have not ended, by person; the longest where there are several ways to one."""
    wanted = {"permission__codename": codename, "permission__content_type__app_label": app}
    found: dict[int, Ends] = defaultdict(dict)
    own = UserObjectPermission.objects.filter(**wanted).exclude(limit__valid_until__lte=timezone.now())
    for person, row, until in own.values_list("user", "object_pk", "limit__valid_until"):
        found[person][int(row)] = until
    shared = GroupObjectPermission.objects.filter(**wanted, group__user__isnull=False)
    for person, row in shared.values_list("group__user", "object_pk"):
        found[person][int(row)] = None
    return found


def _holders(app: str, codename: str) -> set[int]:
    """Who has this permission by role or by itself."""
    wanted = {"codename": codename, "content_type__app_label": app}
    by_role = Q(**{f"groups__permissions__{name}": value for name, value in wanted.items()})
    by_itself = Q(**{f"user_permissions__{name}": value for name, value in wanted.items()})
    return set(User.objects.filter(by_role | by_itself).values_list("pk", flat=True))


def _named(ends: Ends, names: dict[int, str]) -> list[tuple[str, datetime | None]]:
    return sorted(
        ((names[number], until) for number, until in ends.items() if number in names), key=lambda pair: pair[0]
    )
