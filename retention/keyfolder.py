"""The key folder: a file for each owner's data key, wrapped by the master key; and the log of destroyed keys.

It is outside the database, so that a restored database brings no key back (docs/decisions/0009). It looks like this:

    canary                            tells a wrong master key (retention/keys.py)
    lock                              held shared by who makes a key, alone by who changes the master key
    destroyed.log                     a line for each destroyed key, never changed
    wrapped/<kind>/<shard>/<id>       the wrapped keys; the shard keeps folders small
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation

from retention.disk import ASIDE, append, erase, locked, write_new
from retention.keys import KEY_BYTES, WRAPPED, master_seal, master_unseal

OWNER = re.compile(r"[a-z][a-z0-9-]{0,29}/[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


def make_key(owner: str) -> bytes:
    """The owner's new 32-byte key; the one there is, if another process was first. Raises KeyProblem and OSError."""
    key = secrets.token_bytes(KEY_BYTES)
    with locked(lock_file()):  # so that no key is wrapped by a master key that is being retired
        try:
            write_new(path_of(owner), master_seal(key, owner))
            return key
        except FileExistsError:
            pass
    return read_key(owner) or make_key(owner)


def read_key(owner: str) -> bytes | None:
    """The owner's 32-byte key, or None when there is none. Raises Unreadable, KeyProblem, OSError."""
    try:
        wrapped = path_of(owner).read_bytes()
    except FileNotFoundError:
        return None
    return master_unseal(wrapped, owner)


def has_key(owner: str) -> bool:
    return path_of(owner).exists()


def erase_key(owner: str) -> bool:
    """Overwrite and remove the owner's key; returns whether there was one. Says nothing in the log."""
    return erase(path_of(owner))


def owners_with_keys() -> Iterator[tuple[str, datetime]]:
    """Every owner that has a key, and when the key was made (or wrapped anew)."""
    for path in key_files():
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:  # destroyed meanwhile
            continue
        yield f"{path.parent.parent.name}/{path.name}", written


def key_files() -> Iterator[Path]:
    """The files of all wrapped keys."""
    for path in (folder() / WRAPPED).glob("*/*/*"):
        if not path.name.startswith(ASIDE):
            yield path


def unfinished_files() -> Iterator[Path]:
    """What a crash left of files that were being written."""
    yield from folder().rglob(f"{ASIDE}*")


def log_destruction(owner: str, now: datetime) -> None:
    """Add a line to the log of destroyed keys, on the disk when this returns."""
    words = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {owner}"
    append(log_file(), f"{words} {_check(words)}")


def logged_destructions() -> Iterator[tuple[str, datetime]]:
    """The owners in the log of destroyed keys and when. A line torn by a crash counts for nothing."""
    try:
        with log_file().open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                words, _, check = line.rstrip("\n").rpartition(" ")
                if words and check == _check(words):
                    moment, owner = words.split(" ")
                    yield owner, datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except FileNotFoundError:
        return


def folder() -> Path:
    return Path(settings.LOCKPORT_KEYS_FOLDER)


def lock_file() -> Path:
    return folder() / "lock"


def log_file() -> Path:
    return folder() / "destroyed.log"


def path_of(owner: str) -> Path:
    """Where the owner's wrapped key lies. Raises SuspiciousFileOperation for what is no owner's name."""
    if not OWNER.fullmatch(owner):
        raise SuspiciousFileOperation(f"An owner is <kind>/<id>, not {owner!r}.")
    kind, _, name = owner.partition("/")
    shard = hashlib.sha256(owner.encode()).hexdigest()[:2]
    return folder() / WRAPPED / kind / shard / name


def _check(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]
