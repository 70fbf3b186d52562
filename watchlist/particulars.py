"""What each category needs to know before somebody may be looked for: the basis of an entry, as fields.

They are kept as text in `Entry.particulars` and forgotten when the entry ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from watchlist.refusals import Refused

STUDENTS = "suspended-student"  # the category whose entries are students
BANNED = "banned"  # the category whose entries rest on an order
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Particular:
    """One fact that an entry of a category must state. A fact with `choices` ((value, words), …) is one of them."""

    name: str
    label: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_day: bool = False


NEEDS: dict[str, tuple[Particular, ...]] = {
    "sex-offender": (
        Particular("registry_number", "Registry number", "As the state's registry has it."),
        Particular(
            "risk_level",
            "Level",
            "Nobody of level 1 may be looked for.",
            choices=(("2", "level 2"), ("3", "level 3")),
        ),
    ),
    STUDENTS: (
        Particular(
            "suspension_ends", "Last day of the suspension", "The entry ends with this day, by itself.", is_day=True
        ),
    ),
    "staff": (
        Particular(
            "staff_status",
            "Status",
            choices=(("terminated", "terminated"), ("suspended", "suspended"), ("on leave", "on leave")),
        ),
    ),
    BANNED: (
        Particular("order_by", "Ordered by", choices=(("school", "the school"), ("court", "a court"))),
        Particular("order_number", "Number of the document", "The number or file reference of the written order."),
    ),
    "credible-threat": (
        Particular(
            "source",
            "Source of the information",
            "Who reported it and why they are believed, such as “the police of …, report 17”.",
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
    for words in problems(slug, particulars).values():
        raise Refused(words)
    ends = last_moment_of(slug, particulars)
    if ends is not None and expires_at > ends:
        raise Refused(f"The suspension ends on {timezone.localtime(ends):%Y-%m-%d}: the entry cannot outlast it.")


def last_moment_of(slug: str, particulars: Mapping[str, str]) -> datetime | None:
    """When a student's suspension is over: the end of its last day. None for other categories."""
    if slug != STUDENTS:
        return None
    return end_of(date.fromisoformat(particulars["suspension_ends"]))


def end_of(day: date) -> datetime:
    """The last second of a day."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def in_words(slug: str, particulars: Mapping[str, str]) -> list[tuple[str, str]]:
    """Labels and values for pages and letters."""
    rows = []
    for need in needs_of(slug):
        value = particulars.get(need.name, "")
        rows.append((need.label, dict(need.choices).get(value, value)))
    return [(label, value) for label, value in rows if value]


def _problem(need: Particular, value: str) -> str:
    if not value:
        return f"This category needs it. {need.help}".strip() if not need.choices else "Choose one."
    if need.choices and value not in dict(need.choices):
        allowed = " or ".join(repr(choice) for choice, _ in need.choices)
        return f"“{value[:40]}” is not possible here: {need.label.lower()} is {allowed}. {need.help}".strip()
    if len(value) > LONGEST:
        return f"{need.label}: at most {LONGEST} characters."
    if need.is_day:
        try:
            date.fromisoformat(value)
        except ValueError:
            return f"{need.label}: write the day as year-month-day, such as 2027-03-31."
    return ""
