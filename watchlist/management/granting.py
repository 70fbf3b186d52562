"""What `manage.py grant` and `manage.py revoke` have in common."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from cameras.management.commands.camera_add import school_named
from watchlist.models import Category


class GrantCommand(BaseCommand):
    """Names a person, schools and categories."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the person's user name")
        parser.add_argument("--school", action="append", default=[], metavar="NAME", help="may be repeated")
        parser.add_argument("--category", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument("--all-categories", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is no user “{options['user']}”.")
        rows: list[Model] = [school_named(name) for name in options["school"]]
        rows += [_category(slug) for slug in options["category"]]
        if options["all_categories"]:
            rows += list(Category.objects.all())
        if not rows:
            raise CommandError("Name at least one --school or --category, or use --all-categories.")
        self.stdout.write(self.change(person, rows, **options))

    def change(self, person: User, rows: list[Model], **options: Any) -> str:
        raise NotImplementedError


def _category(slug: str) -> Category:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        slugs = ", ".join(Category.objects.values_list("slug", flat=True))
        raise CommandError(f"There is no category “{slug}”. There are: {slugs}.")
    return category
