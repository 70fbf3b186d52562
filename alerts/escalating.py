"""Bringing alerts that nobody has decided in time to somebody else; closing those that nobody can decide any more."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from alerts.answers import OPEN
from alerts.escalation import Escalation, EscalationRule
from alerts.events import announce
from alerts.models import Alert, AlertEvent
from alerts.telling import escalate_to, may_be_told
from audit.services import Actor, record_access
from watchlist.models import Entry

logger = logging.getLogger(__name__)

OLDEST = timedelta(days=1)  # an alert older than that is not brought to anybody: nobody is at the door any more


def alerts_escalate() -> int:
    """Work through the rules; return how many people were newly told of an alert."""
    now = timezone.now()
    told = 0
    for rule in EscalationRule.objects.filter(to__is_active=True).select_related("to", "school"):
        waited = Alert.objects.filter(
            status__in=OPEN,
            camera__school=rule.school_id,
            created_at__lte=now - timedelta(minutes=rule.minutes),
            created_at__gt=now - OLDEST,
        ).exclude(escalations__to=rule.to_id)
        if rule.category_id:
            waited = waited.filter(category=rule.category_id)
        # Whoever has answered has been asked already.
        for alert in waited.exclude(decisions__by=rule.to_id).select_related("camera__school", "category"):
            told += _escalate(rule, alert)
    return told


def _escalate(rule: EscalationRule, alert: Alert) -> bool:
    if not may_be_told(rule.to, alert):
        logger.error("Escalation rule %s names somebody who may not see %s: nobody is told", rule.pk, alert)
        return False
    try:
        with transaction.atomic():
            # The pair of alert and person is unique: of two workers one is refused here.
            Escalation.objects.create(alert=alert, rule=rule, to=rule.to, minutes=rule.minutes)
            record_access(actor=Actor.worker(), action="escalated", subject=alert, reason=f"to {rule.to}")
            event = announce(alert, AlertEvent.Kind.ESCALATED)
            if not escalate_to(rule.to, event, rule.minutes):
                logger.warning("%s is to be told of alerts but has set up no notification", rule.to)
    except IntegrityError:
        return False
    return True


def alerts_end() -> int:
    """Close the open alerts whose entry has ended: the photograph is destroyed, there is nothing left to compare."""
    now = timezone.now()
    ended = Q(entry__status__in=[Entry.Status.WITHDRAWN, Entry.Status.EXPIRED]) | Q(entry__expires_at__lte=now)
    closed = 0
    for number in list(Alert.objects.filter(ended, status__in=OPEN).values_list("pk", flat=True)):
        with transaction.atomic():
            row = Alert.objects.filter(pk=number, status__in=OPEN)
            if not row.update(status=Alert.Status.ENDED, settled_at=now):
                continue
            alert = Alert.objects.get(pk=number)
            record_access(actor=Actor.worker(), action="closed undecided", subject=alert, reason="The entry has ended.")
            announce(alert, AlertEvent.Kind.ENDED)
            closed += 1
    return closed
