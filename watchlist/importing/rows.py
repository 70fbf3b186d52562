"""Reading a list's rows: one person a row, each row with its own problems."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.models import School
from watchlist.importing.files import LARGEST_LIST, ImportProblem
from watchlist.models import Category
from watchlist.particulars import NAMES, end_of, last_moment_of, problems, stated
from watchlist.proposals import Proposal
from watchlist.services import last_moment

NEEDED = ("reference", "name", "category", "basis", "schools", "photographs")
KNOWN = (*NEEDED, "birth_date", "expires_on", "photograph_digests", *NAMES)
EVERY_SCHOOL = "every school"
MOST_ROWS = 100
MOST_PHOTOGRAPHS_OF_ONE = 5
LONGEST = {"reference": 80, "name": 200}  # characters
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula (OWASP)


@dataclass(slots=True)
class Row:
    """One row: what it proposes, or what is wrong with it. `expires_on` is None where the list does not say."""

    line: int
    reference: str
    name: str
    proposal: Proposal | None = None
    expires_on: date | None = None
    photographs: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name: the categories this person may propose in, and the schools."""

    categories: Mapping[str, Category]
    schools: Mapping[str, School]


def read_rows(content: bytes, *, list_name: str, known: Known) -> list[Row]:
    """The rows of a CSV file in UTF-8 with a header. Raises ImportProblem when it is none or too large."""
    rows = [_row(line, cells, list_name, known) for line, cells in _cells(content)]
    if not rows:
        raise ImportProblem(_("The list is empty. If everybody was taken off it, withdraw the entries one by one."))
    first: dict[str, int] = {}
    for row in rows:
        if row.reference and first.setdefault(row.reference, row.line) != row.line:
            words = gettext("The reference is in line %(line)s already. Each must be there once.")
            row.problems.append(words % {"line": first[row.reference]})
    return rows


def _cells(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST_LIST:
        raise ImportProblem(_("The list is too large: at most %(largest)s MB."), largest=LARGEST_LIST >> 20)
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        _refuse_columns([name or "" for name in reader.fieldnames or []])
        for count, cells in enumerate(reader, start=1):
            if count > MOST_ROWS:
                raise ImportProblem(
                    _("The list is too long: at most %(most)s rows at a time. Split it."), most=MOST_ROWS
                )
            if None in cells or None in cells.values():
                raise ImportProblem(_("Line %(line)s does not have as many cells as the header."), line=reader.line_num)
            yield reader.line_num, {name: value.strip(" \n") for name, value in cells.items()}
    except UnicodeDecodeError:
        raise ImportProblem(_("The list is not in UTF-8. Save it as “CSV UTF-8” in the spreadsheet.")) from None
    except csv.Error as error:
        raise ImportProblem(
            _("This is not a CSV file (%(error)s). Save it as “CSV UTF-8” in the spreadsheet."), error=error
        ) from None


def _refuse_columns(names: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in names]:
        raise ImportProblem(
            _("The list lacks the columns: %(columns)s. The first line names the columns."), columns=", ".join(missing)
        )
    if unknown := [name for name in names if name not in KNOWN]:
        raise ImportProblem(
            _(
                "The list has columns that are not known here: %(columns)s. What is not needed must not be "
                "uploaded. Known are: %(known)s."
            ),
            columns=", ".join(unknown)[:200],
            known=", ".join(KNOWN),
        )
    if len(set(names)) < len(names):
        raise ImportProblem(_("A column is there twice. Remove one."))


def _row(line: int, cells: dict[str, str], list_name: str, known: Known) -> Row:
    row = Row(line, cells["reference"], cells["name"])
    row.problems += _cell_problems(cells)
    row.photographs = _parts(cells["photographs"])
    row.digests = [digest.lower() for digest in _parts(cells.get("photograph_digests", ""))]
    if len(row.photographs) > MOST_PHOTOGRAPHS_OF_ONE:
        words = gettext("At most %(most)s photographs of one person.")
        row.problems.append(words % {"most": MOST_PHOTOGRAPHS_OF_ONE})
    category = known.categories.get(cells["category"])
    if category is None:
        usable = ", ".join(sorted(known.categories)) or gettext("none that you may use")
        row.problems.append(gettext("category: use one of %(usable)s.") % {"usable": usable})
    birth_date = _day("birth_date", cells, row)
    row.expires_on = _day("expires_on", cells, row)
    every_school, schools = _where(cells["schools"], known, row)
    if category is None:
        return row  # what else is wrong depends on the category
    particulars = stated(category.slug, cells)
    row.problems += [f"{name}: {words}" for name, words in problems(category.slug, particulars).items()]
    if not row.problems:
        row.proposal = Proposal(
            name=row.name,
            birth_date=birth_date,
            category=category,
            basis=cells["basis"],
            particulars=particulars,
            every_school=every_school,
            schools=schools,
            expires_at=_until(category, particulars, row.expires_on),
            listed=(list_name, row.reference),
        )
    return row


def _cell_problems(cells: Mapping[str, str]) -> Iterator[str]:
    for name, value in cells.items():
        if value.startswith(FORMULA):
            words = gettext("it begins with %(sign)s, which a spreadsheet would run as a formula. Remove it.")
            yield f"{name}: {words % {'sign': repr(value[0])}}"
        if not value.isprintable() and any(ord(letter) < 32 and letter != "\n" for letter in value):
            yield f"{name}: {gettext('it holds control characters. Type it anew.')}"
        if len(value) > LONGEST.get(name, 2000):
            words = gettext("at most %(most)s characters.") % {"most": LONGEST.get(name, 2000)}
            yield f"{name}: {words}"
    for name in ("reference", "name", "basis", "schools"):
        if not cells[name]:
            yield f"{name}: {gettext('it must not be empty.')}"


def _until(category: Category, particulars: Mapping[str, str], day: date | None) -> datetime:
    """What the list says; else the end of a suspension; else as long as the category allows."""
    if day is not None:
        return end_of(day)
    return last_moment_of(category.slug, particulars) or last_moment(category).replace(microsecond=0)


def _where(cell: str, known: Known, row: Row) -> tuple[bool, list[School]]:
    if cell.lower() == EVERY_SCHOOL:
        return True, []
    names = _parts(cell)
    if unknown := [name for name in names if name not in known.schools]:
        words = gettext("schools: not known here: %(names)s. Or write “%(every_school)s”.")
        row.problems.append(words % {"names": ", ".join(unknown)[:200], "every_school": EVERY_SCHOOL})
    return False, [known.schools[name] for name in names if name in known.schools]


def _day(name: str, cells: Mapping[str, str], row: Row) -> date | None:
    value = cells.get(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        words = gettext("%(label)s: write the day as year-month-day, such as 2027-03-31.")
        row.problems.append(words % {"label": name})
        return None


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
