"""Signed heads: made under the sealer's lock, kept for ever, given to each witness until it has them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from audit import verifier
from audit.encoding import timestamp
from audit.keys import head_key
from audit.memory import Place
from audit.models import AccessHead, HeadDelivery
from audit.verifier import Head, head_bytes
from audit.witnesses import Witness, WitnessProblem, witnesses

IDLE_SECONDS = 55 * 60  # at least hourly, also when nothing happens


def sign_head(place: Place) -> AccessHead:
    """Sign that the log had this place, now, and put it on the way to the witnesses. Within the sealer's lock."""
    now = timezone.now()
    newest = AccessHead.objects.order_by("-number").first()
    head = Head(
        number=newest.number + 1 if newest else 1,
        position=place.position,
        hash=place.hash,
        at=timestamp(now),
        key=verifier.key_id(head_key().public_key()),
        signature="",
    )
    row = AccessHead.objects.create(**head._replace(signature=head_key().sign(head_bytes(head)).hex())._asdict())
    HeadDelivery.objects.bulk_create(
        HeadDelivery(head=row, witness=witness.name) for witness in witnesses() if _wants(witness, now)
    )
    return row


def head_is_due(place: Place) -> bool:
    """Whether the newest head is older than it may be, given that the log now ends at `place`."""
    newest = AccessHead.objects.order_by("-number").first()
    if newest is None:
        return True
    age = (timezone.now() - datetime.fromisoformat(newest.at)).total_seconds()
    return age >= (settings.LOCKPORT_HEAD_SECONDS if newest.position != place.position else IDLE_SECONDS)


def deliver() -> int:
    """Give the witnesses what they do not have yet, oldest first; return how many heads arrived.

    A witness that does not take one is asked again at the next call, and what was to follow waits.
    """
    return sum(_deliver_to(witness) for witness in witnesses())


def stored(row: AccessHead) -> Head:
    """The head as the verifier knows it."""
    return Head(*(getattr(row, name) for name in Head._fields))


def _deliver_to(witness: Witness) -> int:
    arrived = 0
    waiting = HeadDelivery.objects.filter(witness=witness.name, delivered_at=None).select_related("head")
    for delivery in waiting.order_by("head_id"):
        delivery.attempts += 1
        try:
            witness.give(stored(delivery.head))
        except WitnessProblem as problem:
            delivery.problem = str(problem)[:300]
            delivery.save()
            break
        delivery.delivered_at, delivery.problem = timezone.now(), ""
        delivery.save()
        arrived += 1
    return arrived


def _wants(witness: Witness, now: datetime) -> bool:
    if not witness.least_seconds:
        return True
    recent = now - timedelta(seconds=witness.least_seconds)
    waiting_or_recent = HeadDelivery.objects.filter(witness=witness.name).exclude(delivered_at__lt=recent)
    return not waiting_or_recent.exists()
