"""The master key, and sealing under it: AES-256-GCM (NIST SP 800-38D), bound to the name of the data's owner."""

import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lockport.keyfiles import key_from

NONCE_BYTES = 12
KEY_BYTES = 32


class Unreadable(Exception):
    """Sealed data cannot be opened: altered, moved to another owner, or sealed under another key."""


@cache
def master_key() -> bytes:
    """32 bytes from LOCKPORT_MASTER_KEY or the key file. Raises KeyProblem."""
    return key_from("LOCKPORT_MASTER_KEY", settings.LOCKPORT_MASTER_KEY_FILE)


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
