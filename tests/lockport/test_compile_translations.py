"""Translations are compiled where there is nothing but Python, once for each change."""

import gettext
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lockport.catalogues import compile_catalogues, stale_catalogues
from lockport.languages import translations_are_compiled
from lockport.management.commands import run

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Cameras"
msgstr "Cámaras"

#, fuzzy
msgid "Map"
msgstr "Mapo"

msgid "%(number)s camera"
msgid_plural "%(number)s cameras"
msgstr[0] "%(number)s cámara"
msgstr[1] "%(number)s cámaras"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    return tmp_path


def test_what_was_compiled_is_what_python_reads_and_a_guess_is_not_in_it(folder: Path):
    compile_catalogues(folder)
    read = gettext.translation("django", folder, ["es"])
    assert read.gettext("Cameras") == "Cámaras"
    assert read.gettext("Map") == "Map"
    assert read.ngettext("%(number)s camera", "%(number)s cameras", 2) == "%(number)s cámaras"


def test_only_what_has_changed_is_compiled_again(folder: Path):
    source = folder / "es" / "LC_MESSAGES" / "django.po"
    assert compile_catalogues(folder) == [source]
    assert compile_catalogues(folder) == []
    os.utime(source, (source.stat().st_atime, source.with_suffix(".mo").stat().st_mtime + 5))
    assert stale_catalogues(folder) == [source]


def test_the_check_says_when_it_is_due_and_the_command_does_it(folder: Path, settings):
    settings.LOCALE_PATHS = [folder]
    assert [warning.id for warning in translations_are_compiled()] == ["lockport.W001"]
    call_command("compile_translations")
    assert translations_are_compiled() == []


def test_the_first_run_compiles_before_it_checks(folder: Path, settings, monkeypatch, capsys):
    def only_compile(name: str, **options: object) -> None:
        if name != "compile_translations":
            raise CommandError("as far as this test goes")
        call_command(name, **options)

    settings.LOCALE_PATHS, settings.LOCKPORT_DEVELOPMENT = [folder], True
    for name in ("check_place", "check_faces"):
        monkeypatch.setattr(run, name, lambda _: None)
    monkeypatch.setattr(run, "master_key", lambda: None)
    monkeypatch.setattr(run, "call_command", only_compile)
    with pytest.raises(SystemExit):
        run.Command().run_from_argv(["manage.py", "run"])
    said = capsys.readouterr().err
    assert "as far as this test goes" in said
    assert "lockport.W001" not in said
