"""Signing with the installation's Ed25519 key, and checking with any public key."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from lockport.keyfiles import key_from


def signing_key() -> Ed25519PrivateKey:
    """The key named in the settings. Raises KeyProblem."""
    return Ed25519PrivateKey.from_private_bytes(key_from("LOCKPORT_SIGNING_KEY", settings.LOCKPORT_SIGNING_KEY_FILE))


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public key's 32 bytes, in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def is_signed(public_key: str, signature: str, content: bytes) -> bool:
    """Whether the signature (hexadecimal) is of this content by this public key (hexadecimal)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
