"""What the officer's room says of the log on top of the page: whether it is whole, up to when, and who else says so.

Kept in the cache, not in the database: whoever rules the database must not write "all is well" there.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import redis
from django.core.cache import cache
from django.utils import timezone

from audit.checkpoints import newest
from audit.memory import Place
from audit.models import AccessLink
from audit.verifier import Head

KEY = "audit.state"
STALE = timedelta(minutes=10)
HEAD_OVERDUE = timedelta(minutes=65)


@dataclass(frozen=True, slots=True)
class LogState:
    """The newest verification. `ok` is true only when nothing is wrong and nothing is overdue.

    `words` is one sentence for people; `up_to` the time of the newest verified record; `records` how many are
    verified; `last_head` when a signed head was last published; `witnesses_agreeing` of `witnesses` hold it;
    `problems` one sentence each, with position and record number.
    """

    ok: bool
    words: str
    up_to: datetime | None = None
    records: int = 0
    last_head: datetime | None = None
    witnesses_agreeing: int = 0
    witnesses: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log was verified. What is wrong in the chain stays until all of it is verified anew."""

    place: Place
    chain_problems: list[str]
    other_problems: list[str]


UNKNOWN = LogState(ok=False, words="The log has not been verified yet.")


def log_state() -> LogState:
    """The result of the newest verification, read from where the beat task left it: cheap enough for every page."""
    kept = _kept()
    if kept is None:
        return UNKNOWN
    state, _, at = kept
    if timezone.now() - at > STALE:
        problem = f"The log was last verified at {clock(at)}: beat or the work worker does not run."
        return LogState(False, problem, state.up_to, state.records, state.last_head, problems=[problem])
    return state


def last_standing() -> Standing | None:
    """How far the newest verification came; None when that is not known."""
    kept = _kept()
    return kept[1] if kept else None


def leave(standing: Standing, *, last_head: Head | None, agreeing: int, witnesses: int) -> LogState:
    """Keep the result of a verification for the pages, and return it."""
    position = standing.place.position
    newest = AccessLink.objects.filter(position=position).values_list("record__at", flat=True).first()
    before = log_state()
    head_at = datetime.fromisoformat(last_head.at) if last_head else before.last_head
    problems = list(dict.fromkeys(standing.chain_problems + standing.other_problems))
    if head_at is None or timezone.now() - head_at > HEAD_OVERDUE:
        problems.append("No signed head was published within the last hour: beat or the work worker does not run.")
    state = LogState(
        ok=not problems,
        words="",
        up_to=newest,
        records=position,
        last_head=head_at,
        witnesses_agreeing=agreeing,
        witnesses=witnesses,
        problems=problems,
    )
    state = _with_words(state)
    try:
        cache.set(KEY, (state, standing, timezone.now()), timeout=None)
    except redis.RedisError:
        return state  # log_state says then that nothing is known
    return state


def clock(at: datetime) -> str:
    """ "08:15 UTC", with the day unless it is today."""
    return f"{at:%H:%M} UTC" if at.date() == timezone.now().date() else f"{at:%Y-%m-%d %H:%M} UTC"


def _kept() -> tuple[LogState, Standing, datetime] | None:
    try:
        return cache.get(KEY)
    except redis.RedisError:
        return None


def _with_words(state: LogState) -> LogState:
    if state.problems:
        more = f" (and {len(state.problems) - 1} more)" if len(state.problems) > 1 else ""
        return replace(state, words=f"The log is not in order: {state.problems[0]}{more}")
    if state.up_to is None or state.last_head is None:
        return replace(state, words="The log is empty, complete and unbroken.")
    words = (
        f"The log is complete and unbroken up to {clock(state.up_to)} ({state.records:,} records; last published "
        f"head {clock(state.last_head)}, {state.witnesses_agreeing} of {state.witnesses} witnesses agree)."
    )
    if begins := newest():
        words += f" The {begins.position:,} of before {begins.until[:10]} were archived on {begins.at[:10]}."
    return replace(state, words=words)
