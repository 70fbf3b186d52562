"""Records as the log holds them, made without the acts that would have made them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audit.models import AccessRecord

MORNING = datetime(2026, 11, 18, 13, 14, tzinfo=UTC)  # a Wednesday, 08:14 in New York


def record(**changes: Any) -> AccessRecord:
    """Maria Lopez looks at alert 1042, unless something else is said. Not stored."""
    values: dict[str, Any] = {
        "at": MORNING,
        "actor_kind": "person",
        "actor_id": 7,
        "actor_name": "Maria Lopez",
        "role": "Principal",
        "action": "looked at",
        "subject_kind": "alert",
        "subject_id": "1042",
        "subject": "alert 1042, Front door, North Park",
        "school": "North Park",
        "about": "entry 5",
        "grant": "North Park; Banned by court order",
    }
    return AccessRecord(**(values | changes))


def keep(**changes: Any) -> AccessRecord:
    row = record(**changes)
    row.save(force_insert=True)
    return row


def minutes_ago(minutes: float) -> datetime:
    return MORNING - timedelta(minutes=minutes)
