"""What is stored in English is found again and shown in the reader's language; what people wrote stays as it is."""

import ast
from collections.abc import Iterator

import pytest
from django.utils.translation import gettext_lazy, override

from audit.filters import Filter, shown_asked
from audit.sentences import day, plain
from audit.stored import Sentence, later, shown
from lockport.saying import in_storage_language
from tests.audit.records import MORNING, record
from tests.environment import PROJECT

PROBLEMS = ("verifier.py", "verifying.py", "sealing.py", "witnesses.py", "checkpoints.py")


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    with override("es"):
        yield


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Maria Lopez miró la alerta 1042, Front door, en su función de dirección de North Park"),
        (
            {"action": "looked at the face of"},
            "Maria Lopez miró la imagen del rostro de la alerta 1042, Front door, "
            "en su función de dirección de North Park",
        ),
        (
            {"action": "approved", "subject_kind": "entry", "subject": "entry 5", "school": "", "result": "refused"}
            | {"reason": "This entry is approved already."},
            "Maria Lopez intentó aprobar la inscripción 5, en su función de dirección, lo cual fue denegado: "
            "Esta inscripción ya está aprobada",
        ),
        (
            {"actor_kind": "worker", "actor_id": None, "actor_name": "worker on box", "role": "", "action": "raised"},
            "El proceso automático de box emitió la alerta 1042, Front door, en North Park",
        ),
        (
            {"action": "granted", "subject_kind": "user", "subject": "alert 7", "school": ""}
            | {"reason": "school North Park, until 2027-01-01 10:00 UTC, an incident"},
            "Maria Lopez dio un permiso a alert 7, en su función de dirección: "
            "escuela North Park, hasta 2027-01-01 10:00 UTC, an incident",
        ),
    ],
)
def test_a_record_reads_as_a_sentence_of_the_readers_language(changes: dict[str, str], sentence: str):
    assert plain(record(**changes)) == sentence


def test_the_day_is_said_as_the_reader_says_it():
    assert day(MORNING, Filter().zone) == "miércoles, 18 de noviembre de 2026"


@pytest.mark.parametrize("typed", ["school trip", "to see who came in", "at lunch", "from the office", "retention"])
def test_a_reason_that_somebody_typed_is_not_translated(typed: str):
    assert plain(record(reason=typed)).endswith(f": {typed}")
    period = "2026-11-18 08:00:00 to 2026-11-18 08:10:00 UTC"
    watched = plain(record(action="watched", reason=f"{period}: {typed}"))
    assert watched.endswith(f": del 2026-11-18 08:00:00 al 2026-11-18 08:10:00 UTC: {typed}")


def test_what_was_asked_of_the_log_is_recorded_in_english_and_shown_in_spanish():
    asked = Filter(who="7", about="entry 5", act="looked at", result="refused").words("Maria Lopez")
    assert asked == "acts of Maria Lopez (account 7), about entry 5, of the kind “looked at”, that were refused"
    assert shown_asked(asked) == (
        "actos de Maria Lopez (cuenta 7), acerca de la inscripción 5, del tipo “miró”, con resultado denegado"
    )


def test_a_refusal_is_said_in_the_readers_language_and_recorded_in_english():
    refusal = Sentence(gettext_lazy("A grant must end in the future."))
    assert str(refusal) == "Un permiso debe terminar en el futuro."
    with in_storage_language():
        assert str(refusal) == "A grant must end in the future."
        assert str(Sentence(later(lambda: f"{gettext_lazy('school')} %"))) == "school %"


def test_an_english_page_shows_what_is_stored():
    with override("en"):
        assert shown("entry 5") == "entry 5"
    assert shown("entry 5") == "la inscripción 5"


def said_by(file: str) -> Iterator[str]:
    """The sentences that a file makes with f"…", each value of them replaced by a number."""
    for node in ast.walk(ast.parse((PROJECT / "audit" / file).read_text())):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
            if text[0].isupper() and " " in text and text.endswith("."):
                yield text


@pytest.mark.parametrize("file", PROBLEMS)
def test_whatever_is_wrong_with_the_log_can_be_said_in_spanish(file: str):
    not_for_pages = (
        "Line 7 of 7 is not a line",
        "7 does not hold",
        "LOCKPORT_WITNESSES",
        "7 records read",
        "For the last",
        "The two exports",
    )
    left = [text for text in said_by(file) if shown(text) == text and not text.startswith(not_for_pages)]
    assert not left, "write it into audit/stored_words.py"
