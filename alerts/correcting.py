"""Taking an answer back within ten seconds, and correcting it later: always a further row, never an edit."""

from datetime import datetime, timedelta
from typing import cast

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.deciding import (
    CHOOSE,
    Answer,
    NotAccepted,
    checked_note,
    last_of,
    locked,
    require_decider,
    said_same,
    settle,
)
from alerts.models import ANSWERS, Alert, Decision
from audit.services import Actor, record_access
from lockport.access import Person
from lockport.saying import in_storage_language

UNDO_SHOWN = timedelta(seconds=10)
UNDO = UNDO_SHOWN + timedelta(seconds=2)  # for the way from the browser to here


def may_undo(row: Decision | None, rows: list[Decision], now: datetime) -> bool:
    """Whether this answer can still be taken back: it is fresh, and nobody has answered after it."""
    if row is None or row.answer == Answer.UNDONE or row != rows[-1]:
        return False
    return now - row.at <= UNDO


def undo(*, person: Person, actor: Actor, alert_pk: int) -> Decision:
    """Take back one's last answer. Raises Http404, PermissionDenied, or NotAccepted when it is too late."""
    require_decider(person, actor, alert_pk)
    with transaction.atomic():
        alert = locked(person, alert_pk)
        rows = list(alert.decisions.all())
        mine = last_of(rows, cast(User, person).pk)
        if not may_undo(mine, rows, timezone.now()):
            raise NotAccepted(
                _(
                    "It is too late to take this back: more than 10 seconds have passed, or somebody has answered "
                    "since. You can correct your answer on the alert's page."
                )
            )
        record_access(actor=actor, action="took back an answer on", subject=alert)
        return _add(alert, Decision(alert=alert, by=cast(User, person), answer=Answer.UNDONE, corrects=mine))


def correct(*, person: Person, actor: Actor, alert_pk: int, answer: str, reason: str) -> Decision:
    """Say something else than before, for a reason that everybody who may read the answers can read.

    Who corrects to "same" after others have said so has seen it, and is not the second person who confirms.
    Raises Http404, PermissionDenied, or NotAccepted.
    """
    require_decider(person, actor, alert_pk)
    reason = checked_note(reason)
    if not reason:
        raise NotAccepted(_("Say why you correct your answer: the reason is kept beside both answers."))
    if answer not in ANSWERS:
        raise NotAccepted(CHOOSE)
    with transaction.atomic():
        alert = locked(person, alert_pk)
        rows = list(alert.decisions.all())
        mine = last_of(rows, cast(User, person).pk)
        if mine is None or mine.answer == Answer.UNDONE:
            raise NotAccepted(_("You have given no answer here that could be corrected."))
        if mine.answer == answer:
            said = _("Your answer is “%(answer)s” already. Nothing was changed.")
            raise NotAccepted(said % {"answer": mine.get_answer_display().lower()})
        row = Decision(alert=alert, by=cast(User, person), answer=answer, note=reason, corrects=mine)
        row.independent = not said_same(rows, but=cast(User, person).pk)
        with in_storage_language():
            words = f"{mine.get_answer_display()} → {row.get_answer_display()}: {reason}"
        record_access(actor=actor, action="corrected an answer on", subject=alert, reason=words)
        return _add(alert, row)


def _add(alert: Alert, row: Decision) -> Decision:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise NotAccepted(_("You have just changed this answer in another window. Reload the page.")) from None
    settle(alert)
    return row
