"""`manage.py convert_models`: make dlib's recognition network ready, checked against dlib; instant when it is."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cameras.vision.convert import convert_models


class Command(BaseCommand):
    help = "Convert dlib's recognition network for a faster runtime, and check it against dlib."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="convert and measure even when nothing changed")

    def handle(self, *, again: bool = False, **options: object) -> None:
        folder = Path(settings.LOCKPORT_MODELS)
        try:
            conversion = convert_models(folder, again=again)
        except OSError as error:
            raise CommandError(f"The models could not be written to {folder}: {error}") from error
        times = ", ".join(f"{name} {value:.1f} ms" for name, value in conversion.milliseconds.items())
        worst = conversion.worst_difference.get(conversion.runtime)
        checked = "" if worst is None else f"; at most {worst:.1g} from dlib on {conversion.faces_checked} faces"
        self.stdout.write(f"Faces are recognised with {conversion.runtime} ({times} a face{checked}).")
