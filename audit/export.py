"""A copy of the access log for the officer, CSV or JSON: written piece by piece, so that it may be of any length."""

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import sync_to_async

from audit.models import AccessRecord
from audit.sentences import plain
from lockport.saying import in_storage_language

COLUMNS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "grant",
    "action",
    "subject_kind",
    "subject_id",
    "subject",
    "school",
    "about",
    "reason",
    "result",
    "address",
    "user_agent",
    "request_id",
)
# A spreadsheet takes what begins with these for a formula: it is shown as text instead (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Pieces = Iterable[list[AccessRecord]]


def as_csv(pieces: Pieces) -> Iterator[str]:
    """A heading and a line for each record, the sentence last."""
    yield _line([*COLUMNS, "sentence"])
    for piece in pieces:
        yield "".join(_line([_safe(value) for value in _values(record).values()]) for record in piece)


def as_json(pieces: Pieces) -> Iterator[str]:
    """One array, a record on each line. Cut off, it has no closing bracket and cannot be mistaken for the whole."""
    before = "[\n"
    for piece in pieces:
        for record in piece:
            yield before + json.dumps(_values(record), ensure_ascii=False)
            before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


FORMATS: dict[str, tuple[str, Callable[[Pieces], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
}


async def sent(lines: Iterator[str]) -> AsyncIterator[str]:
    """The lines as the server sends them. A plain iterator would be read to its end before the first byte goes out."""
    following = sync_to_async(lambda: next(lines, None))
    while (line := await following()) is not None:
        yield line


def _values(record: AccessRecord) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in COLUMNS}
    with in_storage_language():
        return values | {"at": record.at.isoformat(), "sentence": plain(record)}


def _safe(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


class _Echo:
    """What csv writes to: it hands back what it is given."""

    def write(self, text: str) -> str:
        return text


def _line(values: list[str]) -> str:
    line: str = csv.writer(_Echo()).writerow(values)
    return line
