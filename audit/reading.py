"""Reads the chain out of the database as the verifier wants it: each link, its record's canonical encoding, its seal.

Millions of rows at a time, so it goes past the ORM, and PostgreSQL gives a record's texts as one. Whatever is not quite
plain in them (a quotation mark, a control character, a value that is missing) is read again value by value.
"""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection

from audit import verifier
from audit.models import AccessLink

ROWS_AT_A_TIME = 5000
BETWEEN = "\x1f"  # stands between the texts of a record; where one holds it itself, there are too many
# Times and addresses as the canonical encoding has them, said by the database itself: whatever somebody has put there
# comes out as text that can be hashed, and millions of them need no object each.
_AS_TEXT = {
    "postgresql": {
        "at": """to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        "address": "abbrev(r.address)",  # with a netmask where it has one that is not whole
    },
    "sqlite": {"at": "replace(r.at, ' ', 'T') || CASE WHEN length(r.at) = 19 THEN '.000000' ELSE '' END || 'Z'"},
}
# OFFSET 0: PostgreSQL takes each record by its number, and does not read the whole table for a few thousand of them.
_JOIN = {
    "postgresql": "LEFT JOIN LATERAL (SELECT * FROM audit_accessrecord WHERE id = l.record_id OFFSET 0) r ON true",
    "sqlite": "LEFT JOIN audit_accessrecord r ON r.id = l.record_id",
}
_MAY_BE_NULL = ("actor_id", "address")
_TEXTS = [name for name in verifier.FIELDS if name not in _MAY_BE_NULL]
_PLACES = [verifier.FIELDS.index(name) for name in _MAY_BE_NULL]
_PLAIN = (
    "{" + ",".join(f'"{name}":' + ("%s" if name in _MAY_BE_NULL else '"%s"') for name in verifier.FIELDS) + ',"v":1}'
)
_escaped = re.compile(r'["\\\x00-\x1e]').search  # what the canonical encoding does not say as it is

# Position, record's number, hash, seal, code, and the record's encoding: None where it is gone.
Row = tuple[int, int | None, bytes | None, bytes | None, bytes | None, bytes | None]


def links(after: int = 0, up_to: int | None = None) -> Iterator[tuple[verifier.Link, bytes]]:
    """Each link after a position, in order, with its seal. Reads a few thousand rows at a time."""
    link, rows = verifier.Link, _plain_rows if connection.vendor == "postgresql" else _rows
    for first, last in _stretches(after, up_to):
        for position, number, digest, seal, mac, content in rows("BETWEEN %s AND %s", [first, last]):
            yield link(position, number or 0, mac or b"", digest or b"", content), seal or b""


def _stretches(after: int, up_to: int | None) -> Iterator[tuple[int, int]]:
    """First and last of the positions to read at a time; a gap of any length is one step."""
    found = AccessLink.objects.order_by("position")
    if up_to is not None:
        found = found.filter(position__lte=up_to)
    while (first := found.filter(position__gt=after).values_list("position", flat=True).first()) is not None:
        after = first + ROWS_AT_A_TIME - 1 if up_to is None else min(first + ROWS_AT_A_TIME - 1, up_to)
        yield first, after


def _rows(where: str, positions: list[Any]) -> Iterator[Row]:
    """The links at these positions, and the encoding of each one's record, from its values one by one."""
    encode, columns = verifier.encode, ", ".join(_said(name) for name in verifier.FIELDS)
    for position, number, digest, seal, mac, *values in _asked(columns, where, positions):
        yield position, number, digest, seal, mac, None if mac is None else encode(values)


def _plain_rows(where: str, positions: list[Any]) -> Iterator[Row]:
    """The same, where the database gives the texts as one: half the work for what is plain, which most is."""
    together = f" || chr({ord(BETWEEN)}) || ".join(_said(name) for name in _TEXTS)
    rows = _asked(", ".join([*map(_said, _MAY_BE_NULL), together]), where, positions)
    between, escaped, word, (actor_at, address_at) = len(_TEXTS) - 1, _escaped, verifier.word, _PLACES
    odd = [row[0] for row in rows if (said := row[-1]) is None or said.count(BETWEEN) != between or escaped(said)]
    exactly = {row[:2]: row[-1] for row in _rows("= ANY(%s)", [odd])} if odd else {}
    for position, number, digest, seal, mac, actor, address, said in rows:
        if odd and (position, number) in exactly:
            content = exactly[position, number]
        else:
            values = said.split(BETWEEN)
            values.insert(actor_at, word(actor))
            values.insert(address_at, word(address))
            content = (_PLAIN % tuple(values)).encode()
        yield position, number, digest, seal, mac, content


def _said(name: str) -> str:
    return _AS_TEXT[connection.vendor].get(name, f'r."{name}"')


def _asked(columns: str, where: str, positions: list[Any]) -> list[tuple[Any, ...]]:
    """PostgreSQL's values come in their binary form: text, where it stands for a number or bytes, is dear."""
    question = f"""SELECT l.position, l.record_id, l.hash, l.seal, r.mac, {columns}
        FROM audit_accesslink l {_JOIN[connection.vendor]}
        WHERE l.position {where} ORDER BY l.position"""  # noqa: S608  (nothing of it comes from outside)
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(question, positions)
            return cursor.fetchall()
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.format = psycopg.pq.Format.BINARY
        cursor.execute(question, positions)
        return cursor.fetchall()
