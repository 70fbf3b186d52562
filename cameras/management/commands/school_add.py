"""manage.py school_add "North Park" --time-zone America/New_York --jurisdiction US-PA"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audit.services import Actor
from cameras.services import school_create


class Command(BaseCommand):
    help = "Add a school."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--time-zone", default="America/New_York", help="such as America/Chicago")
        parser.add_argument("--jurisdiction", required=True, help="the state's ISO 3166-2 code, such as US-PA")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            school = school_create(
                name=options["name"],
                time_zone=options["time_zone"],
                jurisdiction=options["jurisdiction"],
                actor=Actor.command(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Added {school}. Nobody is looked for there before two people have authorised it.")
