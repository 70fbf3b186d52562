"""manage.py verify_certificates"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lockport.keyfiles import KeyProblem
from retention.certificates import problems
from retention.models import Certificate


class Command(BaseCommand):
    help = "Check the signature, order and content of every destruction certificate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--public-key", action="append", help="Trust this key (hexadecimal); may be repeated.")

    def handle(self, *args: Any, public_key: list[str] | None, **options: Any) -> None:
        try:
            found = list(problems(set(public_key) if public_key else None))
        except KeyProblem as error:
            raise CommandError(str(error)) from None
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"{Certificate.objects.count()} certificates, all whole and as they were signed.")
