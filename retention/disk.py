"""Writing to a folder so that a crash at any moment leaves each file whole or absent. Every write of keys is here."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ASIDE = ".part-"  # the beginning of the names of files that are being written


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet. Raises FileExistsError."""
    aside = _write_aside(path, content)
    try:
        os.link(aside, path)
    finally:
        aside.unlink()
    sync_folder(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Write a file, in place of what was there."""
    aside = _write_aside(path, content)
    os.replace(aside, path)
    sync_folder(path.parent)


def append(path: Path, line: str) -> None:
    """Add a line to a file that several processes add to. What a crash left of another line ends where it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        end = stream.seek(0, os.SEEK_END)
        torn = end > 0 and os.pread(stream.fileno(), 1, end - 1) != b"\n"
        stream.write(b"\n" * torn + line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def erase(path: Path) -> bool:
    """Overwrite a small file, then remove it; returns whether there was one.

    On a journalling disk or an SSD a copy of the blocks may live on (NIST SP 800-88 calls this "clear"): what is
    erased here is wrapped by the master key as well.
    """
    try:
        with path.open("r+b") as stream:
            stream.write(secrets.token_bytes(os.fstat(stream.fileno()).st_size))
            stream.flush()
            os.fsync(stream.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold a lock on the file: shared with others, or `alone`. It ends with the process, whatever happens to it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _write_aside(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{ASIDE}{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:  # a full disk, most likely
            aside.unlink(missing_ok=True)
            raise
    return aside
