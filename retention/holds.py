"""Requesting, approving and ending legal holds: never by one person alone, which the database refuses too."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AccessRecord
from audit.services import Actor, record_access
from audit.stored import Sentence
from lockport.access import Person
from retention import clock
from retention.hold_models import HoldQuerySet
from retention.holding import destroy_due
from retention.models import Hold
from retention.registry import Span, Spared, holding_of

ANSWERS = "retention.approve_hold"  # whoever answers for holds works by their numbers, at every school


class Refused(Sentence):  # noqa: N818 - reads as what happened
    """The hold is not allowed; the message says why, and what to do instead."""


@transaction.atomic
def hold_request(
    *, alert: int | None, span: Span | None, reason: str, instrument: str, until: datetime, by: User, actor: Actor
) -> Hold:
    """Ask for a hold on one alert or one camera's recordings; it holds nothing until somebody else approves it.

    Raises Refused.
    """
    if not reason.strip() or not instrument.strip():
        raise Refused(_("Say why, and by which legal instrument: a hold is an exception that must be accounted for."))
    if (alert is None) == (span is None):
        raise Refused(_("Name one alert, or one camera with a period."))
    if until <= clock.now():
        raise Refused(_("This moment is over. Choose a last day that lies ahead."))
    if span is not None and span.end <= span.start:
        raise Refused(_("The period must end after it begins."))
    words = _words(alert, span, sees_as(by))
    hold = Hold(alert=alert, words=words, reason=reason.strip(), instrument=instrument.strip())
    if span is not None:
        hold.camera, hold.period_start, hold.period_end = span.camera, span.start, span.end
    hold.until, hold.requested_by = until, by
    hold.save()
    record_access(actor=actor, action="requested", subject=hold, reason=f"{instrument.strip()}: {reason.strip()}")
    return hold


def hold_approve(*, hold: Hold, by: User, actor: Actor) -> Hold:
    """Approve what somebody else requested; from now on the purge spares it. Raises Refused, which is recorded too."""
    try:
        with transaction.atomic():
            clock.take_turn()  # no batch of a purge is under way that does not know of it
            row = Hold.objects.select_for_update().get(pk=hold.pk)
            _refuse_approval(row, by)
            record_access(actor=actor, action="approved", subject=row)
            row.approved_by, row.approved_at = by, timezone.now()
            row.save(update_fields=["approved_by", "approved_at"])
            return row
    except Refused as refusal:
        refused = AccessRecord.Result.REFUSED
        record_access(actor=actor, action="approved", subject=hold, reason=refusal, result=refused)
        raise


def hold_end(*, hold: Hold, reason: str, actor: Actor) -> None:
    """End a hold before its last day: what it kept dies with its key, or on its own day if that is still ahead.

    Raises Refused.
    """
    if not reason.strip():
        raise Refused(_("Say why the hold ends: the access log keeps the reason."))
    with transaction.atomic():
        clock.take_turn()
        row = Hold.objects.select_for_update().get(pk=hold.pk)
        if row.ended_at is not None:
            raise Refused(_("This hold has ended already."))
        record_access(actor=actor, action="ended", subject=row, reason=reason.strip())
        now = clock.now()
        Hold.objects.filter(pk=row.pk).update(until=min(row.until, now))
        if row.approved_by_id is None:
            Hold.objects.filter(pk=row.pk).update(ended_at=now)
        else:
            destroy_due(now, 1, Spared())


def _refuse_approval(hold: Hold, by: User) -> None:
    if hold.ended_at is not None or hold.until <= clock.now():
        raise Refused(_("This hold is over."))
    if hold.approved_by_id is not None:
        raise Refused(_("This hold is approved already."))
    if hold.requested_by_id == by.pk:
        raise Refused(_("You requested this hold, so another person must approve it: nobody decides alone."))


def holds_for(person: Person) -> HoldQuerySet:
    """Every hold for those who answer for holds; for others those of what they may see."""
    return Hold.objects.visible_to(person) if sees_as(person) else Hold.objects.all()


def sees_as(person: Person) -> Person | None:
    """Whose eyes decide what a hold may name: a person's own; nobody's where they answer for holds, of any school."""
    return None if person.has_perm(ANSWERS) else person


def _words(alert: int | None, span: Span | None, seer: Person | None) -> str:
    """What is held, in words.

    Raises Refused for no alert or camera, and in the same words for one that this person may not see: a number must not
    say what there is at another school.
    """
    kind, number = ("alerts", alert) if span is None else ("recordings", span.camera)
    holding = holding_of(f"{kind}/")
    visible = holding is not None and holding.visible is not None and holding.visible(seer).filter(pk=number).exists()
    described = holding.describe(int(number or 0)) if holding and holding.describe and visible else None
    if described is None:
        words = _("There is no alert %(number)s.") if span is None else _("There is no camera %(number)s.")
        raise Refused(words, number=number)
    return described if span is None else f"{described}, {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC"
