"""Sending notices: claimed by a conditional UPDATE, retried with back-off, never lost; twice only after a crash.

No service that messages go to can take part in our transaction. So a row says "being sent" before the message leaves
and "sent" after it. A worker that dies in between leaves a claim that nobody knows the truth of: after two minutes it
is sent again, and says that it may be the second: about a person at the door one is better told twice than never.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from alerts.answers import OPEN
from alerts.destinations import service
from alerts.models import Alert
from alerts.notices import FAILED, Notice, text_of
from alerts.telling import may_be_told
from audit.services import Actor, record_access
from cameras.addresses import AddressRefused

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=2)  # longer than any message takes
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=15)
GIVE_UP = timedelta(hours=24)
BATCH = 20

State, Kind = Notice.State, Notice.Kind


def notices_send() -> int:
    """Send what is due, the oldest first; return how many left."""
    _free_the_dead()
    due = Notice.objects.filter(state=State.WAITING, not_before__lte=timezone.now()).order_by("not_before", "pk")
    return sum(_send(number) for number in list(due.values_list("pk", flat=True)[:BATCH]))


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, up to a quarter of an hour."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)


def _free_the_dead() -> None:
    abandoned = Notice.objects.filter(state=State.SENDING, claimed_at__lt=timezone.now() - CLAIM)
    if freed := abandoned.update(state=State.WAITING, claimed_at=None, may_be_second=True):
        logger.warning("%s notices were left half-way by a worker and are sent again", freed)


def _send(number: int) -> bool:
    claimed_at = timezone.now()
    free = Notice.objects.filter(pk=number, state=State.WAITING, not_before__lte=claimed_at)
    if not free.update(state=State.SENDING, claimed_at=claimed_at, attempts=F("attempts") + 1):
        return False  # another worker has it, or it was cancelled meanwhile
    notice = Notice.objects.select_related(
        "destination__owner", "alert__camera__school", "alert__category", "alert__entry"
    ).get(pk=number)
    if obsolete := _why_not(notice):
        _finish(notice, claimed_at, State.CANCELLED, obsolete)
        return False
    record_access(
        actor=Actor.worker(),
        action="notified",
        subject=notice.alert or "a test",
        reason=f"{notice.get_kind_display()}, to {notice.destination.owner} by {notice.destination.kind_words}",
    )
    problem = _deliver(notice)
    if not problem:
        _finish(notice, claimed_at, State.SENT)
    elif claimed_at - notice.created_at > GIVE_UP or notice.kind == Kind.TEST:
        logger.error("Notice %s is given up after %s attempts: %s", notice.pk, notice.attempts, problem)
        _finish(notice, claimed_at, State.FAILED, problem)
    else:
        logger.warning("Notice %s was not sent (attempt %s): %s", notice.pk, notice.attempts, problem)
        _again(notice, claimed_at, problem)
    return not problem


def _why_not(notice: Notice) -> str:
    """Why it need not or must not be sent now; "" when it should."""
    alert = notice.alert
    if alert is None:
        return ""
    if not notice.destination.owner.is_active or not may_be_told(notice.destination.owner, alert):
        return gettext_noop("This alert may not be seen any more.")
    if notice.kind in {Kind.RAISED, Kind.ESCALATED} and alert.status not in OPEN:
        return gettext_noop("The alert was decided before this was sent.")
    if notice.kind == Kind.CONFIRMED and alert.status != Alert.Status.CONFIRMED:
        return gettext_noop("The confirmation was taken back before this was sent.")
    return ""


def _deliver(notice: Notice) -> str:
    """Hand the message to the service; return what went wrong, without the address, or ""."""
    try:
        target = service(str(notice.destination.address))
        sent = target.notify(title="Lockport", body=text_of(notice))
    except AddressRefused as refusal:
        return str(refusal)[:200]
    except Exception as error:  # whatever a plug-in raises: one address must not hold up the others
        return FAILED % {"kind": type(error).__name__}
    return (
        ""
        if sent
        else gettext_noop("The service did not take the message: check the address, or whether the service is up.")
    )


def _finish(notice: Notice, claimed_at: datetime, state: Notice.State, problem: str = "") -> None:
    _mine(notice, claimed_at).update(state=state, done_at=timezone.now(), problem=problem)


def _again(notice: Notice, claimed_at: datetime, problem: str) -> None:
    later = timezone.now() + back_off(notice.attempts)
    _mine(notice, claimed_at).update(state=State.WAITING, claimed_at=None, not_before=later, problem=problem)


def _mine(notice: Notice, claimed_at: datetime) -> QuerySet[Notice]:
    """The row while the claim is still ours: after two minutes another worker may have it."""
    return Notice.objects.filter(pk=notice.pk, state=State.SENDING, claimed_at=claimed_at)
