"""Whether anybody is left who could still answer an alert that is open."""

from collections import defaultdict
from collections.abc import Sequence

from django.contrib.auth.models import Permission, User
from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

from alerts.answers import OPEN, standing
from alerts.models import Alert


def nobody_left(alerts: Sequence[Alert]) -> set[int]:
    """The numbers of those open ones that everybody who may decide on them has answered. One query for all of them,
    none for no alert; the answers are taken as they were read with the rows.
    """
    asked = [alert for alert in alerts if alert.status in OPEN]
    if not asked:
        return set()
    held = _held(asked)
    return {alert.pk for alert in asked if not _may_answer(alert, held) - _have_answered(alert)}


def _may_answer(alert: Alert, held: dict[tuple[str, str], set[int]]) -> set[int]:
    school, camera = ("review_school", str(alert.camera.school_id)), ("review_camera", str(alert.camera_id))
    return (held[school] | held[camera]) & held["review_category", str(alert.category_id)]


def _have_answered(alert: Alert) -> set[int]:
    return {row.by_id for row in standing(alert.decisions.all())}


def _held(alerts: Sequence[Alert]) -> dict[tuple[str, str], set[int]]:
    """By permission and row, who of those whose role decides was granted it, themselves or with a group."""
    wanted = Q(permission__codename="review_school", object_pk__in={str(one.camera.school_id) for one in alerts})
    wanted |= Q(permission__codename="review_camera", object_pk__in={str(one.camera_id) for one in alerts})
    wanted |= Q(permission__codename="review_category", object_pk__in={str(one.category_id) for one in alerts})
    own = UserObjectPermission.objects.filter(wanted, user__in=_deciders())
    own = own.exclude(limit__valid_until__lte=timezone.now())
    shared = GroupObjectPermission.objects.filter(wanted, group__user__in=_deciders())
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    columns = ("permission__codename", "object_pk")
    for person, codename, number in own.values_list("user", *columns).union(
        shared.values_list("group__user", *columns)
    ):
        found[codename, number].add(person)
    return found


def _deciders() -> QuerySet:
    decides = Permission.objects.filter(codename="add_decision", content_type__app_label="alerts").values("pk")
    role = Q(is_superuser=True) | Q(groups__permissions__in=decides) | Q(user_permissions__in=decides)
    return User.objects.filter(role, is_active=True).values("pk")
