"""manage.py grant maria --school "North Park" --all-categories"""

from django.contrib.auth.models import User
from django.db.models import Model

from audit.services import Actor
from watchlist.grants import grants_give
from watchlist.management.granting import GrantCommand


class Command(GrantCommand):
    help = "Let a person see what their role allows, at these schools and in these categories."

    def change(self, person: User, rows: list[Model]) -> str:
        return f"{person}: {grants_give(to=person, rows=rows, actor=Actor.command())} new grants."
