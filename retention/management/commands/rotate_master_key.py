"""manage.py rotate_master_key, and five minutes later manage.py rotate_master_key --retire"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import Actor, record_access
from lockport.keyfiles import KeyProblem
from retention import rotation
from retention.keys import Unreadable

SUBJECT = "the master key"


class Command(BaseCommand):
    help = "Change the master key and wrap all data keys anew. After an interruption run it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retire", action="store_true", help="Forget the old key, at least five minutes later.")

    def handle(self, *args: Any, retire: bool, **options: Any) -> None:
        try:
            if retire:
                self.retire()
            else:
                self.rotate()
        except (KeyProblem, Unreadable) as error:
            raise CommandError(str(error)) from None

    def rotate(self) -> None:
        record_access(actor=Actor.command(), action="changed", subject=SUBJECT)
        if rotation.begin():
            self.stdout.write("A new master key was made; the old one still opens what it sealed.")
        for what, count in rotation.rewrap().items():
            self.stdout.write(f"Sealed anew: {count} {what}.")
        self.stdout.write(
            "Back the key file up now. In five minutes or later, manage.py rotate_master_key --retire forgets the old key."
        )

    def retire(self) -> None:
        record_access(actor=Actor.command(), action="retired the old", subject=SUBJECT)
        rotation.retire()
        self.stdout.write("The old master key is gone.")
