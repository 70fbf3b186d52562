"""Alerts that nobody can decide any more, and alerts that nobody decided in time."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from alerts.deciding import decide
from alerts.escalating import alerts_end, alerts_escalate
from alerts.escalation import Escalation, EscalationRule
from alerts.models import Alert, AlertEvent
from alerts.notices import Notice
from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import School
from tests.alerts.conftest import make_alert
from tests.alerts.notices import destination_of
from tests.conftest import Cast
from watchlist.models import Category, Entry
from watchlist.services import entry_withdraw

pytestmark = pytest.mark.django_db


def test_an_alert_does_not_wait_once_its_entry_has_been_withdrawn(cast: Cast, alert: Alert, entry: Entry):
    entry_withdraw(entry=entry, reason="The order was lifted", actor=Actor.from_person(cast.administrator))
    assert alerts_end() == 1
    alert.refresh_from_db()
    assert alert.status == Alert.Status.ENDED and alert.settled_at
    assert AlertEvent.objects.get().kind == AlertEvent.Kind.ENDED
    assert AccessRecord.objects.get(action="closed undecided").subject_id == str(alert.pk)
    assert alerts_end() == 0


def test_nor_once_its_entry_is_past_its_day(alert: Alert, entry: Entry):
    Entry.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alerts_end() == 1


def test_what_was_decided_stays_decided(cast: Cast, alert: Alert):
    maria = cast.north_principal
    decide(person=maria, actor=Actor.from_person(maria), alert_pk=alert.pk, answer="different")
    Entry.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alerts_end() == 0


def waited(alert: Alert, minutes: float) -> None:
    Alert.objects.filter(pk=alert.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))


@pytest.fixture
def rule(cast: Cast, north: School) -> EscalationRule:
    """After five minutes Sam is told of whatever nobody at North Park has decided."""
    return EscalationRule.objects.create(school=north, minutes=5, to=cast.north_security)


def test_an_alert_not_decided_in_time_is_brought_to_somebody_once(rule: EscalationRule, alert: Alert):
    destination_of(rule.to)
    waited(alert, 4.9)
    assert alerts_escalate() == 0
    waited(alert, 5.1)
    assert alerts_escalate() == 1
    assert alerts_escalate() == 0
    notice = Notice.objects.get()
    assert (notice.kind, notice.minutes, notice.destination.owner) == (Notice.Kind.ESCALATED, 5, rule.to)
    assert Escalation.objects.get().to == rule.to
    assert AlertEvent.objects.get().kind == AlertEvent.Kind.ESCALATED


def test_what_has_one_answer_of_two_is_not_decided(cast: Cast, rule: EscalationRule, alert: Alert):
    maria = cast.north_principal
    decide(person=maria, actor=Actor.from_person(maria), alert_pk=alert.pk, answer="same")
    waited(alert, 6)
    assert alerts_escalate() == 1


def test_who_has_answered_already_is_not_told(cast: Cast, rule: EscalationRule, alert: Alert):
    decide(person=rule.to, actor=Actor.from_person(rule.to), alert_pk=alert.pk, answer="same")
    waited(alert, 6)
    assert alerts_escalate() == 0


def test_a_rule_is_about_its_school_and_its_category(
    rule: EscalationRule, alert: Alert, south_alert: Alert, entry: Entry
):
    waited(alert, 6)
    waited(south_alert, 6)
    other = Category.objects.exclude(pk=entry.category_id).first()
    EscalationRule.objects.update(category=other)
    assert alerts_escalate() == 0
    EscalationRule.objects.update(category=entry.category)
    assert alerts_escalate() == 1
    assert Escalation.objects.get().alert == alert


def test_nobody_is_told_of_an_alert_they_may_not_see(cast: Cast, rule: EscalationRule, alert: Alert):
    destination_of(cast.south_principal)
    EscalationRule.objects.update(to=cast.south_principal)
    waited(alert, 6)
    assert alerts_escalate() == 0
    assert not Notice.objects.exists()


def test_a_rule_for_somebody_who_could_not_open_the_alert_is_refused(cast: Cast, rule: EscalationRule):
    rule.full_clean()
    rule.to = cast.south_principal
    with pytest.raises(ValidationError, match="the grant for North Park"):
        rule.full_clean()
    rule.to = cast.outsider
    with pytest.raises(ValidationError, match="a role that decides"):
        rule.full_clean()


def test_old_alerts_are_not_brought_to_anybody(rule: EscalationRule, entry: Entry, front_door):
    waited(make_alert(entry, front_door), 25 * 60)
    assert alerts_escalate() == 0
