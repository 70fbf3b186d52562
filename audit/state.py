"""What the officer's room says of the log on top of the page: whether it is whole, up to when, and who else says so.

Kept in the cache, not in the database: whoever rules the database must not write "all is well" there.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import redis
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from audit.checkpoints import newest
from audit.memory import Place
from audit.models import AccessLink
from audit.verifier import Head

KEY = "audit.state"
STALE = timedelta(minutes=10)
HEAD_OVERDUE = timedelta(minutes=65)
# Kept in English, because a review keeps them as they were; shown in the reader's language (stored.py).
NOT_YET = _("The log has not been verified yet.")
LATE = _("The log was last verified at %(clock)s: beat or the work worker does not run.")
NO_HEAD = _("No signed head was published within the last hour: beat or the work worker does not run.")
WRONG_AND_MORE = _("The log is not in order: %(problem)s (and %(count)s more)")
WRONG = _("The log is not in order: %(problem)s")
EMPTY = _("The log is empty, complete and unbroken.")
WHOLE = _(
    "The log is complete and unbroken up to %(clock)s (%(records_count)s records; last published head %(head)s, "
    "%(agreeing_count)s of %(witnesses_count)s witnesses agree)."
)
AND_ARCHIVED = _("%(whole)s The %(records_count)s of before %(day)s were archived on %(archived_day)s.")
SENTENCES = [NOT_YET, LATE, NO_HEAD, WRONG_AND_MORE, WRONG, EMPTY, AND_ARCHIVED, WHOLE]


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


UNKNOWN = LogState(ok=False, words=NOT_YET)


def log_state() -> LogState:
    """The result of the newest verification, read from where the beat task left it: cheap enough for every page."""
    kept = _kept()
    if kept is None:
        return UNKNOWN
    state, _, at = kept
    if timezone.now() - at > STALE:
        problem = LATE % {"clock": clock(at)}
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
        problems.append(NO_HEAD)
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
        pattern = WRONG if len(state.problems) == 1 else WRONG_AND_MORE
        return replace(state, words=pattern % {"problem": state.problems[0], "count": len(state.problems) - 1})
    if state.up_to is None or state.last_head is None:
        return replace(state, words=EMPTY)
    values = {"clock": clock(state.up_to), "records_count": f"{state.records:,}", "head": clock(state.last_head)}
    values |= {"agreeing_count": str(state.witnesses_agreeing), "witnesses_count": str(state.witnesses)}
    words = WHOLE % values
    if begins := newest():
        values = {"records_count": f"{begins.position:,}", "day": begins.until[:10], "archived_day": begins.at[:10]}
        words = AND_ARCHIVED % (values | {"whole": words})
    return replace(state, words=words)
