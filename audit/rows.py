"""What the room shows of a record: its sentence with a link on each part, its time, and what is told on request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format
from django.utils.translation import gettext

from audit.filters import Filter
from audit.models import AccessRecord, Finding
from audit.sentences import Part, clock, day, roles_shown, sentence
from audit.stored import shown


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of a sentence and the query that asks for more of the same, "" where there is none."""

    text: str
    query: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A record as the room shows it."""

    record: AccessRecord
    links: list[Link]
    day: str
    clock: str
    there: str  # the time at the school, where its clock shows another
    about: Link | None
    role: str
    grants: str

    @property
    def is_refused(self) -> bool:
        return self.record.result == AccessRecord.Result.REFUSED


def row(record: AccessRecord, asked: Filter, zones: Mapping[str, ZoneInfo]) -> Row:
    """A record under the filter that was asked: its links narrow that filter."""
    here, at_school = clock(record.at, asked.zone), ""
    if record.school in zones:
        there = clock(record.at, zones[record.school])
        at_school = there if there[:8] != here[:8] else ""
    about = Link(shown(record.about), asked.narrowed("about", record.about).query()) if record.about else None
    links = [_link(part, asked) for part in sentence(record)]
    grants = "; ".join(shown(name) for name in record.grant.split("; "))
    return Row(record, links, day(record.at, asked.zone), here, at_school, about, roles_shown(record.role), grants)


def _link(part: Part, asked: Filter) -> Link:
    return Link(part.text, asked.narrowed(part.name, part.value).query() if part.name else "", part.name)


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth a look: its words, when, and the query that shows the acts."""

    finding: Finding
    words: str
    rule: str
    when: str
    query: str


def hint(finding: Finding, zone: ZoneInfo, rules: Mapping[str, Any]) -> Hint:
    """A finding with the way to its acts: the person's records of those days."""
    first, last = finding.first_at.astimezone(zone), finding.last_at.astimezone(zone)
    who = str(finding.actor_id) if finding.actor_id is not None else "stranger"
    acts = Filter(who=who, school=finding.school, since=first.date(), until=last.date(), zone=zone)
    when = in_format(first, gettext("D j M, H:i T"))
    return Hint(finding, shown(finding.words), str(rules.get(finding.rule, "")), when, acts.query())
