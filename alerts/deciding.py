"""Deciding on an alert: nobody decides alone that a passer-by is the enrolled person. See docs/decisions/0012."""

from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.answers import OPEN, confirmers, may_object, standing, status_after
from alerts.events import announce
from alerts.models import ANSWERS, Alert, AlertEvent, Decision
from audit.models import AccessRecord
from audit.services import Actor, record_access
from lockport.access import Person, require, visible_or_404
from lockport.saying import in_storage_language
from watchlist.learning import count_stranger
from watchlist.models import Entry

Answer = Decision.Answer
Status = Alert.Status

CHOOSE = gettext_lazy("Choose one of the three answers: same person, not this person, or cannot tell.")
LONGEST_NOTE = 1000  # characters, as many as the column holds


class NotAccepted(Exception):
    """The answer was not taken down; the message says why, in words for the person who gave it."""


class AlreadyAnswered(NotAccepted):
    """This person has answered this alert before, or others have decided it meanwhile."""


def decide(*, person: Person, actor: Actor, alert_pk: int, answer: str, note: str = "") -> Decision:
    """Take down what one person answers, record it, and tell the browsers.

    Raises Http404 for an alert that is not this person's to see, PermissionDenied without the role, and NotAccepted
    (AlreadyAnswered) for an answer that cannot be taken.
    """
    require_decider(person, actor, alert_pk)
    note = checked_note(note)
    if answer not in ANSWERS:
        raise NotAccepted(CHOOSE)
    with transaction.atomic():
        return _decide(person, actor, alert_pk, Decision(answer=answer, note=note, by=cast(User, person)))


def require_decider(person: Person, actor: Actor, alert_pk: int) -> None:
    """Raise Http404 or PermissionDenied (and record the refusal) unless this person may decide on this alert."""
    alert = visible_or_404(Alert.objects.all(), person, pk=alert_pk)
    try:
        require(person, ["alerts.view_alert", "alerts.add_decision"])
    except PermissionDenied:
        record_access(actor=actor, action="decided", subject=alert, result=AccessRecord.Result.REFUSED)
        raise


def checked_note(note: str) -> str:
    """The note without blanks around it. Raises NotAccepted for one that is too long."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        said = _("The note is too long: %(length)s characters of %(most)s. Nothing was saved.")
        raise NotAccepted(said % {"length": len(note), "most": LONGEST_NOTE})
    return note


def locked(person: Person, alert_pk: int) -> Alert:
    """The alert, alone until the transaction ends: two answers at one moment take turns. Raises Http404.

    Its entry is locked before it, in the order in which a sighting locks the two: what is decided counts for the entry.
    """
    entry = Alert.objects.filter(pk=alert_pk).values("entry")
    Entry.objects.select_for_update(no_key=True).filter(pk__in=entry).first()
    return visible_or_404(Alert.objects.select_for_update(of=("self",)), person, pk=alert_pk)


def _decide(person: Person, actor: Actor, alert_pk: int, decision: Decision) -> Decision:
    alert = locked(person, alert_pk)
    rows = list(alert.decisions.all())
    mine = last_of(rows, decision.by_id)
    if mine is not None and mine.answer != Answer.UNDONE:
        raise _answered_before()
    if alert.entry.has_ended:
        raise AlreadyAnswered(
            _(
                "The entry has ended and its photograph is destroyed, so the faces cannot be compared. "
                "Nothing was saved."
            )
        )
    if alert.status not in OPEN and not may_object(alert, standing(rows)):
        raise AlreadyAnswered(_("Others have decided this alert meanwhile. Your answer was not needed and not saved."))
    with in_storage_language():
        record_access(actor=actor, action="decided", subject=alert, reason=decision.get_answer_display())
    decision.alert, decision.corrects = alert, mine
    # Whoever has answered has been shown what others said, also when they took their answer back.
    decision.independent = mine is None or not said_same(rows, but=decision.by_id)
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError:
        # The database's own constraint: the same person, twice at the same moment.
        raise _answered_before() from None
    settle(alert)
    return decision


def last_of(rows: list[Decision], person_id: int) -> Decision | None:
    """The newest row of one person; `rows` with the oldest first."""
    return next((row for row in reversed(rows) if row.by_id == person_id), None)


def said_same(rows: list[Decision], *, but: int) -> bool:
    """Whether anybody but this person has ever said "same" here."""
    return any(row.answer == Answer.SAME and row.by_id != but for row in rows)


def settle(alert: Alert) -> None:
    """Work out anew where the alert stands, store it with its times, and tell the browsers. Needs `locked`."""
    rows = standing(alert.decisions.all())
    agreeing = confirmers(rows)
    said_the_same = [row for row in rows if row.answer == Answer.SAME]
    status = status_after(
        [row.answer for row in rows],
        told=len(said_the_same) - len(agreeing),
        two_to_reject=alert.category.severity >= settings.LOCKPORT_TWO_TO_REJECT,
    )
    if status in OPEN and alert.entry.has_ended:
        status = Status.ENDED
    if status in OPEN:
        alert.settled_at = None
    elif status != alert.status:
        alert.settled_at = timezone.now()
    if more := (status == Status.REJECTED) - (alert.status == Status.REJECTED):
        count_stranger(entry=alert.entry_id, matched_at=alert.first_seen, more=more)
    alert.status = status
    alert.answered_at = rows[0].at if rows else None
    first, second = (agreeing[0].by, agreeing[1].by) if status == Status.CONFIRMED else (None, None)
    alert.confirmed_first_by, alert.confirmed_second_by = first, second
    changed = ["status", "answered_at", "settled_at", "confirmed_first_by", "confirmed_second_by"]
    alert.save(update_fields=changed)
    announce(alert, AlertEvent.Kind.DECIDED)


def _answered_before() -> AlreadyAnswered:
    return AlreadyAnswered(
        _("You have answered this alert already. Your first answer counts; the second person's is next.")
    )
