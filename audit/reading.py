"""Reads the chain out of the database as the verifier wants it: each link, its record's canonical encoding, its seal.

Millions of rows, so it goes past the ORM, and PostgreSQL puts the names between a record's values: where nothing has
to be escaped that is the encoding. Whatever is not quite plain (a quotation mark, a backslash, a control character, a
value that is missing) is read again value by value.
"""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection

from audit import verifier
from audit.models import AccessLink

ROWS_AT_A_TIME = 5000
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
# Quotation marks around names, and around values that are texts in any case: not `actor_id`, nor the address, if null.
_MARKS = verifier.encode([""] * len(verifier.FIELDS)).count(b'"') - 4
_escaped = re.compile(r"[\\\x00-\x1f]").search

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
    """The same, where the database puts the encoding together: half the work for what is plain, which most is."""
    rows, escaped = _asked(f'r."address" IS NULL, {_together()}', where, positions), _escaped
    odd = [
        row[0]
        for row in rows
        if (said := row[-1]) is None or said.count('"') != (_MARKS if row[-2] else _MARKS + 2) or escaped(said)
    ]
    exactly = {row[:2]: row[-1] for row in _rows("= ANY(%s)", [odd])} if odd else {}
    for position, number, digest, seal, mac, _, said in rows:
        content = exactly[position, number] if odd and (position, number) in exactly else said.encode()
        yield position, number, digest, seal, mac, content


def _together() -> str:
    """A record's encoding, as long as nothing in it has to be escaped; null where a value is that may not be."""
    values = {name: f"""'"' || {_said(name)} || '"'""" for name in verifier.FIELDS}
    values["actor_id"] = "coalesce(r.actor_id::text, 'null')"
    values["address"] = f"coalesce({values['address']}, 'null')"
    pairs = " || ',' || ".join(f"""'"{name}":' || {value}""" for name, value in values.items())
    return f"""'{{' || {pairs} || ',"v":1}}'"""


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
