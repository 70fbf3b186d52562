"""Text that is stored in English and shown in the reader's language.

What the access log, findings and runs keep is written once, in English, so that it is the same for whoever reads or
checks it. A template such as "appeal %(number)s against %(entry)s" says how that text is made: it finds the text again
among what was stored, and its translation is shown instead. What people wrote themselves fits no template and stays
as they wrote it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext

PLACE = re.compile(r"%\((\w+)\)s")
# By the last word of a placeholder's name: what can stand there. Anything else may be any text.
SHAPES = {
    "number": r"\d+",
    "count": r"[\d,]+",
    "day": r"\d{4}-\d\d-\d\d",
    "moment": r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?",
}
TYPED = {"reason", "note", "query", "list", "school"}  # placeholders that hold what somebody wrote
_templates: list[str] = []
_reasons: dict[str, list[str]] = {}


class Sentence(Exception):  # noqa: N818 - a message rather than an error
    """What an exception says to people: `str()` says it in the language active then, in the log's when it is recorded.

    The message is lazy; `values` stand in its places.
    """

    def __init__(self, message: object, **values: object) -> None:
        super().__init__(message)
        self.values = values

    def __str__(self) -> str:
        message = str(self.args[0])
        return message % self.values if self.values else message


def later(say: Callable[[], str]) -> Any:
    """A lazy text that `say` makes, each time in the language active then."""
    return lazy(say, str)()


def register(templates: Iterable[str]) -> None:
    """Add a room's templates, each marked with gettext_noop where it is written; earlier ones are tried first."""
    _templates.extend(template for template in templates if template not in _templates)


def register_reasons(reasons: Mapping[str, Iterable[str]]) -> None:
    """Add templates for the reasons of these actions, and of no others: there somebody may have typed such words."""
    for action, templates in reasons.items():
        _reasons.setdefault(action, []).extend(templates)


def reasons_of(action: str) -> list[str]:
    """The templates that only reasons of this action are made by."""
    return _reasons.get(action, [])


def shown(text: str, made_by: Iterable[str] | None = None) -> str:
    """Stored text in the language of whoever reads now; as it is where no template made it.

    `made_by` are the templates that text of this kind can be made by, where those of subjects and findings are not.
    """
    if not text or (get_language() or "en").startswith("en"):
        return text
    templates = tuple(_templates if made_by is None else made_by)
    return _translated(text, templates) or _each_translated(text, templates) or text


def _translated(text: str, templates: tuple[str, ...]) -> str:
    """The text as the first template that fits it is translated, or "" where none fits."""
    for template in templates:
        if found := _pattern(template).fullmatch(text):
            return gettext(template) % {name: _value(name, text, templates) for name, text in found.groupdict().items()}
    return ""


def _value(name: str, text: str, templates: tuple[str, ...]) -> str:
    return text if name in TYPED else shown(text, (*templates, *_templates))


def _each_translated(text: str, templates: tuple[str, ...]) -> str:
    """A list of which every piece was made by a template, or ""."""
    for between in ("; ", ", "):
        pieces = [_translated(piece, templates) for piece in text.split(between)]
        if len(pieces) > 1 and all(pieces):
            return between.join(pieces)
    return ""


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What recognises the text that a template made. Placeholders take as little as they can."""
    pieces = PLACE.split(template)  # text and names of placeholders take turns
    found = [_group(piece) if at % 2 else re.escape(piece.replace("%%", "%")) for at, piece in enumerate(pieces)]
    return re.compile("".join(found), re.DOTALL)


def _group(name: str) -> str:
    shape = SHAPES.get(name.rpartition("_")[2], ".+?")
    return f"(?P<{name}>{shape})"
