"""Sending notices: claimed by a conditional UPDATE, retried with back-off, never lost; twice only after a crash.

No service that messages go to can take part in our transaction. So a row says "being sent" before the message leaves
and "sent" after it. A worker that dies in between leaves a claim that nobody knows the truth of: after two minutes it
is sent again, and says that it may be the second: about a person at the door one is better told twice than never.
"""

import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.core.mail import send_mail
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from alerts.answers import OPEN
from alerts.destinations import Destination, service
from alerts.models import Alert
from alerts.notices import FAILED, Notice, pushed, text_of
from alerts.push import Gone, is_push, send, subscription
from alerts.telling import may_be_told
from audit.services import Actor, record_access
from cameras.addresses import AddressRefused
from lockport.break_glass import READS
from lockport.mail import can_mail
from lockport.models import BrokenGlass

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=2)  # longer than any message takes
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=15)
GIVE_UP = timedelta(hours=24)
BROWSER_GONE = gettext_noop(
    "This browser takes no messages any more. Remove it here, and add it again in that browser."
)
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
        "destination__owner", "to", "glass__person", "alert__camera__school", "alert__category", "alert__entry"
    ).get(pk=number)
    if obsolete := _why_not(notice):
        _finish(notice, claimed_at, State.CANCELLED, obsolete)
        return False
    record_access(
        actor=Actor.worker(),
        action="notified",
        subject=notice.alert or (f"broken glass at {notice.glass.school}" if notice.glass else "a test"),
        reason=f"{notice.get_kind_display()}, to {notice.person} by {notice.way}",
    )
    try:
        problem = _deliver(notice)
    except Gone:
        Destination.objects.filter(notices=notice).update(off_because=BROWSER_GONE)
        _finish(notice, claimed_at, State.FAILED, BROWSER_GONE)
        return False
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
    if notice.destination is not None and notice.destination.off_because:
        return notice.destination.off_because
    if notice.glass is not None:
        return _why_no_ring(notice.glass, notice.person)
    if alert is None:
        return ""
    if not notice.person.is_active or not may_be_told(notice.person, alert):
        return gettext_noop("This alert may not be seen any more.")
    if notice.kind in {Kind.RAISED, Kind.ESCALATED} and alert.status not in OPEN:
        return gettext_noop("The alert was decided before this was sent.")
    if notice.kind == Kind.CONFIRMED and alert.status != Alert.Status.CONFIRMED:
        return gettext_noop("The confirmation was taken back before this was sent.")
    return ""


def _why_no_ring(glass: BrokenGlass, person: AbstractUser) -> str:
    if glass.seen_by_id is not None:
        return gettext_noop("A privacy officer has seen it already.")
    reads = person.is_active and person.has_perm(READS)
    return "" if reads else gettext_noop("This person does not read the access log any more.")


def _mail(notice: Notice) -> str:
    """Send it to the address of the person's account; return what went wrong, or ""."""
    if not can_mail():
        return gettext_noop("No mail server is set: EMAIL_URL.")
    try:
        sent = send_mail("Lockport", text_of(notice), None, [notice.person.email])
    except OSError as error:  # smtplib's errors are OSErrors
        logger.warning("The mail server: %s", type(error).__name__)
        sent = 0
    return "" if sent else gettext_noop("The mail server did not take it.")


def _deliver(notice: Notice) -> str:
    """Hand the message to the service; return what went wrong, without the address, or "". Raises Gone."""
    if notice.destination is None:
        return _mail(notice)
    address = str(notice.destination.address)
    try:
        if is_push(address):
            return send(subscription(address), pushed(notice))
        target = service(address)
        sent = target.notify(title="Lockport", body=text_of(notice))
    except AddressRefused as refusal:
        return str(refusal)[:200]
    except Gone:
        raise
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
