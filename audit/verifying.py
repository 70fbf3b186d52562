"""Verifies the log where it lies, with the functions of the standalone verifier, and leaves word for the pages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from audit import memory, triggers
from audit.checkpoints import BEGINNING, beginning, wrong_with_checkpoints
from audit.following import follow
from audit.heads import stored
from audit.keys import public_keys
from audit.models import AccessHead, AccessLink, HeadDelivery
from audit.sealing import BATCH, SealProblem, genuine, seal
from audit.state import LogState, Standing, last_standing, leave
from audit.verifier import Head, Problem, Report, check_heads
from audit.witnesses import Witness, WitnessProblem, witnesses

LATE = timedelta(minutes=2)  # a record that has waited longer for its place in the chain
UNDELIVERED = timedelta(minutes=15)  # a head that has waited longer for a witness
LOOK_BACK = 50_000


@dataclass(slots=True)
class Finding:
    """One verification: the chain's report, what else is wrong, and what the witnesses say."""

    report: Report
    around: list[Problem] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    agreeing: int = 0
    witnesses: int = 0

    @property
    def problems(self) -> list[Problem]:
        return self.report.problems + self.around


def verify(*, whole: bool = False) -> LogState:
    """Verify what is new (or everything), leave the result for `log_state`, and return it."""
    before = None if whole else last_standing()
    place = before.place if before else BEGINNING
    found = examine(place, everywhere=whole)
    lasting = (before.chain_problems if before else []) + [problem.words for problem in found.report.problems]
    end = memory.Place(found.report.position, found.report.hash.hex())
    standing = Standing(place=end, chain_problems=lasting, other_problems=[problem.words for problem in found.around])
    newest = max(found.heads, key=lambda head: head.number, default=None)
    return leave(standing, last_head=newest, agreeing=found.agreeing, witnesses=found.witnesses)


def examine(
    place: memory.Place = BEGINNING, *, everywhere: bool = True, extra: Iterable[Head] = (), processes: int = 1
) -> Finding:
    """Verify from `place` (already verified) to the end. `extra` are heads that somebody else kept.

    With more than one process the chain is read in as many parts at a time; never say so inside a Celery worker.
    """
    around = _sealed(look_back=None if everywhere else LOOK_BACK)
    place = max(place, beginning(), key=lambda one: one.position)
    held, unread = _held()
    heads = [stored(row) for row in AccessHead.objects.filter(position__gte=place.position)]
    said = {head for kept in held.values() for head in kept or [] if head.position >= place.position}
    agreed, wrong = check_heads(said.union(heads, extra), public_keys())
    found = Finding(follow(place, agreed, processes), around + unread + wrong, heads)
    found.around += not_chained(None if everywhere else LOOK_BACK) + _memory() + _triggers()
    found.around += wrong_with_checkpoints(_before(place, held))
    found.witnesses = len(held)
    contradicted = {problem.position for problem in found.report.problems} | {problem.position for problem in wrong}
    for witness, kept in held.items():
        if late := _undelivered(witness):
            found.around.append(late)
        elif kept is None or (kept and not contradicted & {head.position for head in kept}):
            found.agreeing += 1
    return found


def known_heads() -> list[Head]:
    """All heads, of the log and of the witnesses that can be asked."""
    held, _ = _held()
    return [stored(row) for row in AccessHead.objects.all()] + [head for kept in held.values() for head in kept or []]


def _before(place: memory.Place, held: dict[Witness, list[Head] | None]) -> list[Head]:
    """The newest signed head of before a place, in the log and of each witness: it says how old that place is."""
    row = AccessHead.objects.filter(position__lt=place.position).order_by("-number").first()
    kept = [[head for head in heads or [] if head.position < place.position] for heads in held.values()]
    newest = [max(heads, key=lambda head: head.number) for heads in kept if heads]
    by_position, _ = check_heads([*newest, *([stored(row)] if row else [])], public_keys())
    return list(by_position.values())


def not_chained(look_back: int | None = None) -> list[Problem]:
    """Records without a place in the chain that Lockport did not write, or that have waited too long for one."""
    highest = AccessLink.objects.order_by("-record_id").values_list("record_id", flat=True).first() or 0
    after = 0 if look_back is None else max(0, highest - look_back)
    problems, overdue = [], 0
    while rows := genuine(after):
        for number, _, content, ours in rows:
            if not ours:
                words = f"Record {number}, not in the chain, was not written by Lockport as it stands, or is a copy."
                problems.append(Problem("forged", words, None, number))
            elif f'"at":"{(timezone.now() - LATE).isoformat()[:19]}'.encode() > _at(content):
                overdue += 1
        after = rows[-1][0]
        if len(rows) < BATCH:
            break
    if overdue:
        words = f"{overdue} records have waited more than {LATE.seconds // 60} minutes for their place in the chain."
        problems.append(Problem("waiting", words))
    return problems


def _at(content: bytes) -> bytes:
    start = content.index(b'"at":"')
    return content[start : start + 25]


def _sealed(*, look_back: int | None) -> list[Problem]:
    try:
        seal(look_back=look_back)
    except SealProblem as problem:
        return [Problem("forged", str(problem))]
    return []


def _held() -> tuple[dict[Witness, list[Head] | None], list[Problem]]:
    """The heads that each witness holds (None where it cannot be asked), and who cannot be read."""
    held: dict[Witness, list[Head] | None] = {}
    problems = []
    for witness in witnesses():
        try:
            held[witness] = witness.heads()
        except WitnessProblem as problem:
            held[witness] = []
            problems.append(Problem("witness", str(problem)))
    return held, problems


def _undelivered(witness: Witness) -> Problem | None:
    old = timezone.now() - UNDELIVERED
    waiting = HeadDelivery.objects.filter(witness=witness.name, delivered_at=None).select_related("head")
    first = waiting.order_by("head_id").first()
    if first is None or first.head.at > old.isoformat():
        return None
    words = f"A witness has taken no head since {first.head.at} ({first.attempts} attempts): {first.problem}"
    return Problem("witness", words)


def _memory() -> list[Problem]:
    if not (gone := memory.lost()):
        return []
    words = f"The log once had the hash {gone.hash} at position {gone.position}, and has it no more: it was set back."
    return [Problem("truncated", words, gone.position)]


def _triggers() -> list[Problem]:
    if names := triggers.missing(connection):
        words = f"Triggers that forbid changes are gone from the database: {', '.join(names)}. Run manage.py migrate."
        return [Problem("triggers", words)]
    return []
