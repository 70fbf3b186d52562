"""The sweeper: a second pair of eyes, in a process of its own, that trusts files and keys rather than the index.

It finds what the purge missed or could not know: keys and files that no row claims, files that somebody put into the
storage, rows whose key is gone because a database was restored. What is younger than an hour is left alone: it may be
on its way into the index.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from retention import clock, keyfolder
from retention.destroying import finish_pending, is_destroyed, replay
from retention.files import delete_files, files_under, listed, modified_at, remove_folder, size_of, vault
from retention.models import PurgeRun
from retention.purging import end_run, note
from retention.registry import Destroyed, Holding, holding_of, holdings
from retention.vault import MAGIC

logger = logging.getLogger(__name__)
GRACE = timedelta(hours=1)
AT_ONCE = 500
FINDINGS_KEPT = 100


class Sweep:
    """One run over all keys, files and rows."""

    def __init__(self) -> None:
        # Files are dated by the machine's clock, so that is what their age is measured by.
        self.before = timezone.now() - GRACE
        self.run = PurgeRun.objects.create(kind=PurgeRun.Kind.SWEEP, began_at=timezone.now(), cut_off=clock.now())
        self.errors: list[str] = []

    def __call__(self) -> PurgeRun:
        for part in (self.again, self.keys, self.files, self.rows, self.leftovers):
            self.attempt(part.__name__, part)
        return end_run(self.run, self.errors)

    def attempt(self, what: str, act: Callable[[], None]) -> None:
        """Do one part of the sweep; what goes wrong there does not keep the others from being done."""
        try:
            act()
        except Exception as error:
            logger.exception("The sweep of %s failed.", what)
            self.errors.append(f"{what}: {type(error).__name__}")

    def again(self) -> None:
        """Destructions that were interrupted, or undone by a restored backup."""
        finish_pending()
        for owner in replay():
            self.found(f"{owner} was destroyed before and had come back")
            self.rows_of(owner)

    def keys(self) -> None:
        """Keys of owners that no row knows."""
        batch: list[str] = []
        for owner, written in keyfolder.owners_with_keys():
            if written < self.before:
                batch.append(owner)
            if len(batch) == AT_ONCE:
                self.keys_of(batch)
                batch = []
        self.keys_of(batch)

    def keys_of(self, owners: list[str]) -> None:
        for holding in holdings():
            self.attempt(f"keys of {holding.kind}", partial(self.keys_of_holding, holding, owners))
        for owner in owners:
            if holding_of(owner) is None:
                self.orphan(owner)

    def keys_of_holding(self, holding: Holding, owners: list[str]) -> None:
        mine = [owner for owner in owners if holding_of(owner) is holding]
        known = holding.existing(mine) if mine else set()
        for owner in mine:
            if owner not in known:
                self.orphan(owner)

    def orphan(self, owner: str) -> None:
        """A key that no row claims, and what is under it. (It is not banned: it may never have come to be.)"""
        self.found(f"{owner} had a key, but no row")
        keyfolder.erase_key(owner)
        self.remove(owner)

    def files(self) -> None:
        """Files that no row refers to, or that are no ciphertexts."""
        kinds, strays = listed("")
        for name in strays:
            self.stray(name)
        for kind in kinds:
            owners, strays = listed(kind)
            for name in strays:
                self.stray(name)
            for at in range(0, len(owners), AT_ONCE):
                self.attempt(f"files of {kind}", partial(self.files_of, kind, owners[at : at + AT_ONCE]))

    def files_of(self, kind: str, owners: list[str]) -> None:
        holding = holding_of(f"{kind}/")
        known = holding.existing(owners) if holding else set()
        for owner in owners:
            expected = holding.names(owner) if holding and owner in known else set()
            present = set(files_under(owner))
            for name in present - expected:
                self.stray(name)
            for name in present & expected:
                if not is_ciphertext(name):
                    self.found(f"{name} is not encrypted: somebody put it there in place of what was stored")
                    self.stray(name)
            for name in sorted(expected - present)[:FINDINGS_KEPT]:
                self.found(f"{name} is missing, but there is a row for it")
            if not present and not expected and not keyfolder.has_key(owner):
                delete_files([owner])  # an empty folder

    def rows(self) -> None:
        """Rows of owners whose key is destroyed: a restored database brought them back."""
        for holding in holdings():
            for owner in list(holding.owners()):
                if is_destroyed(owner):
                    self.rows_of(owner)
                elif not keyfolder.has_key(owner):
                    self.found(f"{owner} has rows, but its key is missing: what was stored cannot be read")

    def rows_of(self, owner: str) -> None:
        holding = holding_of(owner)
        if holding is None:
            return
        with transaction.atomic():
            clock.take_turn()
            done = holding.destroy_owner(owner)
            if done.count:
                self.found(f"{owner} had rows, but its key is destroyed")
                note(self.run, holding.kind, done)
        self.remove(owner)

    def leftovers(self) -> None:
        """What a crash left of files that were being written."""
        for path in keyfolder.unfinished_files():
            if datetime.fromtimestamp(path.stat().st_mtime, self.before.tzinfo) < self.before:
                path.unlink(missing_ok=True)

    def stray(self, name: str) -> None:
        """Delete a file that should not be there, once it is an hour old."""
        written = modified_at(name)
        if written is None or written >= self.before:
            return
        self.found(f"{name} belonged to nothing{'' if is_ciphertext(name) else ' and was not encrypted'}")
        size = size_of(name)
        errors = delete_files([name])
        note(self.run, name.partition("/")[0], Destroyed(0 if errors else 1, 0 if errors else size, errors))

    def remove(self, owner: str) -> None:
        self.errors += remove_folder(owner)

    def found(self, sentence: str) -> None:
        logger.error("Sweep: %s.", sentence)
        if len(self.run.findings) < FINDINGS_KEPT:
            self.run.findings.append(sentence)


def sweep() -> PurgeRun:
    """Look at every key and file once, destroy what should not be there, and write down what was found."""
    return Sweep()()


def is_ciphertext(name: str) -> bool:
    """Whether a file begins as the vault's files do. What is gone meanwhile is no stranger."""
    try:
        with vault().base.open(name, "rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except FileNotFoundError:
        return True
