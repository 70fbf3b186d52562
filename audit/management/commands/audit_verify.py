"""Verify the access log in the database: every record, every place in the chain, every signed head."""

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from audit import verifier
from audit.services import Actor, record_access
from audit.verifying import examine


class Command(BaseCommand):
    help = "Verify the whole access log; exit with 1 when something is wrong with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--heads", type=Path, action="append", default=[], help="heads that somebody else kept")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many read at a time")

    def handle(self, *, heads: list[Path], processes: int, **options: object) -> None:
        record_access(actor=Actor.command(), action="verified", subject="the access log")
        began = time.monotonic()
        found = examine(extra=_kept(heads), processes=processes)
        seconds = time.monotonic() - began
        for problem in found.problems:
            self.stdout.write(problem.words)
        report = found.report
        self.stdout.write(
            f"{report.records:,} records verified in {seconds:.1f} s, {report.heads} signed heads compared, "
            f"{found.agreeing} of {found.witnesses} witnesses agree, {len(found.problems)} problems."
        )
        if report.position > report.vouched:
            self.stdout.write(f"For the last {report.position - report.vouched} no signed head vouches yet.")
        if found.problems:
            sys.exit(1)


def _kept(files: list[Path]) -> list[verifier.Head]:
    try:
        return [head for file in files for head in verifier.read_heads(file.read_bytes().splitlines(), str(file))]
    except (OSError, verifier.Unreadable) as error:
        raise CommandError(f"Cannot read the heads: {error}") from None
