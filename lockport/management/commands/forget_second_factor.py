"""manage.py forget_second_factor maria: for somebody whose telephone, key and recovery codes are all lost."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import Actor, record_access
from lockport.welcome import welcome_path


class Command(BaseCommand):
    help = "Forget a person's second factor and password, and print a link by which they set both up again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")
        parser.add_argument("site", nargs="?", default="", help="where Lockport is: https://lockport.example.org")

    def handle(self, *, name: str, site: str, **options: Any) -> None:
        person = User.objects.filter(username=name, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active account “{name}”.")
        with transaction.atomic():
            record_access(actor=Actor.command(), action="removed a second factor from", subject=person, reason="lost")
            Authenticator.objects.filter(user=person).delete()
            # Without the password too: else whoever found the telephone and knows it is in before its owner.
            person.set_unusable_password()
            person.save(update_fields=["password"])
        self.stdout.write(f"{site.rstrip('/')}{welcome_path(person)}")
        self.stdout.write("Give it to them in person. It works once, within an hour; a new second factor follows.")
