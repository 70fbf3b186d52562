"""Compile the translations, for Python alone: Django's own compilemessages needs gettext."""

from django.conf import settings
from django.core.management.base import BaseCommand

from lockport.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po, where it has changed."
    requires_system_checks: list[str] = []

    def handle(self, **options: object) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in compile_catalogues(folder):
                self.stdout.write(f"Compiled {source}")
