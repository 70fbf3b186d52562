"""Print the public key with which anybody can check the log's signed heads."""

from django.core.management.base import BaseCommand

from audit.keys import public_pem


class Command(BaseCommand):
    help = "Print the public key (PEM) with which signed heads of the access log are checked."

    def handle(self, **options: object) -> None:
        self.stdout.write(public_pem(), ending="")
