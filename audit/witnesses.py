"""Who else is given the log's signed heads: a file on another mount, an e-mail address, a webhook."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail

from audit.posting import PostProblem, post
from audit.verifier import Head, Unreadable, head_line, read_heads
from lockport.mail import can_mail

HOUR = 60 * 60


class WitnessProblem(Exception):
    """A witness is not named as it should be, or cannot be given a head now; the message says why."""


class Witness(Protocol):
    """`name` is as in LOCKPORT_WITNESSES; `least_seconds` lie between two heads, so that people are not flooded."""

    @property
    def name(self) -> str: ...

    @property
    def least_seconds(self) -> int: ...

    def give(self, head: Head) -> None:
        """Raises WitnessProblem when it has not arrived."""

    def heads(self) -> list[Head] | None:
        """What it holds, oldest first; None where that cannot be asked. Raises WitnessProblem."""

    def is_inside(self, folder: Path) -> bool:
        """Whether it lies in this folder, and is lost or forged together with it."""


def witnesses() -> list[Witness]:
    """Those named in LOCKPORT_WITNESSES. Raises WitnessProblem for a name that is none."""
    return [_witness(name.strip()) for name in settings.LOCKPORT_WITNESSES if name.strip()]


def _witness(name: str) -> Witness:
    kind, _, rest = name.partition(":")
    if kind == "file" and Path(rest).is_absolute():
        return FileWitness(name, Path(rest))
    if kind == "mailto" and "@" in rest:
        return MailWitness(name, rest)
    secure_enough = kind == "https" or (kind == "http" and settings.LOCKPORT_DEVELOPMENT)
    if secure_enough and urlsplit(name).hostname:
        return WebWitness(name)
    raise WitnessProblem(
        f"LOCKPORT_WITNESSES names {name!r}: say file:/absolute/path, mailto:name@example.org or https://host/path."
    )


@dataclass(frozen=True, slots=True)
class FileWitness:
    """A file that is only ever added to, on a disk on which whoever rules the database cannot write."""

    name: str
    path: Path
    least_seconds: int = 0

    def give(self, head: Head) -> None:
        # The data folder is ours to make; elsewhere a missing folder is a disk that is not mounted.
        if self.is_inside(settings.LOCKPORT_DATA):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            with os.fdopen(handle, "ab") as stream:
                stream.write(head_line(head).encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise WitnessProblem(f"{self.path} cannot be written: {error.strerror}.") from error

    def heads(self) -> list[Head]:
        try:
            with self.path.open("rb") as stream:
                return list(self._read(stream.readlines()))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise WitnessProblem(f"{self.path} cannot be read: {error.strerror}.") from error

    def is_inside(self, folder: Path) -> bool:
        return self.path.resolve().is_relative_to(folder.resolve())

    def _read(self, lines: list[bytes]) -> Iterator[Head]:
        try:
            yield from read_heads(lines, str(self.path))
        except Unreadable as problem:
            raise WitnessProblem(str(problem)) from problem


@dataclass(frozen=True, slots=True)
class MailWitness:
    """A mailbox, at most hourly. Cannot be asked what it holds: a message that the mail server took has arrived."""

    name: str
    address: str
    least_seconds: int = HOUR - 5 * 60

    def give(self, head: Head) -> None:
        if not can_mail():
            raise WitnessProblem("No mail server is set: EMAIL_URL.")
        words = (
            "Keep this message. It vouches for Lockport's access log as it was at this time; whoever verifies the log "
            "later puts the line below into a file and gives it to the verifier with --heads.\n\n"
        )
        try:
            sent = send_mail(
                f"Access log: {head.position} records at {head.at}", words + head_line(head), None, [self.address]
            )
        except OSError as error:  # smtplib's errors are OSErrors
            raise WitnessProblem(f"The mail server did not take it: {type(error).__name__}.") from error
        if not sent:
            raise WitnessProblem("The mail server did not take it.")

    def heads(self) -> None:
        return None

    def is_inside(self, folder: Path) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class WebWitness:
    """Somebody else's web server: each head is sent with POST, any 2xx answer means that it arrived."""

    name: str
    least_seconds: int = 0

    def give(self, head: Head) -> None:
        try:
            post(self.name, head_line(head).encode(), loopback=settings.LOCKPORT_DEVELOPMENT)
        except PostProblem as problem:
            raise WitnessProblem(str(problem)) from problem

    def heads(self) -> None:
        return None

    def is_inside(self, folder: Path) -> bool:
        return False
