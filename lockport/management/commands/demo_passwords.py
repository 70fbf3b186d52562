"""New random passwords for the demonstration's people, printed once and stored nowhere in clear."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import Actor, record_access
from lockport.demo.district import PEOPLE, new_password


class Command(BaseCommand):
    help = "Make and print new passwords for the demonstration's sign-ins."

    def handle(self, **options: object) -> None:
        people = {
            person.username: person for person in User.objects.filter(username__in=[row.username for row in PEOPLE])
        }
        if not people:
            raise CommandError("There is no demonstration district here. `make run` makes one.")
        lines = []
        with transaction.atomic():
            for row in PEOPLE:
                if (person := people.get(row.username)) is None:
                    continue
                password = new_password()
                person.set_password(password)
                person.save(update_fields=["password"])
                record_access(actor=Actor.command(), action="set a new password for", subject=person)
                lines.append(f"  {row.username:<12} {password:<22} {row.what}")
        self.stdout.write("\nSign-ins of the demonstration (it has no second factor: never use it for a school):\n\n")
        self.stdout.write("\n".join(lines))
        self.stdout.write("")
