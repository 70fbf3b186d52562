"""manage.py revoke maria --school "North Park" """

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from audit.services import Actor
from watchlist.grants import grants_take
from watchlist.management.granting import GrantCommand


class Command(GrantCommand):
    help = "Take grants on schools, cameras and categories away from a person; it takes effect with their next click."

    def change(self, person: User, rows: list[Model], **options: Any) -> str:
        return f"{person}: {grants_take(of=person, rows=rows, actor=Actor.command())} grants taken away."
