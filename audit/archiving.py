"""Takes what is older than six years out of the log, so that both what leaves and what stays can still be verified.

The oldest part is written to a file, with a signed checkpoint at its end; the file is verified as a stranger would
verify it; only then do its records leave the database, in one transaction with the checkpoint from which the rest of
the chain goes on. The database's triggers let nothing else go (triggers.py).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Min, Q
from django.utils import timezone

from audit.checkpoints import beginning, newest, sign_checkpoint
from audit.keys import ours, public_keys
from audit.memory import Place
from audit.models import AccessCheckpoint, AccessLink
from audit.reading import links
from audit.sealing import only_sealer
from audit.verifier import KEPT_DAYS, Chain, Checkpoint, Head, check_heads, checkpoint_line, line_of, read_export

KEPT = timedelta(days=KEPT_DAYS, hours=1)  # the database's clock, by which the triggers judge, may be a little behind


class NotArchived(Exception):
    """Nothing left the log; the message says why."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What left: how many records, and the checkpoint behind which the log begins now."""

    records: int
    checkpoint: Checkpoint


def archive(file: Path, heads: list[Head]) -> Archived:
    """Write what is older than six years to a new file, verify it against `heads`, then remove it from the log.

    Raises NotArchived, OSError (both leave the log as it was; the file may remain) and KeyProblem.
    """
    until = timezone.now() - KEPT
    begins, end = beginning(), _end(until)
    if end is None or end.position <= begins.position:
        raise NotArchived("Nothing in the access log is older than six years: nothing was archived.")
    checkpoint = sign_checkpoint(end, until)
    _write(file, _lines(begins.position, checkpoint))
    _verify(file, heads, checkpoint)
    with transaction.atomic(durable=True):
        if not only_sealer():
            raise NotArchived("The sealer is at work. Nothing left the log; remove the file and try again.")
        AccessCheckpoint.objects.create(**checkpoint._asdict())
        gone = _remove(end.position)
    return Archived(gone, checkpoint)


def _end(until: datetime) -> Place | None:
    """The last place before the first record that is younger: the chain is cut once, and nothing young is before it."""
    young = Q(record__at__gte=until) | Q(record__at=None)  # a record that is gone has no age: the chain stays whole
    first = AccessLink.objects.filter(young).aggregate(first=Min("position"))["first"]
    before = AccessLink.objects.filter(position__lt=first) if first else AccessLink.objects
    last = before.order_by("-position").values_list("position", "hash").first()
    return Place(last[0], bytes(last[1]).hex()) if last else None


def _lines(after: int, checkpoint: Checkpoint) -> Iterator[bytes]:
    earlier = newest()
    if earlier:
        yield checkpoint_line(earlier)
    for link, _ in links(after, checkpoint.position):
        yield line_of(link)
    yield checkpoint_line(checkpoint)


def _write(file: Path, lines: Iterator[bytes]) -> None:
    """To a new file that only its owner may read, and onto the disk."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _verify(file: Path, heads: list[Head], checkpoint: Checkpoint) -> None:
    """As somebody else would, from the file, and the codes besides. What is wrong stays in the log, and is reported."""
    keys = public_keys()
    by_position, wrong = check_heads(heads, keys)
    chain = Chain(heads=by_position, ours=ours(), keys=keys, now=timezone.now())
    with file.open("rb") as stream:
        report = chain.follow(read_export(stream, str(file)))
    problems = wrong + report.problems
    if problems or report.ends != checkpoint:
        words = problems[0].words if problems else "the file does not end where it should."
        raise NotArchived(f"What was to be archived does not verify, and nothing left the log: {words}")


def _remove(position: int) -> int:
    """The records and their places, past the models, which refuse; the triggers check again that all are old enough."""
    records = """DELETE FROM audit_accessrecord WHERE id IN
        (SELECT record_id FROM audit_accesslink WHERE position <= %s)"""
    with connection.cursor() as cursor:
        cursor.execute(records, [position])
        gone = cursor.rowcount
        cursor.execute("DELETE FROM audit_accesslink WHERE position <= %s", [position])
        if cursor.rowcount != gone:
            raise NotArchived(f"{gone} records have {cursor.rowcount} places in the chain: nothing left the log.")
    return int(gone)
