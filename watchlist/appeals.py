"""Appeals against entries: received, acknowledged within 7 days, answered within 30."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record_access
from watchlist.models import Entry
from watchlist.papers import Appeal
from watchlist.refusals import Refused
from watchlist.services import entry_withdraw

UPHELD, REJECTED = Appeal.Outcome.UPHELD, Appeal.Outcome.REJECTED


@transaction.atomic
def appeal_record(*, entry: Entry, received_at: datetime, statement: str, by: User, actor: Actor) -> Appeal:
    """Write down an appeal; its clocks run from the day it was received, not from now. Raises Refused."""
    if received_at > timezone.now():
        raise Refused(_("This day lies ahead. Enter the day on which the appeal was received."))
    if not statement.strip():
        raise Refused(_("Write down what the person says is wrong."))
    appeal = Appeal.objects.create(entry=entry, received_at=received_at, statement=statement, recorded_by=by)
    record_access(actor=actor, action="recorded an appeal against", subject=entry, reason=f"appeal {appeal.pk}")
    return appeal


@transaction.atomic
def appeal_acknowledge(*, appeal: Appeal, actor: Actor) -> Appeal:
    """Note that the person was told that the appeal has arrived. Raises Refused."""
    row = _open(appeal)
    if row.acknowledged_at is not None:
        raise Refused(_("This appeal has been acknowledged already."))
    record_access(actor=actor, action="acknowledged", subject=row)
    row.acknowledged_at = timezone.now()
    row.save(update_fields=["acknowledged_at"])
    return row


@transaction.atomic
def appeal_answer(*, appeal: Appeal, outcome: str, answer: str, by: User, actor: Actor) -> Appeal:
    """Decide the appeal: upheld withdraws the entry at once. Raises Refused, also for whoever proposed the entry."""
    row = _open(appeal)
    if outcome not in Appeal.Outcome.values:
        raise Refused(_("Choose whether the appeal is upheld or rejected."))
    if not answer.strip():
        raise Refused(_("Write the reasons: the person is owed them."))
    if row.entry.proposed_by_id == by.pk:
        raise Refused(_("You proposed this entry, so somebody else must answer the appeal against it."))
    record_access(actor=actor, action=f"answered ({outcome})", subject=row)
    row.acknowledged_at = row.acknowledged_at or timezone.now()
    row.answered_at, row.answered_by, row.outcome, row.answer = timezone.now(), by, outcome, answer
    if row.entry.has_ended:
        row.statement = ""
    row.save()
    if outcome == UPHELD and not row.entry.has_ended:
        entry_withdraw(entry=row.entry, reason=f"Appeal {row.pk} was upheld.", actor=actor)
        row.refresh_from_db()
    return row


def _open(appeal: Appeal) -> Appeal:
    row = Appeal.objects.select_for_update().select_related("entry").get(pk=appeal.pk)
    if row.answered_at is not None:
        raise Refused(_("This appeal has been answered already."))
    return row
