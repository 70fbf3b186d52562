"""Records of the access log as plain sentences, in parts that can be clicked to filter by them. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from audit.acts import act_of
from audit.models import AccessRecord

Kind = AccessRecord.ActorKind
# "entry 5 (b2a97777-d80a-44b3-a058-ae2f0ce58a2e)": the number says which; the record itself keeps both.
PSEUDONYM = re.compile(r" \([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `name` and `value` say which filter (see audit/filters.py) it stands for, "" for none."""

    text: str
    name: str = ""
    value: str = ""


def sentence(record: AccessRecord) -> list[Part]:
    """Who did what to which subject, as whom, where and why, without the time.

    "Maria Lopez | looked at | alert 1042, Front door | as principal of | North Park"
    """
    parts = [Part(_name(record), "who", who(record)), Part(" "), *_verb(record), *_subject(record)]
    parts += [*_capacity(record), *_ending(record)]
    return [part for part in parts if part.text]


def plain(record: AccessRecord) -> str:
    """The sentence as text, without the time."""
    return "".join(part.text for part in sentence(record))


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The wall clock's time with its zone: "08:14:07 EST"."""
    return f"{moment.astimezone(zone):%H:%M:%S %Z}"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """The day there: "Monday, 23 November 2026"."""
    local = moment.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y}"


def who(record: AccessRecord) -> str:
    """The filter's value for an actor: the account's number, or the kind of what has no account."""
    return str(record.actor_id) if record.actor_id is not None else record.actor_kind


def _name(record: AccessRecord) -> str:
    if record.actor_kind == Kind.WORKER:
        return f"The {record.actor_name}"
    if record.actor_kind == Kind.COMMAND:
        return f"{record.actor_name}, at the command line,"
    return record.actor_name


def _verb(record: AccessRecord) -> list[Part]:
    act = act_of(record.action)
    if record.result == AccessRecord.Result.REFUSED:
        return [Part("tried to "), Part(_bare(record, act.tried), "act", record.action)]
    return [Part(_bare(record, act.done), "act", record.action)]


def _bare(record: AccessRecord, verb: str) -> str:
    """ "signed in", not "signed in as", where no other subject follows."""
    return verb if not _is_self(record) else verb.removesuffix(" as")


def _is_self(record: AccessRecord) -> bool:
    own = record.subject_kind == "user" and record.subject_id == str(record.actor_id)
    return own and record.action in {"signed in", "signed out"}


def _subject(record: AccessRecord) -> list[Part]:
    if _is_self(record):
        return []
    words = PSEUDONYM.sub("", record.subject)
    words = words.removesuffix(f", {record.school}") if record.school else words
    if not record.subject_kind:
        return [Part(f" {words}")]
    return [Part(" "), Part(words, "subject", f"{record.subject_kind} {record.subject_id}")]


def _capacity(record: AccessRecord) -> list[Part]:
    """As whom, and where: ", as principal of North Park", ", as watchlist administrator, at North Park"."""
    role = record.role.lower() if record.actor_kind == Kind.PERSON else ""
    parts = [Part(f", as {role}")] if role else []
    if record.school and record.school != record.subject:
        relied = record.school in record.grant.split("; ")
        parts += [Part(" of " if role and relied else ", at "), Part(record.school, "school", record.school)]
    return parts


def _ending(record: AccessRecord) -> list[Part]:
    refused = record.result == AccessRecord.Result.REFUSED
    parts = [Part(", and was "), Part("refused", "result", record.result)] if refused else []
    reason = record.reason.removesuffix(".")
    return [*parts, Part(f": {reason}")] if reason else parts
