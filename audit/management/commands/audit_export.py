"""Write the access log and its signed heads to files that audit/verifier.py verifies anywhere."""

import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from audit import verifier
from audit.checkpoints import newest
from audit.heads import stored
from audit.models import AccessHead
from audit.publishing import publish
from audit.reading import links
from audit.sealing import SealProblem
from audit.services import Actor, record_access


class Command(BaseCommand):
    help = "Write the whole access log (JSON lines) and its signed heads, for verifier.py. The export is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("export", type=Path, help="the file to write; it must not exist yet")
        parser.add_argument("--heads", type=Path, help="the file for the signed heads; it must not exist yet")
        parser.add_argument("--reason", default="", help="why, as the log will say")

    def handle(self, *, export: Path, heads: Path | None, reason: str, **options: object) -> None:
        record_access(actor=Actor.command(), action="exported", subject="the access log", reason=reason)
        try:
            publish(at_once=True)  # a head that vouches for all of it, this record included
        except SealProblem as problem:
            self.stderr.write(str(problem))
        try:
            count = _write(export, _lines()) - (newest() is not None)
            if heads:
                rows = AccessHead.objects.order_by("number").iterator()
                _write(heads, (verifier.head_line(stored(row)).encode() for row in rows))
        except OSError as error:
            raise CommandError(
                f"Cannot write {error.filename}: {error.strerror}. Name a file that does not exist."
            ) from None
        self.stdout.write(f"{count} records written to {export}.")


def _lines() -> Iterator[bytes]:
    """The checkpoint with which a shortened log begins, then the links."""
    if begins := newest():
        yield verifier.checkpoint_line(begins)
    for link, _ in links(begins.position if begins else 0):
        yield verifier.line_of(link)


def _write(path: Path, lines: Iterable[bytes]) -> int:
    """Write the lines to a new file that only its owner may read; return how many."""
    count = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        for line in lines:
            stream.write(line)
            count += 1
    return count
