"""Which access is worth a look. Each rule is a pure function from acts to what it points out.

None of them says that something was wrong: a principal may work at night. They say where to look first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # hours of the school's clock
MANY = 40  # different things looked at …
WITHIN = timedelta(minutes=10)  # … in this time
KNOWN_FROM = 20  # acts, before it is said which schools are somebody's own
OWN_SHARE = 0.1  # of a person's acts, that make a school one of their own
BEFORE_THE_END = timedelta(hours=24)
REFUSED_STRANGERS = 5  # refusals of one address in a day; of a person each counts …
LOOKED_FOR = "looked for"  # … but for pages that are not there: one may be an old bookmark

RULES = {
    "first": gettext_lazy("First time at a school"),
    "night": gettext_lazy("At night"),
    "many": gettext_lazy("Many in a row"),
    "elsewhere": gettext_lazy("Outside own school"),
    "ending": gettext_lazy("Before a grant ended"),
    "refused": gettext_lazy("Refused"),
}
# Findings are kept in English and shown in the reader's language (stored.py).
FIRST = _("%(name)s used something of %(school)s for the first time.")
NIGHT = _("%(name)s used something of %(school)s at night, once, first at %(clock)s.")
NIGHT_OFTEN = _("%(name)s used something of %(school)s at night, %(count)s times, first at %(clock)s.")
ROW_OF_ONE = _("%(name)s looked at one thing in a row.")
ROW = _("%(name)s looked at %(count)s different things in a row.")
ELSEWHERE = _("%(name)s, mostly at %(own)s, used something of %(school)s.")
ENDING_ONE = _("%(name)s looked at one thing in the day before a grant ended: %(grant)s.")
ENDING = _("%(name)s looked at %(count)s different things in the day before a grant ended: %(grant)s.")
REFUSED_FROM = _("%(name)s from %(address)s was refused once.")
REFUSED_FROM_OFTEN = _("%(name)s from %(address)s was refused %(count)s times.")
REFUSED = _("%(name)s was refused once.")
REFUSED_OFTEN = _("%(name)s was refused %(count)s times.")
SENTENCES = [FIRST, NIGHT, NIGHT_OFTEN, ROW_OF_ONE, ROW, ELSEWHERE, ENDING_ONE, ENDING]
SENTENCES += [REFUSED_FROM, REFUSED_FROM_OFTEN, REFUSED, REFUSED_OFTEN]


@dataclass(frozen=True, slots=True)
class Act:
    """One record, as far as the rules look at it."""

    at: datetime
    actor_id: int | None
    actor_name: str
    action: str = "looked at"
    subject: str = ""
    school: str = ""
    refused: bool = False
    address: str = ""

    @property
    def is_look(self) -> bool:
        return self.action.startswith("looked at") and not self.refused


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a rule points out. `key`: what must not be pointed out twice."""

    rule: str
    key: str
    words: str
    acts: tuple[Act, ...]


def first_times(acts: Iterable[Act], known: set[tuple[int | None, str]]) -> list[Pointed]:
    """A person's first act at a school; `known` are the pairs of account and school that the log has already."""
    seen, found = set(known), []
    for act in acts:
        if act.school and not act.refused and (act.actor_id, act.school) not in seen:
            seen.add((act.actor_id, act.school))
            words = FIRST % {"name": act.actor_name, "school": act.school}
            found.append(Pointed("first", f"{act.actor_id}:{act.school}", words, (act,)))
    return found


def at_night(acts: Iterable[Act], zones: Mapping[str, ZoneInfo]) -> list[Pointed]:
    """A person's acts between 22:00 and 06:00 by the school's own clock, one line for each night and school."""
    nights: dict[tuple[int | None, str, str], list[Act]] = defaultdict(list)
    for act in acts:
        if act.school not in zones or act.refused:
            continue
        local = act.at.astimezone(zones[act.school])
        if local.hour >= NIGHT_BEGINS or local.hour < NIGHT_ENDS:
            evening = (local - timedelta(hours=12)).date()  # one night, though midnight is in it
            nights[act.actor_id, act.school, evening.isoformat()].append(act)
    return [
        Pointed("night", f"{actor}:{school}:{evening}", _night_words(night, zones[school]), tuple(night))
        for (actor, school, evening), night in nights.items()
    ]


def _night_words(night: list[Act], zone: ZoneInfo) -> str:
    clock = f"{night[0].at.astimezone(zone):%H:%M %Z}"
    values = {"name": night[0].actor_name, "school": night[0].school, "count": len(night), "clock": clock}
    return (NIGHT if len(night) == 1 else NIGHT_OFTEN) % values


def many_in_a_row(acts: Iterable[Act], *, many: int = MANY, within: timedelta = WITHIN) -> list[Pointed]:
    """A person who looked at `many` different things `within` a time: the longest such row of each day (UTC)."""
    looks: dict[int | None, list[Act]] = defaultdict(list)
    for act in acts:
        if act.is_look:
            looks[act.actor_id].append(act)
    best: dict[str, tuple[Act, ...]] = {}
    for actor, row in looks.items():
        for busy in _rows(row, many, within):
            key = f"{actor}:{busy[0].at.date().isoformat()}"
            if len(busy) > len(best.get(key, ())):
                best[key] = busy
    return [Pointed("many", key, _things(busy, ROW_OF_ONE, ROW), busy) for key, busy in best.items()]


def _rows(looks: list[Act], many: int, within: timedelta) -> list[tuple[Act, ...]]:
    """The stretches, not overlapping, in which `many` different subjects were looked at `within` the time."""
    rows, start = [], 0
    inside: Counter[str] = Counter()
    for end, act in enumerate(looks):
        inside[act.subject] += 1
        while act.at - looks[start].at > within:
            inside[looks[start].subject] -= 1
            inside += Counter()  # drops those that are zero
            start += 1
        if len(inside) >= many:
            rows.append(tuple(looks[start : end + 1]))
            inside, start = Counter(), end + 1
    return rows


def _things(acts: Sequence[Act], one: str, several: str, **values: str) -> str:
    different = len({act.subject for act in acts})
    return (one if different == 1 else several) % {"name": acts[0].actor_name, "count": different, **values}


def elsewhere(acts: Iterable[Act], habits: Mapping[int | None, Mapping[str, int]]) -> list[Pointed]:
    """Acts at a school with which less than a tenth of the person's acts had to do; `habits` counts those before."""
    found: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        counts = habits.get(act.actor_id, {})
        total = sum(counts.values())
        if not act.school or act.refused or total < KNOWN_FROM or counts.get(act.school, 0) >= OWN_SHARE * total:
            continue
        year, week, _ = act.at.isocalendar()
        found[f"{act.actor_id}:{act.school}:{year}-W{week:02}"].append(act)
    return [
        Pointed("elsewhere", key, _elsewhere_words(away, habits[away[0].actor_id]), tuple(away))
        for key, away in found.items()
    ]


def _elsewhere_words(away: list[Act], counts: Mapping[str, int]) -> str:
    own = max(counts, key=lambda school: counts[school])
    return ELSEWHERE % {"name": away[0].actor_name, "own": own, "school": away[0].school}


def before_the_end(acts: Iterable[Act], ends: Iterable[tuple[int, str, datetime]]) -> list[Pointed]:
    """Looks within the day before a grant of the person ended; `ends`: account, the grant's words, and when."""
    looks = [act for act in acts if act.is_look and act.school]
    found = []
    for actor, grant, ended in ends:
        last = tuple(a for a in looks if a.actor_id == actor and a.school in grant and _shortly(a.at, ended))
        if last:
            words = _things(last, ENDING_ONE, ENDING, grant=grant)
            found.append(Pointed("ending", f"{actor}:{ended.isoformat()}:{grant}"[:200], words, last))
    return found


def _shortly(at: datetime, ended: datetime) -> bool:
    return ended - BEFORE_THE_END <= at <= ended


def refusals(acts: Iterable[Act], *, strangers: int = REFUSED_STRANGERS) -> list[Pointed]:
    """What was refused, one line for each person, or address of people not signed in, and day (UTC)."""
    days: dict[tuple[int | None, str, str], list[Act]] = defaultdict(list)
    for act in acts:
        if act.refused:
            whence = "" if act.actor_id is not None else act.address
            days[act.actor_id, whence, act.at.date().isoformat()].append(act)
    return [
        Pointed("refused", f"{actor or whence}:{date}", _refused_words(tries), tuple(tries))
        for (actor, whence, date), tries in days.items()
        if len(tries) >= strangers or (actor is not None and any(act.action != LOOKED_FOR for act in tries))
    ]


def _refused_words(tries: list[Act]) -> str:
    from_somewhere = tries[0].actor_id is None and tries[0].address
    one, often = (REFUSED_FROM, REFUSED_FROM_OFTEN) if from_somewhere else (REFUSED, REFUSED_OFTEN)
    values = {"name": tries[0].actor_name, "address": tries[0].address, "count": len(tries)}
    return (one if len(tries) == 1 else often) % values
