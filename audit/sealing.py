"""The sealer: gives each committed record its place in the chain, in batches, one sealer at a time.

Records are written by many at once, without waiting for each other (services.record_access); moments later they are
chained here. docs/decisions/0006 says why, and what somebody could do in between.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from audit import memory, verifier
from audit.checkpoints import archived_until
from audit.encoding import content_of
from audit.heads import sign_head
from audit.keys import code_key, ours
from audit.models import AccessLink, AccessRecord

BATCH = 2000
# A transaction may commit records with lower numbers than some that are chained already: so far back is looked for
# them each second. What took longer is found by the minutely and the nightly look (verifying.py).
LOOK_BACK = 1000
ADVISORY_LOCK = 0x10C4904  # any number that nobody else uses in this database
SEAL_PREFIX = b"link:"
NOWHERE_YET = 2**63  # the position of a record that has none: behind all up to which an old key may count
_AT = verifier.FIELDS.index("at")


class SealProblem(Exception):
    """The end of the chain was not made by Lockport: nothing is put behind it. The message says where."""


def seal(*, look_back: int | None = LOOK_BACK) -> int:
    """Chain what was committed and is not chained yet; return how many records that were.

    `look_back` is how far below the highest chained number to look; None means everywhere. Does nothing while another
    sealer is at work. A record whose code is wrong, or which is a copy of another, is left out: verifying.py tells.
    Raises SealProblem, KeyProblem and DatabaseError.
    """
    highest = AccessLink.objects.aggregate(highest=Max("record_id"))["highest"] or 0
    after = 0 if look_back is None else max(0, highest - look_back)
    count = 0
    while unsealed(after).exists():
        seen, made = _seal_batch(after)
        count += made
        if not seen:
            break
        after = seen
    return count


def unsealed(after: int = 0) -> QuerySet[AccessRecord]:
    """The records without a place in the chain, by number."""
    return AccessRecord.objects.filter(link=None, pk__gt=after).order_by("pk")


def genuine(after: int = 0, most: int = BATCH) -> list[tuple[int, bytes, bytes, bool]]:
    """Records without a place: number, code, canonical encoding, and whether Lockport wrote it just so and once."""
    # A copy has the same code, which covers the time to the microsecond: `at` has an index.
    same = AccessRecord.objects.filter(at=OuterRef("at"), mac=OuterRef("mac")).exclude(pk=OuterRef("pk"))
    copied = Exists(same.filter(Q(pk__lt=OuterRef("pk")) | Q(link__isnull=False)))
    rows = unsealed(after).annotate(copied=copied).values_list("pk", "mac", "copied", *verifier.FIELDS)[:most]
    until = archived_until()
    return [_judged(until, *row) for row in rows]


def seal_of(digest: bytes) -> bytes:
    """The 32-byte code that shows that a link was made by a holder of the log's key."""
    return verifier.code_of(code_key(), SEAL_PREFIX + digest)


def only_sealer() -> bool:
    """Whether this transaction may change the chain; until it ends nobody else may."""
    if connection.vendor != "postgresql":
        return True  # SQLite lets one transaction write at a time (transaction_mode IMMEDIATE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])


def tail() -> memory.Place:
    """The end of the chain. Raises SealProblem when Lockport did not make it."""
    last = AccessLink.objects.order_by("-position").first()
    if last is None:
        return memory.Place(0, verifier.START.hex())
    if not ours()(SEAL_PREFIX + bytes(last.hash), bytes(last.seal), last.position):
        raise SealProblem(
            f"Position {last.position} of the access log (record {last.record_id}) was not put there by Lockport. "
            'Nothing is chained behind it and no head is published: see docs/access-log.md, "When something is wrong".'
        )
    return memory.Place(last.position, bytes(last.hash).hex())


def _seal_batch(after: int) -> tuple[int, int]:
    """The highest number looked at (0: none, or not our turn), and how many records were chained."""
    with transaction.atomic(durable=True):  # what is remembered below must not be rolled back
        if not only_sealer():
            return 0, 0
        end = tail()
        if gone := memory.lost():
            sign_head(gone)
        rows = genuine(after)
        new = _chained(end, rows)
        AccessLink.objects.bulk_create(new, batch_size=500)
    if new:
        end = memory.Place(new[-1].position, new[-1].hash.hex())
    memory.remember(end)
    return (rows[-1][0] if rows else 0), len(new)


def _chained(end: memory.Place, rows: list[tuple[int, bytes, bytes, bool]]) -> list[AccessLink]:
    position, previous, new = end.position, bytes.fromhex(end.hash), []
    for number, mac, content, genuinely in rows:
        if genuinely:
            position += 1
            previous = verifier.link_hash(previous, position, number, mac, content)
            new.append(AccessLink(position=position, record_id=number, hash=previous, seal=seal_of(previous)))
    return new


def _judged(
    until: datetime | None, number: int, mac: bytes, copied: bool, *values: Any
) -> tuple[int, bytes, bytes, bool]:
    content, mac = content_of(values), bytes(mac)
    left = until is not None and values[_AT] < until  # its original was archived: nothing here would show the copy
    return number, mac, content, not copied and not left and ours()(content, mac, NOWHERE_YET)
