"""Where the log begins, once its oldest part has been archived: signed checkpoints, of which the newest counts."""

from datetime import datetime

from django.utils import timezone

from audit import verifier
from audit.encoding import timestamp
from audit.keys import head_key, public_keys
from audit.memory import Place
from audit.models import AccessCheckpoint, AccessLink
from audit.verifier import START, Checkpoint, Head, Problem, check_checkpoint, checkpoint_bytes

BEGINNING = Place(0, START.hex())


def newest() -> Checkpoint | None:
    """The checkpoint behind which the log begins; None while it is whole. Others than signed ones do not count."""
    signed = (found for found in _all() if not _unsigned(found))
    return next(signed, None)


def beginning() -> Place:
    """The place from which the chain in the database is followed."""
    found = newest()
    return Place(found.position, found.hash) if found else BEGINNING


def archived_until() -> datetime | None:
    """Records of before this moment have left: one that turns up now is a copy of one of them."""
    found = newest()
    return datetime.fromisoformat(found.until) if found else None


def sign_checkpoint(place: Place, until: datetime) -> Checkpoint:
    """Sign that what stands up to `place` was archived. Not stored. Raises KeyProblem."""
    key = head_key()
    said = Checkpoint(
        position=place.position,
        hash=place.hash,
        until=timestamp(until),
        at=timestamp(timezone.now()),
        key=verifier.key_id(key.public_key()),
        signature="",
    )
    return said._replace(signature=key.sign(checkpoint_bytes(said)).hex())


def wrong_with_checkpoints(heads: list[Head]) -> list[Problem]:
    """Unsigned ones, those that let go of what was younger than six years, and what is still or again before them.

    `heads` are those that the log and its witnesses hold of before the newest.
    """
    problems = [problem for found in _all() for problem in _unsigned(found)]
    found = newest()
    if not found:
        return problems
    problems += check_checkpoint(found, public_keys(), heads, timezone.now())
    back = AccessLink.objects.filter(position__lte=found.position).order_by("position").first()
    if back:
        words = (
            f"Position {back.position} (record {back.record_id}) was archived and is in the log again: put there, or "
            "a backup of before."
        )
        problems.append(Problem("forged", words, back.position, back.record_id))
    return problems


def _unsigned(found: Checkpoint) -> list[Problem]:
    return check_checkpoint(found, public_keys(), [], timezone.now())


def _all() -> list[Checkpoint]:
    """All that stand in the database, the newest first."""
    rows = AccessCheckpoint.objects.order_by("-position").values_list(*Checkpoint._fields)
    return [Checkpoint(*row) for row in rows]
