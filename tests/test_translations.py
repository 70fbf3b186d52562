"""Every sentence is in the catalogue, every one is said in Spanish, and no page shows one that was never asked for."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from lockport.script_words import SENTENCES
from tests.permission_tables import ADMIN, ANONYMOUS, PAGES, Route
from tests.spoken import mark_every_translation, translated_and_stored, typed_by_people, untranslated, written_into
from tests.test_permission_matrix import address, doors, names, rows  # noqa: F401 - fixtures

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = PROJECT / "locale" / "es" / "LC_MESSAGES" / "django.po"
SOURCES = ("alerts", "audit", "cameras", "lockport", "retention", "watchlist", "templates", "locale")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
SAID = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)*)\"""")

ROOMS = {
    "alerts": [name for name in PAGES if name.startswith("alerts:")],
    "cameras": [name for name in PAGES if name.startswith("cameras:")],
    "audit": [name for name in PAGES if name.startswith("audit:")],
    "retention": [name for name in PAGES if name.startswith("retention:")],
    "watchlist": [name for name in PAGES if name.startswith("watchlist:")] + ["evaluation", "who-can-see"],
    "account": [name for name in PAGES if ":" not in name and name not in {"evaluation", "who-can-see", "cameras-api"}],
    **{f"admin-{app}": [m for m in ADMIN if m.startswith(app)] for app in ("alerts", "cameras", "auth", "watchlist")},
}
# Rooms that are still English in part. Empty this, and the marks below go with it.
UNFINISHED = {"cameras", "admin-alerts", "admin-cameras"}
unfinished = pytest.mark.xfail(bool(UNFINISHED), reason="some rooms are still being translated")


def keys(catalogue: polib.POFile) -> set[tuple[str, str, str]]:
    return {(row.msgctxt or "", row.msgid, row.msgid_plural) for row in catalogue if not row.obsolete}


@pytest.mark.skipif(not (shutil.which("xgettext") or os.environ.get("CI")), reason="gettext is not installed")
def test_the_catalogue_has_the_sentences_of_the_sources_and_no_others(tmp_path: Path):
    for name in SOURCES:
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(PROJECT / "manage.py", tmp_path)
    subprocess.run([sys.executable, "manage.py", "makemessages", "--all"], cwd=tmp_path, check=True)
    ours = polib.pofile(str(CATALOGUE))
    fresh = polib.pofile(str(tmp_path / CATALOGUE.relative_to(PROJECT)))
    assert not keys(fresh) - keys(ours), "run `make messages` and translate what is new"
    assert not keys(ours) - keys(fresh), "run `make messages`: these are said nowhere any more"
    assert not ours.obsolete_entries()


@unfinished
def test_every_sentence_is_said_in_spanish():
    catalogue = polib.pofile(str(CATALOGUE))
    assert not [row.msgid for row in catalogue.fuzzy_entries()]
    assert not [row.msgid for row in catalogue.untranslated_entries()]
    assert catalogue.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"


def test_a_translation_has_the_places_of_its_sentence():
    wrong = []
    for row in polib.pofile(str(CATALOGUE)):
        wanted = Counter(PLACEHOLDER.findall(row.msgid_plural or row.msgid))
        for number, said in (row.msgstr_plural or {1: row.msgstr}).items():
            found = Counter(PLACEHOLDER.findall(said))
            # "1 cámara" may do without its number.
            if said and found != wanted and not (number == 0 and set(found) <= set(wanted)):
                wrong.append((row.msgid, said))
    assert not wrong


def test_whatever_scripts_say_is_known_to_the_catalogue():
    scripts = [script.read_text() for script in (PROJECT / "static" / "lockport").glob("*.js")]
    assert {sentence for script in scripts for sentence in SAID.findall(script)} == set(SENTENCES)


@unfinished
def test_no_template_holds_a_sentence_of_its_own():
    """Also of states that the rows of the test below are never in."""
    left = {
        f"{template.relative_to(PROJECT)}: {text}"
        for template in (PROJECT / "templates").rglob("*.html")
        for text in written_into(template.read_text())
    }
    assert not left


def test_no_script_holds_a_sentence_of_its_own():
    shown = re.compile(r"""(?:textContent|innerText|title|alt)\s*=\s*["`](?=[^"`]*[A-Za-z]{2})[^"`]*["`]""")
    shown_by_name = re.compile(r"""setAttribute\("(?:aria-label|title|alt)",\s*["`][^"`]*["`]\)""")
    for script in (PROJECT / "static" / "lockport").glob("*.js"):
        text = script.read_text()
        assert not shown.findall(text) + shown_by_name.findall(text), script.name


def test_somebody_reads_in_the_language_of_their_browser_until_they_choose_another(db):
    client = Client(headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    page = client.get("/sign-in/")
    assert '<html lang="es">' in page.content.decode()
    assert page["Content-Language"] == "es"
    answer = client.post(
        "/language/", {"language": "en"}, headers={"Referer": "http://testserver/sign-in/?next=/cameras/"}
    )
    assert answer["Location"].endswith("/sign-in/?next=/cameras/")
    assert answer.cookies["language"]["httponly"]
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()


def test_choosing_a_language_leads_to_no_other_site(db):
    answer = Client().post("/language/", {"language": "es", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def rooms() -> list[object]:
    return [pytest.param(room, marks=[pytest.mark.xfail] if room in UNFINISHED else []) for room in ROOMS]


@pytest.fixture
def in_spanish(doors: dict[str, Client], monkeypatch: pytest.MonkeyPatch) -> dict[str, Client]:  # noqa: F811
    for client in doors.values():
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    mark_every_translation(monkeypatch)
    return doors


def somebody(route: Route) -> list[str]:
    """A person for each answer that this route has."""
    return [min(people) for people in route.get.values()] + ["outsider", ANONYMOUS]


def answers_of(name: str, rows: dict[str, int], people: dict[str, Client]) -> list[HttpResponse]:  # noqa: F811
    route, place = PAGES[name], address(name, rows)
    found = [people[person].get(place) for person in somebody(route)]
    if name in {"sign-out", "account_logout", "language"}:
        return found
    senders = [min(who) for status, who in route.post.items() if status in {400, 422}]
    return found + [people[person].post(place) for person in senders or ["outsider"]]


def desk_of(model: str, rows: dict[str, int], people: dict[str, Client]) -> list[HttpResponse]:  # noqa: F811
    person = people[min(ADMIN[model].add or ADMIN[model].see)]
    found = []
    for name in names():
        if not name.startswith(f"admin:{model}_"):
            continue
        needs_a_row = not name.endswith(("_changelist", "_add", "_import", "_preview"))
        place = reverse(name, args=[rows[model]] if needs_a_row else [])
        found += [person.get(place), person.post(place)]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("room", rooms())
def test_no_page_shows_a_sentence_untranslated_and_none_stores_one_translated(
    room: str,
    rows: dict[str, int],  # noqa: F811
    in_spanish: dict[str, Client],
):
    left: dict[str, str] = {}
    for name in ROOMS[room]:
        answers = (desk_of if room.startswith("admin-") else answers_of)(name, rows, in_spanish)
        data = typed_by_people()
        for answer in answers:
            if not answer.streaming and answer["Content-Type"].startswith("text/html"):
                page = answer.content.decode()
                left |= dict.fromkeys(untranslated(page, data), f"{answer.request['PATH_INFO']}")
    assert not translated_and_stored()
    assert not left, "\n" + "\n".join(f"{place}: {text}" for text, place in left.items())
