"""Secrets that come from the environment or from a file made at first run. Nothing here has a default value."""

import base64
import os
import secrets
import shlex
import subprocess
from pathlib import Path


class KeyProblem(Exception):
    """A key is missing, malformed or readable by others; the message says how to mend it."""


def key_from(variable: str, file: Path) -> bytes:
    """The 32 secret bytes in an environment variable (base64), else in `file`, which is made (mode 0600) if missing.

    Raises KeyProblem when either does not hold 32 bytes, or when other users may read the file.
    """
    text = os.environ.get(variable)
    if text is not None:
        return _decode(text, f"the environment variable {variable}")
    make_key_file(file, instead=variable)
    return _decode(_read(file), f"the key file {file}")


def keys_from(variable: str, file: Path, command: str = "") -> list[bytes]:
    """Like `key_from`, but several keys separated by white space or commas, and a file that is missing is not made.

    `command` (split as a shell would) prints the keys, for a key management service; it counts after the variable and
    before the file. Raises KeyProblem; its text never holds what was read.
    """
    text = os.environ.get(variable)
    if text is not None:
        where = f"the environment variable {variable}"
    elif command:
        text, where = _printed_by(command, variable), f"what {variable}_COMMAND prints"
    elif file.is_file():
        text, where = _read(file), f"the key file {file}"
    else:
        raise KeyProblem(f"The key file {file} is missing. Put it back, or set {variable}.")
    return [_decode(word, where) for word in text.replace(",", " ").split() or [""]]


def make_key_file(file: Path, *, instead: str) -> None:
    """Make the key file if there is none. Raises KeyProblem, naming the variable that can be set `instead`."""
    try:
        if not file.is_file():
            _make(file)
    except OSError as error:
        if not isinstance(error, FileExistsError) or not file.is_file():  # else another process was first
            raise KeyProblem(f"Cannot write the key file {file}: {error.strerror}. Set {instead} instead.") from error


def _read(file: Path) -> str:
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise KeyProblem(f"The key file {file} can be read by other users. Mend it with: chmod 600 {file}")
    return file.read_text()


def _printed_by(command: str, variable: str) -> str:
    try:
        words = shlex.split(command)
        done = subprocess.run(words, capture_output=True, timeout=30, check=True, text=True)  # noqa: S603
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise KeyProblem(
            f"The command of {variable}_COMMAND gave no key ({type(error).__name__}). Run it by hand to see why."
        ) from None
    return done.stdout


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: two processes starting at once must agree on one key.
    aside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(aside, file)
    finally:
        aside.unlink()


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise KeyProblem(
            f"{where[0].upper()}{where[1:]} must hold 32 bytes in base64 (`openssl rand -base64 32` makes them)."
        )
    return key
