"""What the privacy officer asks of the log: a filter, read from an address, as a query string, and in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from audit.acts import KINDS, act_of, actions_of, words_shown
from audit.models import AccessRecord
from audit.stored import shown
from lockport.saying import in_storage_language

WORKERS = {"worker": _("workers"), "command": _("the command line"), "stranger": _("people not signed in")}
# What was asked for, in the order in which it is said; recorded in English, so that it can be shown in any language.
ASKED = {
    "who": gettext_noop("acts of %(what)s"),
    "about": gettext_noop("about %(what)s"),
    "subject": gettext_noop("on %(what)s"),
    "school": gettext_noop("at %(what)s"),
    "act": gettext_noop("of the kind “%(what)s”"),
    "result": gettext_noop("that were %(what)s"),
    "since": gettext_noop("from %(what)s"),
    "until": gettext_noop("until %(what)s"),
}
ACCOUNT, NAMED = gettext_noop("account %(number)s"), gettext_noop("%(name)s (account %(number)s)")
COPY = gettext_noop("%(format)s of %(asked)s")
DAYS_IN, EVERYTHING = gettext_noop("%(asked)s (days in %(zone)s)"), gettext_noop("everything")
SENTENCES = [EVERYTHING, *ASKED.values(), NAMED, ACCOUNT]
SENTENCES += ["workers", "the command line", "people not signed in"]
RECORDED = re.compile(r"(?:(?P<format>CSV|JSON) of )?(?P<asked>.+?)(?: \(days in (?P<zone>[^()]+)\))?", re.DOTALL)
QUOTED = re.compile(r"(?<=“).+?(?=”)")
SUBJECT = re.compile(r"[a-z]{1,40} [\w.:/-]{1,40}")
UTC = ZoneInfo("UTC")
YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; "" and None ask for everything. Days are whole days in `zone`, both included."""

    who: str = ""  # an account's number, or one of WORKERS
    about: str = ""  # "entry 5"
    subject: str = ""  # "alert 1042"
    school: str = ""
    act: str = ""  # a kind of act, or one action
    result: str = ""
    since: date | None = None
    until: date | None = None
    zone: ZoneInfo = UTC

    @property
    def begins(self) -> datetime | None:
        return datetime.combine(self.since, time(), self.zone) if self.since else None

    @property
    def ends(self) -> datetime | None:
        """The first moment that is not asked for any more."""
        return datetime.combine(self.until + timedelta(days=1), time(), self.zone) if self.until else None

    @property
    def actions(self) -> list[str]:
        """The actions asked for; none means all."""
        return actions_of(self.act) if self.act in KINDS else [self.act] if self.act else []

    def narrowed(self, name: str, value: Any) -> Self:
        """The same, with one thing asked for more."""
        return replace(self, **{name: value})

    def widened(self, name: str) -> Self:
        """The same, without asking for one thing."""
        return self.narrowed(name, None if name in {"since", "until"} else "")

    def query(self, **more: str) -> str:
        """As the query string of an address."""
        values = {name: str(getattr(self, name) or "") for name in FIELDS} | more
        return urlencode({name: value for name, value in values.items() if value})

    def asked(self, name_of: str = "") -> list[tuple[str, str]]:
        """What is asked for besides the zone: the field and words for it. `name_of` is the account's name."""
        account = (
            gettext(NAMED) % {"name": name_of, "number": self.who}
            if name_of
            else gettext(ACCOUNT) % {"number": self.who}
        )
        values = {
            "who": WORKERS.get(self.who, account),
            "about": shown(self.about),
            "subject": shown(self.subject),
            "act": self.act_words,
            "result": dict(AccessRecord.Result.choices).get(self.result, self.result),
        }
        given = [(name, values.get(name, getattr(self, name))) for name in ASKED if getattr(self, name)]
        return [(name, gettext(ASKED[name]) % {"what": value}) for name, value in given]

    def words(self, name_of: str = "") -> str:
        """The filter in one line, for the record of who read the log and how."""
        with in_storage_language():
            asked = ", ".join(text for _, text in self.asked(name_of))
        if self.since or self.until:
            return DAYS_IN % {"asked": asked, "zone": self.zone}
        return asked or EVERYTHING

    @property
    def act_words(self) -> str:
        return str(KINDS.get(self.act) or act_of(self.act).done)


def shown_asked(stored: str) -> str:
    """`Filter.words`, as a record keeps them, in the reader's language."""
    found = RECORDED.fullmatch(stored)
    if found is None:
        return stored
    asked = ", ".join(_piece_shown(piece) for piece in found["asked"].split(", "))
    asked = gettext(DAYS_IN) % {"asked": asked, "zone": found["zone"]} if found["zone"] else asked
    return gettext(COPY) % {"format": found["format"], "asked": asked} if found["format"] else asked


def _piece_shown(piece: str) -> str:
    for result, label in AccessRecord.Result.choices:
        if piece == ASKED["result"] % {"what": result}:
            return gettext(ASKED["result"]) % {"what": label}
    words = shown(piece, SENTENCES)
    return QUOTED.sub(lambda kind: _kind_shown(kind[0]), words)


def _kind_shown(english: str) -> str:
    with in_storage_language():
        kinds = {str(label): label for label in KINDS.values()}
    return str(kinds.get(english) or words_shown(english))


FIELDS = ("who", "about", "subject", "school", "act", "result", "since", "until", "zone")


class FilterForm(forms.Form):
    """The filter as a form; `cleaned()` gives the Filter. Every field may be left empty."""

    who = forms.CharField(required=False, max_length=19, label=_("Who"))
    about = forms.CharField(required=False, max_length=40, label=_("About which enrolled person"))
    subject = forms.CharField(required=False, max_length=81, label=_("Subject"))
    school = forms.CharField(required=False, max_length=120, label=_("School"))
    act = forms.CharField(required=False, max_length=60, label=_("Kind of act"))
    result = forms.ChoiceField(required=False, choices=[("", ""), *AccessRecord.Result.choices], label=_("Result"))
    since = forms.DateField(required=False, label=_("From"))
    until = forms.DateField(required=False, label=_("To"))
    zone = forms.CharField(required=False, max_length=60, label=_("Days and times in"))

    def __init__(self, data: Any, *, zones: Iterable[str], usual: ZoneInfo) -> None:
        super().__init__(data)
        self.zones, self.usual = set(zones), usual

    def clean_who(self) -> str:
        who = self.cleaned_data["who"]
        if who and who not in WORKERS and not (who.isdecimal() and who.isascii() and len(who) < 19):
            raise forms.ValidationError(_("Choose a person from the list."))
        return who

    def clean_about(self) -> str:
        about = self.cleaned_data["about"].strip().lower().removeprefix("entry").strip()
        if about and not (about.isdecimal() and about.isascii()):
            raise forms.ValidationError(_("Give the number of the entry, such as 5. The watchlist desk knows it."))
        return f"entry {int(about)}" if about else ""

    def clean_subject(self) -> str:
        subject = self.cleaned_data["subject"].strip().lower()
        if subject and not SUBJECT.fullmatch(subject):
            raise forms.ValidationError(_("Give a kind and a number, such as: alert 1042."))
        return subject

    def clean_zone(self) -> ZoneInfo:
        zone = self.cleaned_data["zone"]
        if zone and zone not in self.zones:
            raise forms.ValidationError(_("Choose a time zone from the list."))
        return ZoneInfo(zone) if zone else self.usual

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("since", "until"):
            if (given := cleaned.get(name)) and given.year not in YEARS:
                words = gettext("Give a year from %(first)s to %(last)s.")
                self.add_error(name, words % {"first": YEARS[0], "last": YEARS[-1]})
        if (since := cleaned.get("since")) and (until := cleaned.get("until")) and until < since:
            self.add_error("until", gettext("The period ends before it begins."))
        return cleaned

    def cleaned(self) -> Filter:
        """The filter. Call only when the form is valid."""
        return Filter(**{name: self.cleaned_data[name] for name in FIELDS})
