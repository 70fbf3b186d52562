"""Records of the access log as plain sentences, in parts that can be clicked to filter by them. Pure.

Records are stored in English; each sentence is put together anew, from whole patterns, in the reader's language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format
from django.utils.translation import gettext, gettext_noop, pgettext

from audit.acts import act_of
from audit.filters import shown_asked
from audit.models import AccessRecord
from audit.stored import reasons_of, shown
from lockport.access import role_words

Kind = AccessRecord.ActorKind
SOMEBODY = gettext_noop("Somebody not signed in")
# What those are called that have no name of their own (services.Actor).
ACTORS = [SOMEBODY, gettext_noop("worker on %(host)s"), gettext_noop("%(account)s on %(host)s")]
# "entry 5 (b2a97777-d80a-44b3-a058-ae2f0ce58a2e)": the number says which; the record itself keeps both.
PSEUDONYM = re.compile(r" \([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)")
PLACE = re.compile(r"%\((\w+)\)s")


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
    parts = [*_deed(record), *_capacity(record), *_ending(record)]
    return [part for part in parts if part.text]


def plain(record: AccessRecord) -> str:
    """The sentence as text, without the time."""
    return "".join(part.text for part in sentence(record))


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The wall clock's time with its zone: "08:14:07 EST"."""
    return f"{moment.astimezone(zone):%H:%M:%S %Z}"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """The day there: "Monday, 23 November 2026"."""
    return in_format(moment.astimezone(zone), gettext("l, j F Y"))


def who(record: AccessRecord) -> str:
    """The filter's value for an actor: the account's number, or the kind of what has no account."""
    return str(record.actor_id) if record.actor_id is not None else record.actor_kind


def _filled(pattern: str, parts: Mapping[str, list[Part]], words: Part | None = None) -> list[Part]:
    """A translated pattern with parts in its places. `words` gives the text between them its filter."""
    found: list[Part] = []
    for at, piece in enumerate(PLACE.split(pattern)):
        if at % 2:
            found += parts.get(piece, [])
            continue
        text = piece.replace("%%", "%")
        if words is None or not text.strip():
            found.append(Part(text))
        else:
            before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
            found += [Part(before), Part(text.strip(), words.name, words.value), Part(after)]
    return found


def _deed(record: AccessRecord) -> list[Part]:
    act = act_of(record.action, of_oneself=_is_self(record))
    pattern = gettext(act.tried_to if record.result == AccessRecord.Result.REFUSED else act.did)
    places = {"who": [Part(_name(record), "who", who(record))], "what": [_subject(record)]}
    return _filled(pattern, places, Part("", "act", record.action))


def _name(record: AccessRecord) -> str:
    name = shown(record.actor_name, ACTORS) if record.actor_kind != Kind.PERSON else record.actor_name
    if record.actor_kind == Kind.WORKER:
        return gettext("The %(worker)s") % {"worker": name}
    if record.actor_kind == Kind.COMMAND:
        return gettext("%(account)s, at the command line,") % {"account": name}
    return name


def _is_self(record: AccessRecord) -> bool:
    own = record.subject_kind == "user" and record.subject_id == str(record.actor_id)
    return own and record.action in {"signed in", "signed out"}


def _subject(record: AccessRecord) -> Part:
    words = PSEUDONYM.sub("", record.subject)
    words = words.removesuffix(f", {record.school}") if record.school else words
    if not record.subject_kind:
        return Part(shown(words))
    if record.subject_kind != "user":  # an account's name is a name, whatever it says
        words = shown(words)
    return Part(words, "subject", f"{record.subject_kind} {record.subject_id}")


def _capacity(record: AccessRecord) -> list[Part]:
    """As whom, and where: ", as principal of North Park", ", as watchlist administrator, at North Park"."""
    role = roles_shown(record.role).lower() if record.actor_kind == Kind.PERSON else ""
    parts = {"role": [Part(role)], "school": [Part(record.school, "school", record.school)]}
    if not record.school or record.school == record.subject:
        return _filled(gettext(", as %(role)s"), parts) if role else []
    if not role:
        return _filled(gettext(", at %(school)s"), parts)
    relied = record.school in record.grant.split("; ")
    return _filled(gettext(", as %(role)s of %(school)s") if relied else gettext(", as %(role)s, at %(school)s"), parts)


def roles_shown(stored: str) -> str:
    """The roles of a record, in the reader's language."""
    return ", ".join(role_words(name) for name in stored.split(", ")) if stored else ""


def _ending(record: AccessRecord) -> list[Part]:
    refused = record.result == AccessRecord.Result.REFUSED
    result = [Part(pgettext("an act", "refused"), "result", record.result)]
    parts = _filled(gettext(", and was %(refused)s"), {"refused": result}) if refused else []
    reason = reason_shown(record).removesuffix(".")
    return [*parts, Part(f": {reason}")] if reason else parts


def reason_shown(record: AccessRecord) -> str:
    """Why, in the reader's language as far as Lockport wrote it: the reason of a refusal is one of its own messages."""
    if record.subject == "the access log":
        return shown_asked(record.reason)
    words = shown(record.reason, reasons_of(record.action))
    refused = record.result == AccessRecord.Result.REFUSED
    return gettext(words) if refused and words and words == record.reason else words
