"""Django's makemessages as this project wants it: no guessed translations, no line numbers, nothing obsolete."""

import re
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

CREATED = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)


class Command(makemessages.Command):
    # A fuzzy guess is wrong more often than it helps, and looks like a translation.
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        options |= {"no_obsolete": True, "add_location": "file"}
        options["ignore_patterns"] += ["tests/*", "data/*", "docs/*"]
        super().handle(*args, **options)

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        # The hour of the last run would be a conflict in every merge.
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        path.write_text(CREATED.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
