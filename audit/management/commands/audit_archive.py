"""Take what is older than six years out of the access log, into a file that verifier.py verifies anywhere."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from audit.archiving import NotArchived, archive
from audit.publishing import publish
from audit.sealing import SealProblem
from audit.services import Actor, record_access
from audit.verifying import known_heads


class Command(BaseCommand):
    help = "Write what is older than six years to a file, verify it, and remove it from the access log. It is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write; it must not exist yet")
        parser.add_argument("--reason", required=True, help="why, as the log will say")

    def handle(self, *, file: Path, reason: str, **options: object) -> None:
        record_access(actor=Actor.command(), action="archived", subject="the access log", reason=reason)
        try:
            publish(at_once=True)  # this act has its place and its head before anything leaves
            done = archive(file, known_heads())
        except (NotArchived, SealProblem) as problem:
            raise CommandError(str(problem)) from None
        except OSError as error:
            raise CommandError(f"Cannot write {file}: {error.strerror}. Name a file that does not exist.") from None
        checkpoint = done.checkpoint
        self.stdout.write(
            f"{done.records:,} records of before {checkpoint.until[:10]} left the log for {file}; it goes on from "
            f"position {checkpoint.position + 1}. Verify the file elsewhere (verifier.py --archive), and keep it."
        )
