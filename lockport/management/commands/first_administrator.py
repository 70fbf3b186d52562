"""manage.py first_administrator otto https://lockport.example.org: the way in for the first person, once."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import Actor, record_access
from lockport.welcome import welcome_path


class Command(BaseCommand):
    help = "Make the first administrator, and print a link by which they set their own password; once, within an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name of the new account")
        parser.add_argument("site", nargs="?", default="", help="where Lockport is: https://lockport.example.org")

    def handle(self, *, name: str, site: str, **options: Any) -> None:
        with transaction.atomic():
            person = self._account(name)
            record_access(actor=Actor.command(), action="made a welcome link for", subject=person)
        self.stdout.write(f"{site.rstrip('/')}{welcome_path(person)}")
        self.stdout.write("Open it within an hour. It works once: whoever opens it first sets the password.")

    def _account(self, name: str) -> User:
        """A superuser without a password. Raises CommandError where there is one with a password already."""
        others = [each for each in User.objects.filter(is_superuser=True, is_active=True) if each.has_usable_password()]
        if others:
            raise CommandError(
                f"There is an administrator already: {others[0].get_username()}. They make all other accounts, in the "
                "admin. If their second factor is lost: manage.py forget_second_factor."
            )
        person = User.objects.filter(username=name).first() or User(username=name, is_superuser=True)
        if not person.is_superuser:
            raise CommandError(f"There is an account “{name}” already, which is no administrator. Choose another name.")
        person.is_staff = person.is_superuser = person.is_active = True
        person.set_unusable_password()
        person.save()
        return person
