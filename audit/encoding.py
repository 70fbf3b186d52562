"""A record as the verifier wants it: its values in order, in their canonical encoding."""

from datetime import UTC, datetime
from typing import Any

from audit import verifier
from audit.models import AccessRecord

_AT = verifier.FIELDS.index("at")


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
