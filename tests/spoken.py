"""What of a page is not translated: the page is asked for with every translation between ⟦ and ⟧, and what people read
outside of these is compared with what is known to be data."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.safestring import SafeData, mark_safe

from alerts.destinations import Destination
from cameras.models import Camera, CameraArea, Export, School
from lockport.models import BrokenGlass
from retention.models import Hold
from watchlist.models import Appeal, Authorisation, Entry

FUNCTIONS = ("gettext", "ngettext", "pgettext", "npgettext")
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
READ = ("alt", "title", "aria-label", "placeholder", "data-said")
UNREAD = {"script", "style", "code", "kbd", "template"}  # and whatever says translate="no" or lang="…"
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# The same in every language: the product, zones, units, formats; and what Django itself leaves in English.
SAME = {
    "Lockport",
    "UTC",
    "EST",
    "EDT",
    "CST",
    "CDT",
    "min",
    "MB",
    "GB",
    "kB",
    "CSV",
    "JSON",
    "PDF",
    "URL",
    "IP",
    "True",
    "False",
    "Search",
}
# What people have typed, by where it is stored. Categories and roles are not among them: those are translated.
TYPED = {
    School: ("name", "time_zone", "jurisdiction"),
    Camera: ("name",),
    CameraArea: ("name",),
    User: ("username", "first_name", "last_name"),
    Entry: ("name", "basis"),
    Appeal: ("statement",),
    Authorisation: ("law",),
    Destination: ("name",),
    Export: ("reason",),
    Hold: ("reason", "instrument"),
    BrokenGlass: ("reason",),
}


def mark_every_translation(patch: pytest.MonkeyPatch) -> None:
    """From now on whatever is translated says so: "⟦Cámaras⟧"; what is said in the language of storage does not."""
    for name in FUNCTIONS:
        patch.setattr(translation._trans, name, _marking(getattr(translation._trans, name)))


def _marking(translate: Callable[..., str]) -> Callable[..., str]:
    def marked(*arguments: object) -> str:
        said = translate(*arguments)
        if not said.strip() or translation.get_language() in {None, settings.LANGUAGE_CODE}:
            return said
        return mark_safe(f"⟦{said}⟧") if isinstance(said, SafeData) else f"⟦{said}⟧"  # noqa: S308 - as it was

    return marked


TRANSLATED = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL)
ATTRIBUTES = re.compile(r"\{% block body_attributes %\}.*?\{% endblock %\}", re.DOTALL)
COMMENTED = re.compile(r"\{% comment.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.DOTALL)
FILLED_IN = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def written_into(template: str) -> Iterator[str]:
    """The words that a template itself shows untranslated, in whatever state its page is."""
    for pattern in (TRANSLATED, ATTRIBUTES, COMMENTED, FILLED_IN):
        template = pattern.sub("", template)
    yield from untranslated(template, [])


class _Reader(HTMLParser):
    """Everything of a page that somebody sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.unread: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        silent = tag in UNREAD or given.get("translate") == "no" or ("lang" in given and tag != "html")
        if not (silent or self.is_silent):
            self.found += [given[name] or "" for name in READ if name in given]
            if tag == "input" and given.get("type") in {"submit", "button"}:
                self.found.append(given.get("value") or "")
        if tag not in EMPTY:
            self.open.append((tag, silent))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag in {name for name, _ in self.open}:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.is_silent:
            self.found.append(data)

    @property
    def is_silent(self) -> bool:
        return any(silent for _, silent in self.open)


def untranslated(page: str, data: list[str]) -> Iterator[str]:
    """The texts of a page outside of every ⟦…⟧ that hold a word of two letters or more; `data` is what was typed."""
    while (shorter := MARKED.sub(" ", page)) != page:
        page = shorter
    reader = _Reader()
    reader.feed(page)
    typed = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in data) or r"(?!)")
    for text in reader.found:
        words = re.findall(r"[^\W\d_]{2,}", typed.sub(" ", text))
        if set(words) - SAME:
            yield " ".join(text.split())


def typed_by_people() -> list[str]:
    """The longest first, so that none is cut by another."""
    texts = {
        str(value)
        for model, fields in TYPED.items()
        for row in model._base_manager.values_list(*fields)
        for value in row
        if value
    }
    return sorted(texts, key=len, reverse=True)


def translated_and_stored() -> list[str]:
    """Texts in the database that were translated on the way there."""
    return [
        f"{model._meta.label}: {value}"
        for model in apps.get_models()
        for row in model._base_manager.values_list()
        for value in row
        if isinstance(value, str) and "⟦" in value
    ]
