"""What `manage.py grant` and `manage.py revoke` have in common."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from cameras.management.commands.camera_add import school_named
from cameras.models import Camera
from watchlist.grants import grantable
from watchlist.models import Category


class GrantCommand(BaseCommand):
    """Names a person, schools, single cameras and categories."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the person's user name")
        parser.add_argument("--school", action="append", default=[], metavar="NAME", help="may be repeated")
        parser.add_argument(
            "--camera",
            action="append",
            default=[],
            metavar="NAME",
            help="one camera, not its school: “Front door”, or “Front door, North Park” where several are called so",
        )
        parser.add_argument("--category", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument("--all-categories", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is no user “{options['user']}”.")
        rows: list[Model] = [school_named(name) for name in options["school"]]
        rows += [_camera(name) for name in options["camera"]]
        rows += [_category(slug) for slug in options["category"]]
        if options["all_categories"]:
            rows += list(Category.objects.all())
        if not rows:
            raise CommandError("Name at least one --school, --camera or --category, or use --all-categories.")
        self.stdout.write(self.change(person, rows, **options))

    def change(self, person: User, rows: list[Model], **options: Any) -> str:
        raise NotImplementedError


def _camera(name: str) -> Camera:
    cameras = list(grantable(Camera))
    found = [row for row in cameras if name in {row.name, str(row)}]
    if len(found) != 1:
        problem = "several cameras are" if found else "no camera is"
        known = "; ".join(str(row) for row in found or cameras) or "none"
        raise CommandError(f"For “{name}” {problem} known. There are: {known}.")
    return found[0]


def _category(slug: str) -> Category:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        slugs = ", ".join(Category.objects.values_list("slug", flat=True))
        raise CommandError(f"There is no category “{slug}”. There are: {slugs}.")
    return category
