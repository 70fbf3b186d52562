"""The master keys, and sealing under them: AES-256-GCM (NIST SP 800-38D), bound to the name of the data's owner.

Normally there is one master key. While it is being changed there are several: the first seals, the others only open.
What is sealed under a master key begins with that key's number, so that rotation can tell what is left to do.
"""

import hmac
import os
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lockport.keyfiles import KeyProblem, keys_from, make_key_file
from retention.disk import write_new

NONCE_BYTES = 12
KEY_BYTES = 32
MAGIC = b"LKS1"  # "sealed under a master key, whose number follows"
NUMBER_BYTES = 8
WRAPPED = "wrapped"  # the part of the key folder with the wrapped keys
CANARY = "canary"
READ_AGAIN_SECONDS = 10  # a number that is not known is looked for in the key's source this often at most


class Unreadable(Exception):
    """Sealed data cannot be opened: altered, moved to another owner, or sealed under another key."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys of 32 bytes; the first seals."""

    keys: tuple[bytes, ...]

    @property
    def current(self) -> bytes:
        return self.keys[0]

    def find(self, number: bytes) -> bytes | None:
        return next((key for key in self.keys if number_of(key) == number), None)


def number_of(key: bytes) -> bytes:
    """8 bytes that name a master key and tell nothing else about it."""
    return hmac.digest(key, b"lockport master key", "sha256")[:NUMBER_BYTES]


_lock = threading.Lock()
_read: tuple[object, KeyRing, float] | None = None  # (where from, the keys, when)


def key_ring(*, again: bool = False) -> KeyRing:
    """The master keys, read again when their file has changed, or `again`.

    Raises KeyProblem when there are none, or when they are not those of the key folder: then nothing can be written.
    """
    global _read
    with _lock:
        source = _source()
        if _read is not None and _read[0] == source:
            _, ring, when = _read
            if not again or time.monotonic() < when + READ_AGAIN_SECONDS:
                return ring
        _make_first_key()
        source = _source()
        variable, file = "LOCKPORT_MASTER_KEY", settings.LOCKPORT_MASTER_KEY_FILE
        ring = KeyRing(tuple(keys_from(variable, file, settings.LOCKPORT_MASTER_KEY_COMMAND)))
        _check_canary(ring)
        _read = source, ring, time.monotonic()
        return ring


def master_key() -> bytes:
    """The 32 bytes that seal. Raises KeyProblem."""
    return key_ring().current


def forget_keys() -> None:
    """Have the next use read the master keys anew."""
    global _read
    with _lock:
        _read = None


def seal(key: bytes, plaintext: bytes, owner: str) -> bytes:
    """nonce + ciphertext + tag, readable only with the same key and owner."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, owner.encode())


def unseal(key: bytes, sealed: bytes, owner: str) -> bytes:
    """The plaintext of `seal`. Raises Unreadable, never returns garbage."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode())
    except (InvalidTag, ValueError):
        raise Unreadable(
            f"The sealed data of {owner} cannot be opened: it was altered, moved, or sealed under another key."
        ) from None


def master_seal(plaintext: bytes, owner: str) -> bytes:
    """Seal under the master key, whose number stands in front. Raises KeyProblem."""
    return sealed_by(master_key(), plaintext, owner)


def sealed_by(key: bytes, plaintext: bytes, owner: str) -> bytes:
    return MAGIC + number_of(key) + seal(key, plaintext, owner)


def master_unseal(sealed: bytes, owner: str) -> bytes:
    """The plaintext of `master_seal`, or of `seal(master_key(), ...)`. Raises Unreadable and KeyProblem."""
    ring = key_ring()
    if sealed.startswith(MAGIC) and ring.find(_number_in(sealed)) is None:
        ring = key_ring(again=True)  # the master key was changed while this process was running
    return opened_by(ring, sealed, owner)


def opened_by(ring: KeyRing, sealed: bytes, owner: str) -> bytes:
    """The plaintext, opened by the key of the ring whose number it bears. Raises Unreadable."""
    if not sealed.startswith(MAGIC):  # from before there were numbers
        return _opened_by_any(ring, sealed, owner)
    key = ring.find(_number_in(sealed))
    if key is None:
        raise Unreadable(f"The sealed data of {owner} cannot be opened: it was sealed under another master key.")
    return unseal(key, sealed[len(MAGIC) + NUMBER_BYTES :], owner)


def is_current(sealed: bytes) -> bool:
    """Whether this was sealed under the key that seals now. Raises KeyProblem."""
    return sealed.startswith(MAGIC + number_of(master_key()))


def canary_file() -> Path:
    """A sealed word in the key folder: whoever cannot open it holds another master key than the folder's."""
    return Path(settings.LOCKPORT_KEYS_FOLDER) / "canary"


def _number_in(sealed: bytes) -> bytes:
    return sealed[len(MAGIC) :][:NUMBER_BYTES]


def _opened_by_any(ring: KeyRing, sealed: bytes, owner: str) -> bytes:
    for key in ring.keys[:-1]:
        try:
            return unseal(key, sealed, owner)
        except Unreadable:
            continue
    return unseal(ring.keys[-1], sealed, owner)


def _source() -> tuple[object, ...]:
    """What tells whether the master keys may have changed. A command is run once in a process."""
    word = os.environ.get("LOCKPORT_MASTER_KEY")
    folder = str(settings.LOCKPORT_KEYS_FOLDER)
    if word is not None or settings.LOCKPORT_MASTER_KEY_COMMAND:
        return word, settings.LOCKPORT_MASTER_KEY_COMMAND, folder
    try:
        status = settings.LOCKPORT_MASTER_KEY_FILE.stat()
    except OSError:
        return folder, None
    return folder, str(settings.LOCKPORT_MASTER_KEY_FILE), status.st_ino, status.st_mtime_ns, status.st_size


def _make_first_key() -> None:
    """On a new installation, and only there: a master key that was lost is never replaced in silence."""
    if os.environ.get("LOCKPORT_MASTER_KEY") is None and not settings.LOCKPORT_MASTER_KEY_COMMAND:
        if not settings.LOCKPORT_MASTER_KEY_FILE.is_file() and canary_file().exists():
            raise KeyProblem(
                f"The master key is lost: {settings.LOCKPORT_MASTER_KEY_FILE} is missing, but there are keys sealed "
                f"under it in {settings.LOCKPORT_KEYS_FOLDER}. Put it back from its backup. Nothing was written."
            )
        make_key_file(settings.LOCKPORT_MASTER_KEY_FILE, instead="LOCKPORT_MASTER_KEY")


def _check_canary(ring: KeyRing) -> None:
    """Raises KeyProblem unless these keys are the folder's; makes the canary where the folder is new."""
    path = canary_file()
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        if (path.parent / WRAPPED).exists():
            raise KeyProblem(
                f"{path} is missing from a folder that holds keys. Put it back from the folder's backup: without "
                "it nobody can tell whether this is the right master key."
            ) from None
        _write_canary(ring)
        return
    try:
        opened_by(ring, sealed, CANARY)
    except Unreadable:
        raise KeyProblem(
            f"This is not the master key of {path.parent}: what is in the vault was sealed under another one. Set the "
            "right key. Nothing was written."
        ) from None


def _write_canary(ring: KeyRing) -> None:
    with suppress(FileExistsError):  # another process was first
        write_new(canary_file(), sealed_by(ring.current, CANARY.encode(), CANARY))
