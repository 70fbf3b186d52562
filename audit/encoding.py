"""Rows of the access log as the verifier wants them: the values of a record in order, its code, its link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection

from audit import verifier
from audit.models import AccessLink, AccessRecord

ROWS_AT_A_TIME = 5000
_AT = verifier.FIELDS.index("at")
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


def content_of(values: tuple[Any, ...] | list[Any]) -> bytes:
    """The canonical encoding of a record, from the values of verifier.FIELDS as the models give them."""
    said = list(values)
    said[_AT] = timestamp(said[_AT])
    return verifier.encode(said)


def timestamp(at: datetime) -> str:
    """As records and heads say it: UTC, always with six digits after the second, 2026-11-23T08:14:00.000000Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def content_of_record(record: AccessRecord) -> bytes:
    return content_of([getattr(record, name) for name in verifier.FIELDS])


def links(after: int = 0, up_to: int | None = None) -> Iterator[tuple[verifier.Link, bytes]]:
    """Each link after a position, in order, with its seal. Reads a few thousand rows at a time."""
    link, encode = verifier.Link, verifier.encode
    while rows := _rows(after, up_to):
        for position, number, digest, seal, mac, *values in rows:
            content = None if mac is None else encode(values)  # null where the record is gone
            yield link(position, number or 0, mac or b"", digest or b"", content), seal or b""
        after = rows[-1][0]


def _rows(after: int, up_to: int | None) -> list[tuple[Any, ...]]:
    """The next rows by position; none when there are no more."""
    found = AccessLink.objects.filter(position__gt=after)
    if up_to is not None:
        found = found.filter(position__lte=up_to)
    first = found.order_by("position").values_list("position", flat=True).first()  # a gap of any length is one step
    if first is None:
        return []
    last = first + ROWS_AT_A_TIME - 1
    with _cursor() as cursor:
        cursor.execute(_query(connection.vendor), (first, last if up_to is None else min(last, up_to)))
        return cursor.fetchall()


def _cursor() -> Any:
    """Past the ORM, which costs more than all of the verifying: PostgreSQL's values come in their binary form."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    cursor: psycopg.Cursor = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    return cursor


def _query(vendor: str) -> str:
    as_text = _AS_TEXT[vendor]
    values = ", ".join(as_text.get(name, f'r."{name}"') for name in verifier.FIELDS)
    return f"""SELECT l.position, l.record_id, l.hash, l.seal, r.mac, {values}
        FROM audit_accesslink l {_JOIN[vendor]}
        WHERE l.position BETWEEN %s AND %s ORDER BY l.position"""  # noqa: S608  (nothing of it comes from outside)
