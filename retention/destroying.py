"""Destroying data keys, so that a crash at any moment, or a restored backup, ends the same: the key is gone.

First the database says so, in the transaction that decides it (from its commit on nothing is readable); after the
commit the log beside the keys says so, then the key's file is overwritten and removed, then the row is done. Database
and log each hold the whole list: whichever of database and key folder is restored from a backup, the other destroys
again what was destroyed (`replay`).
"""

import logging
from collections.abc import Iterator
from functools import partial

from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from retention import keyfolder
from retention.models import Destruction

logger = logging.getLogger(__name__)
AT_ONCE = 500  # owners asked about in one query


def destroy_key(owner: str) -> None:
    """Make everything under this owner unreadable for good, when the transaction that is open commits."""
    Destruction.objects.get_or_create(owner=owner, defaults={"asked_at": timezone.now()})
    transaction.on_commit(partial(finish, owner), robust=True)  # what fails is finished by the sweeper


def destroy(owner: str, names: list[str], storage: Storage) -> None:
    """Destroy the owner's key first, then its files: whatever is interrupted, what remains cannot be read."""
    destroy_key(owner)
    for name in names:
        storage.delete(name)


def discard(owner: str, names: list[str], storage: Storage) -> None:
    """Remove the key and files of something that never came to be, at once, whatever becomes of the transaction."""
    keyfolder.erase_key(owner)
    for name in names:
        storage.delete(name)


def is_destroyed(owner: str) -> bool:
    return Destruction.objects.filter(owner=owner).exists()


def finish(owner: str) -> None:
    """Do what a committed row of the database demands. Raises OSError; may be repeated."""
    now = timezone.now()
    keyfolder.log_destruction(owner, now)
    keyfolder.erase_key(owner)
    Destruction.objects.filter(owner=owner, done_at__isnull=True).update(done_at=now)


def finish_pending() -> int:
    """Finish the destructions that a crash interrupted; returns how many. Raises OSError."""
    pending = list(Destruction.objects.filter(done_at__isnull=True).values_list("owner", flat=True))
    for owner in pending:
        finish(owner)
    return len(pending)


def replay() -> list[str]:
    """Destroy again what a restored backup brought back; returns the owners concerned.

    What the log knows and the database does not is added to the database, whose rows then count as destroyed. Raises
    OSError and DatabaseError; may be repeated.
    """
    again = []
    logged = dict(keyfolder.logged_destructions())
    for owners in _pieces(list(logged)):
        known = set(Destruction.objects.filter(owner__in=owners).values_list("owner", flat=True))
        missing = [owner for owner in owners if owner not in known]
        rows = [Destruction(owner=owner, asked_at=logged[owner], done_at=logged[owner]) for owner in missing]
        Destruction.objects.bulk_create(rows, ignore_conflicts=True)
        again += missing
    for owners in _pieces([owner for owner, _ in keyfolder.owners_with_keys()]):
        for owner in Destruction.objects.filter(owner__in=owners).values_list("owner", flat=True):
            logger.error("The key of %s was destroyed before and is there again: destroyed once more.", owner)
            finish(owner)
            again.append(owner)
    for owner in Destruction.objects.values_list("owner", flat=True).iterator():
        if owner not in logged:
            keyfolder.log_destruction(owner, timezone.now())
    return again


def _pieces(owners: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(owners), AT_ONCE):
        yield owners[at : at + AT_ONCE]
