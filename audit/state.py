"""What the officer's room says of the log on top of the page: whether it is whole, up to when, and who else says so."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache

KEY = "audit.state"


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


UNKNOWN = LogState(ok=False, words="The log has not been verified yet.")


def log_state() -> LogState:
    """The result of the newest verification, read from where the beat task left it: cheap enough for every page."""
    state: LogState = cache.get(KEY, UNKNOWN)
    return state
