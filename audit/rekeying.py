"""Exchanging the key of the log's codes: a new one is used at once, the old one counts up to the chain's end."""

import base64
import os
import secrets
from pathlib import Path

from django.conf import settings

from audit import keys
from audit.sealing import seal, tail
from audit.verifier import old_code_keys
from lockport.keyfiles import KeyProblem


def key_exchange() -> None:
    """Make a new key. The one before it counts still everywhere, until `keys_retire`. Raises KeyProblem.

    Written in the order in which a crash leaves every record verifiable: the old key is kept before it is replaced.
    """
    if "LOCKPORT_LOG_CODE_KEY" in os.environ:
        raise KeyProblem("The key is in the environment (LOCKPORT_LOG_CODE_KEY): see docs/access-log.md, “Keys”.")
    old = keys.code_key()
    _keep([(old, None), *_old()])
    _replace(settings.LOCKPORT_LOG_CODE_KEY_FILE, base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    keys.forget()


def keys_retire() -> int:
    """From the end of the chain on, old keys count no more. Returns that position. Every process uses the new one now.

    Raises KeyProblem and SealProblem.
    """
    seal(look_back=None)
    end = tail().position
    _keep([(key, end if up_to is None else up_to) for key, up_to in _old()])
    keys.forget()
    return end


def _old() -> list[tuple[bytes, int | None]]:
    file = settings.LOCKPORT_LOG_OLD_CODE_KEYS_FILE
    return old_code_keys(file.read_text()) if file.exists() else []


def _keep(old: list[tuple[bytes, int | None]]) -> None:
    lines = [f"{base64.b64encode(key).decode()} {'' if up_to is None else up_to}".strip() for key, up_to in old]
    _replace(settings.LOCKPORT_LOG_OLD_CODE_KEYS_FILE, "".join(f"{line}\n" for line in lines))


def _replace(file: Path, text: str) -> None:
    """In one step, for its owner only, and onto the disk."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)
