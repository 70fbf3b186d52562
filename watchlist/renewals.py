"""Longer times for entries, and withdrawals that somebody asked for. Nobody renews alone."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.models import AccessRecord
from audit.places import usual_zone
from audit.services import Actor, record_access
from watchlist.models import Entry
from watchlist.papers import Renewal
from watchlist.particulars import STUDENTS
from watchlist.refusals import Refused
from watchlist.services import refuse_category, refuse_days


@transaction.atomic
def renewal_propose(*, entry: Entry, until: datetime, reason: str, by: User, actor: Actor) -> Renewal:
    """Ask for a later last day. The entry stays as it is until another administrator approves. Raises Refused."""
    row = _active(entry)
    if not reason.strip():
        raise Refused(_("Say why the entry is still needed: whoever approves must know."))
    if row.category.slug == STUDENTS:
        raise Refused(_("A longer suspension is a new decision: change the entry's last day of the suspension."))
    _refuse_until(row, until)
    if row.renewals.waiting().exists():
        raise Refused(_("A renewal of this entry waits for approval already."))
    record_access(actor=actor, action="proposed to renew", subject=row, reason=_until(until))
    return Renewal.objects.create(entry=row, until=until, reason=reason, proposed_by=by)


def renewal_approve(*, renewal: Renewal, by: User, actor: Actor) -> Entry:
    """Put in force the later day that somebody else asked for. Raises Refused, which is recorded too."""
    try:
        with transaction.atomic():
            row = _active(renewal.entry)
            asked = row.renewals.waiting().select_for_update().filter(pk=renewal.pk).first()
            if asked is None:
                raise Refused(_("This renewal has been decided already."))
            if asked.proposed_by_id == by.pk:
                raise Refused(_("You asked for this renewal, so another administrator must approve it."))
            _refuse_until(row, asked.until)
            record_access(actor=actor, action="renewed", subject=row, reason=_until(asked.until))
            asked.approved_by = by
            asked.save(update_fields=["approved_by"])
            row.expires_at, row.version = asked.until, row.version + 1
            row.save(update_fields=["expires_at", "version"])
            return row
    except Refused as refusal:
        refused = AccessRecord.Result.REFUSED
        record_access(actor=actor, action="renewed", subject=renewal.entry, reason=refusal, result=refused)
        raise


@transaction.atomic
def renewal_drop(*, renewal: Renewal, actor: Actor) -> None:
    """Take back or turn down a renewal that waits; the entry then ends on its day. Raises Refused."""
    row = _active(renewal.entry)
    asked = row.renewals.waiting().filter(pk=renewal.pk)
    if not asked.exists():
        raise Refused(_("This renewal has been decided already."))
    record_access(actor=actor, action="turned down the renewal of", subject=row)
    asked.delete()


@transaction.atomic
def withdrawal_propose(*, entry: Entry, reason: str, actor: Actor) -> None:
    """Mark an entry that should perhaps end: an administrator looks and withdraws it, or keeps it. Raises Refused."""
    row = _open(entry)
    record_access(actor=actor, action="proposed to withdraw", subject=row, reason=reason)
    row.withdrawal_proposed = reason[:200]
    row.save(update_fields=["withdrawal_proposed"])


@transaction.atomic
def withdrawal_decline(*, entry: Entry, reason: str, actor: Actor) -> None:
    """Keep an entry whose withdrawal was proposed, for a reason that is recorded. Raises Refused."""
    row = _open(entry)
    if not reason.strip():
        raise Refused(_("Say why the entry stays: the access log keeps the reason."))
    record_access(actor=actor, action="kept", subject=row, reason=reason)
    row.withdrawal_proposed = ""
    row.save(update_fields=["withdrawal_proposed"])


def _refuse_until(entry: Entry, until: datetime) -> None:
    refuse_category(entry.category)
    refuse_days(entry.category, until)
    if until <= entry.expires_at:
        raise Refused(
            _("The entry stays until %(moment)s anyway. Choose a later day."),
            moment=f"{entry.expires_at.astimezone(usual_zone()):%Y-%m-%d %H:%M %Z}",
        )


def _until(moment: datetime) -> str:
    """As the access log keeps it: the day where the schools are."""
    return f"until {moment.astimezone(usual_zone()):%Y-%m-%d}"


def _active(entry: Entry) -> Entry:
    row = _open(entry)
    if row.status != Entry.Status.ACTIVE:
        raise Refused(_("Only an approved entry can be renewed. Change a proposed one instead."))
    return row


def _open(entry: Entry) -> Entry:
    row = Entry.objects.select_for_update().get(pk=entry.pk)
    if row.has_ended:
        raise Refused(_("This entry has ended and its data is destroyed. Propose a new one."))
    return row
