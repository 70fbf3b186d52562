"""What each category needs to know before somebody may be looked for: the basis of an entry, as fields.

They are kept as text in `Entry.particulars` and forgotten when the entry ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.places import usual_zone
from audit.stored import later
from watchlist.refusals import Refused

STUDENTS = "suspended-student"  # the category whose entries are students
BANNED = "banned"  # the category whose entries rest on an order
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Particular:
    """One fact that an entry of a category must state. A fact with `choices` ((value, words), …) is one of them."""

    name: str
    label: Any
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    is_day: bool = False


NEEDS: dict[str, tuple[Particular, ...]] = {
    "sex-offender": (
        Particular("registry_number", _("Registry number"), _("As the state's registry has it.")),
        Particular(
            "risk_level",
            _("Level"),
            _("Nobody of level 1 may be looked for."),
            choices=(("2", _("level 2")), ("3", _("level 3"))),
        ),
    ),
    STUDENTS: (
        Particular(
            "suspension_ends",
            _("Last day of the suspension"),
            _("The entry ends with this day, by itself."),
            is_day=True,
        ),
    ),
    "staff": (
        Particular(
            "staff_status",
            _("Status"),
            choices=(("terminated", _("terminated")), ("suspended", _("suspended")), ("on leave", _("on leave"))),
        ),
    ),
    BANNED: (
        Particular("order_by", _("Ordered by"), choices=(("school", _("the school")), ("court", _("a court")))),
        Particular(
            "order_number", _("Number of the document"), _("The number or file reference of the written order.")
        ),
    ),
    "credible-threat": (
        Particular(
            "source",
            _("Source of the information"),
            _("Who reported it and why they are believed, such as “the police of …, report 17”."),
        ),
    ),
}
NAMES = tuple(need.name for needs in NEEDS.values() for need in needs)


def needs_of(slug: str) -> tuple[Particular, ...]:
    """What entries of this category must state; nothing for a category that is not among the five."""
    return NEEDS.get(slug, ())


def stated(slug: str, values: Mapping[str, object]) -> dict[str, str]:
    """Of all values given, those that belong to this category, as text."""
    found = {need.name: values.get(need.name) for need in needs_of(slug)}
    return {name: str(value).strip() for name, value in found.items() if value}


def problems(slug: str, particulars: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each fact that is missing or wrong, by its name."""
    checked = ((need.name, _problem(need, particulars.get(need.name, ""))) for need in needs_of(slug))
    return {name: words for name, words in checked if words}


def refuse_particulars(slug: str, particulars: Mapping[str, str], expires_at: datetime) -> None:
    """Raises Refused where a fact is missing or wrong, or a student's entry would outlast the suspension."""
    for name in problems(slug, particulars):
        raise Refused(later(lambda name=name: problems(slug, particulars)[name]))  # type: ignore[misc]
    ends = last_moment_of(slug, particulars)
    if ends is not None and expires_at > ends:
        raise Refused(
            _("The suspension ends on %(day)s: the entry cannot outlast it."),
            day=f"{timezone.localtime(ends, usual_zone()):%Y-%m-%d}",
        )


def last_moment_of(slug: str, particulars: Mapping[str, str]) -> datetime | None:
    """When a student's suspension is over: the end of its last day. None for other categories."""
    if slug != STUDENTS:
        return None
    return end_of(date.fromisoformat(particulars["suspension_ends"]))


def end_of(day: date) -> datetime:
    """The last second of a day where the schools are, whoever asks: the desk, a command or a worker."""
    return datetime.combine(day, time(23, 59, 59), usual_zone())


def in_words(slug: str, particulars: Mapping[str, str]) -> list[tuple[str, str]]:
    """Labels and values for pages and letters."""
    rows = []
    for need in needs_of(slug):
        value = particulars.get(need.name, "")
        rows.append((str(need.label), str(dict(need.choices).get(value, value))))
    return [(label, value) for label, value in rows if value]


def _problem(need: Particular, value: str) -> str:
    if not value:
        return gettext("Choose one.") if need.choices else f"{gettext('This category needs it.')} {need.help}".strip()
    if need.choices and value not in dict(need.choices):
        words = gettext("“%(value)s” is not possible here: %(label)s is %(allowed)s.")
        allowed = gettext(" or ").join(repr(choice) for choice in dict(need.choices))
        filled = words % {"value": value[:40], "label": str(need.label).lower(), "allowed": allowed}
        return f"{filled} {need.help}".strip()
    if len(value) > LONGEST:
        return gettext("%(label)s: at most %(most)s characters.") % {"label": need.label, "most": LONGEST}
    if need.is_day:
        try:
            date.fromisoformat(value)
        except ValueError:
            words = gettext("%(label)s: write the day as year-month-day, such as 2027-03-31.")
            return words % {"label": need.label}
    return ""
