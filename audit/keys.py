"""The log's two keys: one that marks what Lockport itself wrote, one that signs heads. Neither is in the database."""

import functools
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from audit.verifier import checker, key_id, keys_from, old_code_keys
from lockport.keyfiles import KeyProblem, key_from

# Read once: every record needs the first one. A key that was exchanged is used after a restart.


@functools.cache
def code_key() -> bytes:
    """The 32 bytes for the codes of records and links. Every process that records needs it. Raises KeyProblem."""
    return key_from("LOCKPORT_LOG_CODE_KEY", settings.LOCKPORT_LOG_CODE_KEY_FILE)


@functools.cache
def code_keys() -> tuple[tuple[bytes, int | None], ...]:
    """The key in use and those before it, each with the position up to which it counts. Raises KeyProblem."""
    file = settings.LOCKPORT_LOG_OLD_CODE_KEYS_FILE
    try:
        return ((code_key(), None), *old_code_keys(file.read_text() if file.exists() else ""))
    except (OSError, ValueError) as error:
        raise KeyProblem(f"{file} does not hold old keys of the log's codes, one a line: {error}.") from None


@functools.cache
def ours() -> Callable[[bytes, bytes, int], bool]:
    """Whether Lockport gave something its code: verifier.checker with all keys. Raises KeyProblem."""
    return checker(code_keys())


def forget() -> None:
    """Read the keys anew at their next use."""
    for known in (code_key, code_keys, ours, head_key):
        known.cache_clear()


@functools.cache
def head_key() -> Ed25519PrivateKey:
    """Signs heads. Only the machines that run beat's tasks need it. Raises KeyProblem."""
    return Ed25519PrivateKey.from_private_bytes(key_from("LOCKPORT_LOG_HEAD_KEY", settings.LOCKPORT_LOG_HEAD_KEY_FILE))


def public_keys() -> dict[str, Ed25519PublicKey]:
    """The key in use and those before it (LOCKPORT_LOG_OLD_PUBLIC_KEYS), by id. Raises OSError and Unreadable."""
    now = head_key().public_key()
    return keys_from(settings.LOCKPORT_LOG_OLD_PUBLIC_KEYS) | {key_id(now): now}


def public_pem() -> str:
    """What a verifier needs to check heads."""
    return head_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
