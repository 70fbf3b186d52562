"""manage.py clock_corrected "why" """

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.services import Actor, record_access
from retention import clock


class Command(BaseCommand):
    help = "Go by this machine's clock again, after it was ahead by mistake and has been set right. Is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reason")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        record_access(actor=Actor.command(), action="set back", subject="retention's clock", reason=reason)
        self.stdout.write(f"Retention goes by {clock.accept_wall():%Y-%m-%d %H:%M:%S} UTC from now on.")
