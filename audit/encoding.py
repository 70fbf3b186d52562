"""Rows of the access log as the verifier wants them: the values of a record in order, its code, its link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from audit import verifier
from audit.models import AccessLink, AccessRecord

ROWS_AT_A_TIME = 5000
_AT = verifier.FIELDS.index("at")


def content_of(values: tuple[Any, ...] | list[Any]) -> bytes:
    """The canonical encoding of a record, from the values of verifier.FIELDS as the database gives them."""
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
    found = AccessLink.objects.filter(position__gt=after).order_by("position")
    if up_to is not None:
        found = found.filter(position__lte=up_to)
    names = [f"record__{name}" for name in ("mac", *verifier.FIELDS)]
    rows = found.values_list("position", "record_id", "hash", "seal", *names)
    for position, number, digest, seal, mac, *values in rows.iterator(ROWS_AT_A_TIME):
        content = None if mac is None else content_of(values)  # null where the record is gone
        yield verifier.Link(position, number or 0, bytes(mac or b""), bytes(digest), content), bytes(seal)
