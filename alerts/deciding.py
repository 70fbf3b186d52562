"""Deciding on an alert: nobody decides alone that a passer-by is the enrolled person."""

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alerts.events import announce
from alerts.models import Alert, AlertEvent, Decision
from audit.models import AccessRecord
from audit.services import Actor, record_access
from lockport.access import Person, require, visible_or_404

Answer = Decision.Answer
Status = Alert.Status

OPEN = (Status.WAITING, Status.SECOND, Status.UNCLEAR)
LONGEST_NOTE = 1000  # characters, as many as the column holds


class NotAccepted(Exception):
    """The answer was not taken down; the message says why, in words for the person who gave it."""


class AlreadyAnswered(NotAccepted):
    """This person has answered this alert before, or others have decided it meanwhile."""


def status_after(answers: list[str]) -> Alert.Status:
    """Where an alert stands after these answers, the first one first.

    Two people must say "same" to confirm. "Different" rejects unless somebody said "same" before: then a third person
    decides between the two. "Cannot tell" counts for neither side and leaves the alert to somebody else.
    """
    same, different = answers.count(Answer.SAME), answers.count(Answer.DIFFERENT)
    if same >= 2:
        return Status.CONFIRMED
    if different > same:
        return Status.REJECTED
    if same:
        return Status.SECOND
    return Status.UNCLEAR if answers else Status.WAITING


def decide(*, person: Person, actor: Actor, alert_pk: int, answer: str, note: str = "") -> Decision:
    """Take down what one person answers, record it, and tell the browsers.

    Raises Http404 for an alert that is not this person's to see, PermissionDenied without the role, and NotAccepted
    (AlreadyAnswered) for an answer that cannot be taken.
    """
    alert = visible_or_404(Alert.objects.all(), person, pk=alert_pk)
    try:
        require(person, ["alerts.view_alert", "alerts.add_decision"])
    except PermissionDenied:
        record_access(actor=actor, action="decided", subject=alert, result=AccessRecord.Result.REFUSED)
        raise
    note = note.strip()
    if answer not in Answer.values:
        raise NotAccepted("Choose one of the three answers: same person, not this person, or cannot tell.")
    if len(note) > LONGEST_NOTE:
        raise NotAccepted(f"The note is too long: {len(note)} characters of {LONGEST_NOTE}. Nothing was saved.")
    with transaction.atomic():
        return _decide(person, actor, alert_pk, Decision(answer=answer, note=note, by=cast(User, person)))


def _decide(person: Person, actor: Actor, alert_pk: int, decision: Decision) -> Decision:
    alert = visible_or_404(Alert.objects.select_for_update(of=("self",)), person, pk=alert_pk)
    earlier = list(alert.decisions.values_list("by", "answer"))
    if any(by == person.pk for by, _ in earlier):
        raise _answered_before()
    if alert.entry.has_ended:
        raise AlreadyAnswered(
            "The entry has ended and its photograph is destroyed, so the faces cannot be compared. Nothing was saved."
        )
    if alert.status not in OPEN:
        raise AlreadyAnswered("Others have decided this alert meanwhile. Your answer was not needed and not saved.")
    record_access(actor=actor, action="decided", subject=alert, reason=decision.get_answer_display())
    decision.alert = alert
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError:
        # The database's own constraint: the same person, twice at the same moment.
        raise _answered_before() from None
    alert.status = status_after([answer for _, answer in earlier] + [decision.answer])
    alert.save(update_fields=["status"])
    announce(alert, AlertEvent.Kind.DECIDED)
    return decision


def _answered_before() -> AlreadyAnswered:
    return AlreadyAnswered(
        "You have answered this alert already. Your first answer counts; the second person's is next."
    )
