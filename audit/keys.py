"""The log's two keys: one that marks what Lockport itself wrote, one that signs heads. Neither is in the database."""

import functools

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from lockport.keyfiles import key_from

# Read once: every record needs the first one. A key that was exchanged is used after a restart.


@functools.cache
def code_key() -> bytes:
    """The 32 bytes for the codes of records and links. Every process that records needs it. Raises KeyProblem."""
    return key_from("LOCKPORT_LOG_CODE_KEY", settings.LOCKPORT_LOG_CODE_KEY_FILE)


@functools.cache
def head_key() -> Ed25519PrivateKey:
    """Signs heads. Only the machines that run beat's tasks need it. Raises KeyProblem."""
    return Ed25519PrivateKey.from_private_bytes(key_from("LOCKPORT_LOG_HEAD_KEY", settings.LOCKPORT_LOG_HEAD_KEY_FILE))


def public_pem() -> str:
    """What a verifier needs to check heads."""
    return head_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
