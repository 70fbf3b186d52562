"""Who has looked at an alert, and when anybody first did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from alerts import words
from alerts.models import Alert
from audit.models import AccessRecord

MOST_SHOWN = 50


def note_first_look(alerts: Iterable[Alert]) -> None:
    """Remember that these are being shown, where they were not before: a look at an old alert writes nothing."""
    new = [alert.pk for alert in alerts if alert.looked_at is None]
    if new:
        Alert.objects.filter(pk__in=new, looked_at=None).update(looked_at=timezone.now())


@dataclass(frozen=True, slots=True)
class Looked:
    """One person, and when they last had this alert before them, in words."""

    by: str
    at: str


def who_looked(alert: Alert, now: datetime) -> list[Looked]:
    """Everybody whose look at this alert, its pictures or its page is in the access log, the latest first."""
    rows = (
        AccessRecord.objects.filter(
            subject_kind="alert",
            subject_id=str(alert.pk),
            actor_kind=AccessRecord.ActorKind.PERSON,
            result=AccessRecord.Result.DONE,
        )
        .order_by()
        .values("actor_id", "actor_name")
        .annotate(last=Max("at"))
        .order_by("-last")[:MOST_SHOWN]
    )
    zone = alert.camera.school.zone
    return [Looked(row["actor_name"], words.clock(row["last"], zone, now=now, seconds=False)) for row in rows]
