"""manage.py grant maria --school "North Park" --all-categories --until 2026-12-01"""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db.models import Model

from audit.services import Actor
from watchlist.grants import grants_give
from watchlist.management.granting import GrantCommand
from watchlist.services import Refused


class Command(GrantCommand):
    help = "Let a person see what their role allows, at these schools or cameras and in these categories."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--until", metavar="WHEN", help="2026-12-01 or 2026-12-01T14:30, in UTC; else for good")
        parser.add_argument("--reason", default="", help="why; it is recorded")

    def change(self, person: User, rows: list[Model], **options: Any) -> str:
        until = moment(options["until"]) if options["until"] else None
        try:
            given = grants_give(to=person, rows=rows, actor=Actor.command(), until=until, reason=options["reason"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        return f"{person}: {given} new grants."


def moment(words: str) -> datetime:
    """A date or date and time, in UTC unless it names another zone. Raises CommandError."""
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise CommandError(f"“{words}” is no date: write 2026-12-01 or 2026-12-01T14:30.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
