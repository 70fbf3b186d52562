"""What alerts hold in the vault, for retention: sixty days after it was first seen an alert goes, with all about it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert
from lockport.access import Person
from retention.checks import policy
from retention.files import remove_folder, size_under
from retention.policy import cutoff
from retention.registry import DayStored, Destroyed, Holding, Spared, register, uuids
from retention.vault import destroy_key

KIND = "alerts"


def destroy_due(now: datetime, size: int, spare: Spared) -> Destroyed:
    """The oldest alerts that are due: evidence, key, then the row with its decisions, sightings and events."""
    due = Alert.objects.filter(first_seen__lte=cutoff(now, policy().alerts)).exclude(pk__in=spare.alerts)
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("first_seen")[:size])
    return _destroy(rows)


def destroy_owner(owner: str) -> Destroyed:
    return _destroy(list(Alert.objects.filter(handle__in=uuids([owner]))))


def _destroy(rows: list[Alert]) -> Destroyed:
    size, errors = 0, tuple[str, ...]()
    for alert in rows:
        destroy_key(alert.owner)
        size += size_under(alert.owner)
        errors += remove_folder(alert.owner)
    Alert.objects.filter(pk__in=[alert.pk for alert in rows]).delete()
    return Destroyed(len(rows), size, errors)


def _existing(owners: Collection[str]) -> set[str]:
    rows = Alert.objects.filter(handle__in=uuids(owners))
    return {alert.owner for alert in rows.only("handle")}


def _names(owner: str) -> set[str]:
    rows = Alert.objects.filter(handle__in=uuids([owner])).values_list("face", "frame", "clip__file")
    return {name for row in rows for name in row if name}


def _owners() -> Iterable[str]:
    return (alert.owner for alert in Alert.objects.only("handle").iterator())


def _first_due(spare: Spared) -> datetime | None:
    rows = Alert.objects.exclude(pk__in=spare.alerts).order_by("first_seen")
    first = rows.values_list("first_seen", flat=True).first()
    return None if first is None else first + policy().alerts


def _stored_per_day() -> list[DayStored]:
    # Bytes would take a look at every file: alerts are few, and their number says enough.
    rows = Alert.objects.annotate(day=TruncDate("first_seen")).values("day").order_by("day")
    return [DayStored(row["day"], row["count"], 0) for row in rows.annotate(count=Count("pk"))]


def _visible(person: Person | None) -> QuerySet[Alert]:
    rows = Alert.objects.all() if person is None else Alert.objects.visible_to(person)
    return rows.select_related("camera__school")


def _describe(number: int) -> str | None:
    alert = _visible(None).filter(pk=number).first()
    return None if alert is None else f"alert {alert.pk} at {alert.camera}, {alert.first_seen:%Y-%m-%d %H:%M} UTC"


def register_alerts() -> None:
    register(
        Holding(
            kind=KIND,
            title=_("Alerts and their evidence"),
            keep=lambda: policy().alerts,
            destroy_due=destroy_due,
            destroy_owner=destroy_owner,
            existing=_existing,
            names=_names,
            owners=_owners,
            first_due=_first_due,
            stored_per_day=_stored_per_day,
            describe=_describe,
            visible=_visible,
            zone=lambda alert: alert.camera.school.zone,
        )
    )
