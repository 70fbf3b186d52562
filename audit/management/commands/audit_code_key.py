"""Exchange the key of the access log's codes, in two steps: a new one; once everybody uses it, the end of the old."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from audit.rekeying import key_exchange, keys_retire
from audit.sealing import SealProblem
from audit.services import Actor, record_access
from lockport.keyfiles import KeyProblem


class Command(BaseCommand):
    help = "Exchange the key of the access log's codes: `new`, restart every process, then `retire`. Both are recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["new", "retire"])
        parser.add_argument("--reason", required=True, help="why, as the log will say")

    def handle(self, *, step: str, reason: str, **options: object) -> None:
        action = "exchanged" if step == "new" else "retired the old"
        record_access(actor=Actor.command(), action=action, subject="key of the access log's codes", reason=reason)
        try:
            if step == "new":
                key_exchange()
                words = (
                    "A new key is in use. Copy both key files to every machine; restart the work workers, then every "
                    "other process of Lockport; then run `manage.py audit_code_key retire`."
                )
            else:
                words = f"Old keys count up to position {keys_retire()}, and no further. Restart every process."
        except (KeyProblem, SealProblem) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(words)
