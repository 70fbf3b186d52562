"""What an import would do, said row by row before anything is done; and then doing those rows that were ticked."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.places import usual_zone
from audit.services import Actor
from cameras.models import School
from watchlist.cautions import Enrolled, alike, everybody, similar_entries
from watchlist.enrolment import Enrolment, EnrolmentProblem, examine
from watchlist.gallery import readable_templates
from watchlist.importing.files import Upload, check_signature
from watchlist.importing.rows import Known, Row, read_rows
from watchlist.models import Category, Entry, Photograph
from watchlist.proposals import Proposal
from watchlist.refusals import Refused
from watchlist.renewals import renewal_propose, withdrawal_propose
from watchlist.services import entry_change, entry_propose, photograph_add, refuse_stranger, refuse_words

SAME_PHOTOGRAPH = 1e-3  # of two templates: the same file gives the same template but for rounding
# What of an entry is compared with a row, and what it is called.
COMPARED = {
    "name": _("name"),
    "birth_date": _("birth date"),
    "category": _("category"),
    "basis": _("basis"),
    "particulars": _("particulars"),
    "every_school": _("every school"),
}
NEW, CHANGED, RENEWED, UNCHANGED, WRONG = "new", "changed", "renewed", "unchanged", "wrong"


@dataclass(slots=True)
class Line:
    """What would become of one row."""

    row: Row
    kind: str
    words: list[str]
    entry: Entry | None = None
    enrolments: list[Enrolment] = field(default_factory=list)
    similar: tuple[Entry, ...] = ()  # entries that `words` name because of the face

    @property
    def can_be_done(self) -> bool:
        return self.kind in {NEW, CHANGED, RENEWED}


@dataclass(slots=True)
class Plan:
    """Every row of a list, and the entries of the same list that are in it no more."""

    list_name: str
    digest: str
    signed: bool
    lines: list[Line]
    vanished: list[Entry]

    def count(self, kind: str) -> int:
        return sum(line.kind == kind for line in self.lines)

    @property
    def unusable(self) -> int:
        return self.count(WRONG)

    @property
    def leads_to_something(self) -> bool:
        return bool(self.vanished) or any(line.can_be_done for line in self.lines)


@dataclass(slots=True)
class Outcome:
    """How many proposals were made, and which rows were refused after all."""

    proposed: int = 0
    withdrawals: int = 0
    refused: list[str] = field(default_factory=list)


def plan_import(upload: Upload, person: User) -> Plan:
    """Judge every row and every photograph; nothing is stored. Raises ImportProblem."""
    signed = check_signature(upload, settings.LOCKPORT_REGISTRY_KEYS)
    usable = Category.objects.visible_to(person).filter(enabled=True)
    schools = {school.name: school for school in School.objects.all()}
    known = Known({category.slug: category for category in usable}, schools)
    rows = read_rows(upload.content, list_name=upload.list_name, known=known)
    there = _present(upload.list_name, person)
    taken = set(Entry.objects.filter(list_name=upload.list_name).values_list("list_reference", flat=True))
    lines = [_line(row, upload, signed, there.get(row.reference), row.reference in taken) for row in rows]
    _caution([line for line in lines if line.kind == NEW], person)
    # A row without a reference may be anybody: then nobody is known to be missing.
    named = all(row.reference for row in rows)
    listed = {row.reference for row in rows}
    vanished = [one for one in there.values() if one.list_reference not in listed and not one.withdrawal_proposed]
    return Plan(upload.list_name, upload.digest, signed, lines, vanished if named else [])


def carry_out(plan: Plan, *, references: Collection[str], vanished: Collection[int], by: User, actor: Actor) -> Outcome:
    """Propose the rows with these references, and the withdrawal of those entries. Each stands for itself."""
    outcome = Outcome()
    for line in plan.lines:
        if not line.can_be_done or line.row.reference not in references:
            continue
        try:
            with transaction.atomic():
                _propose(line, by, actor)
            outcome.proposed += 1
        except Refused as refusal:
            words = gettext("Line %(number)s: %(words)s") % {"number": line.row.line, "words": refusal}
            outcome.refused.append(words)
    for entry in plan.vanished:
        if entry.pk not in vanished:
            continue
        try:
            withdrawal_propose(entry=entry, reason=f"No longer in the list “{plan.list_name}”.", actor=actor)
            outcome.withdrawals += 1
        except Refused as refusal:
            outcome.refused.append(f"{entry.list_reference}: {refusal}")
    return outcome


def _present(list_name: str, person: User) -> dict[str, Entry]:
    rows = Entry.objects.visible_to(person).open().filter(list_name=list_name)
    return {row.list_reference: row for row in rows.select_related("category").prefetch_related("schools")}


def _line(row: Row, upload: Upload, signed: bool, entry: Entry | None, taken: bool) -> Line:
    if row.proposal is None or row.problems:
        return Line(row, WRONG, row.problems)
    if taken and entry is None:
        return Line(
            row, WRONG, [gettext("An entry that you may not see, or that has ended just now, has this reference.")]
        )
    enrolments, wrong = _photographs(row, upload, signed)
    if entry is None and not row.photographs:
        wrong.append(gettext("photographs: at least one is needed, nobody can be looked for without."))
    try:
        refuse_words(_unsaved(row.proposal), row.proposal.schools)
        enrolments = _only_new(entry, enrolments)
    except Refused as refusal:
        wrong.append(str(refusal))
    if wrong:
        return Line(row, WRONG, wrong)
    if entry is None:
        return Line(row, NEW, [], None, enrolments)
    return _compared(row, row.proposal, entry, enrolments)


def _compared(row: Row, proposal: Proposal, entry: Entry, enrolments: list[Enrolment]) -> Line:
    different = [str(COMPARED[name]) for name in COMPARED if getattr(entry, name) != getattr(proposal, name)]
    if set(proposal.schools) != set(entry.schools.all()):
        different.append(gettext("schools"))
    if enrolments:
        more = ngettext("another photograph", "%(number)s more photographs", len(enrolments))
        different.append(more % {"number": len(enrolments)})
    until = timezone.localtime(entry.expires_at, usual_zone()).date()
    day_differs = row.expires_on is not None and row.expires_on != until
    later = day_differs and row.expires_on is not None and row.expires_on > until
    if not different and later and entry.status == Entry.Status.ACTIVE:
        return Line(row, RENEWED, [gettext("until %(day)s") % {"day": row.expires_on}], entry)
    if different or day_differs:
        return Line(row, CHANGED, [*different, *([gettext("until when")] if day_differs else [])], entry, enrolments)
    return Line(row, UNCHANGED, [], entry)


def _caution(lines: Sequence[Line], person: User) -> None:
    """Say at each new row whose face is on the watchlist already, or in an earlier row under another name."""
    there = everybody() if lines else []
    before: dict[Enrolled, Line] = {}
    for line in lines:
        vectors = [enrolment.template for enrolment in line.enrolments]
        subject = Enrolled(Entry(), np.mean(vectors, axis=0, dtype=np.float32), "", len(vectors))
        similar = similar_entries(subject, person, there)
        line.similar = similar.named
        line.words += similar.sentences
        words = gettext("Cameras can hardly tell this face from that of line %(number)s. Is it the same person?")
        line.words += [words % {"number": before[one].row.line} for one in alike(subject, list(before))]
        before[subject] = line


def _photographs(row: Row, upload: Upload, signed: bool) -> tuple[list[Enrolment], list[str]]:
    if signed and len(row.digests) != len(row.photographs):
        return [], [gettext("photograph_digests: a signed list must give the SHA-256 of each photograph.")]
    found, wrong = [], []
    for at, name in enumerate(row.photographs):
        content = upload.photographs.get(name)
        if content is None:
            wrong.append(f"{name}: {gettext('there is no photograph of this name among the files.')}")
        elif row.digests and hashlib.sha256(content).hexdigest() not in row.digests[at : at + 1]:
            other = gettext("this is not the photograph that the list speaks of (its SHA-256 differs).")
            wrong.append(f"{name}: {other}")
        else:
            try:
                found.append(examine(content))
            except EnrolmentProblem as problem:
                wrong.append(f"{name}: {problem}")
    return found, wrong


def _only_new(entry: Entry | None, enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """Those that the entry does not have yet. Raises Refused when they do not show one person."""
    names = [] if entry is None else Photograph.objects.filter(entry=entry).values_list("template", flat=True)
    templates = readable_templates(entry.pk if entry else 0, names)
    new = []
    for enrolment in enrolments:
        if any(np.linalg.norm(enrolment.template - one) < SAME_PHOTOGRAPH for one in templates):
            continue
        refuse_stranger(enrolment.template, templates)
        templates.append(enrolment.template)
        new.append(enrolment)
    return new


def _unsaved(proposal: Proposal) -> Entry:
    words = {name: getattr(proposal, name) for name in COMPARED}
    return Entry(expires_at=proposal.expires_at, **words)


def _propose(line: Line, by: User, actor: Actor) -> None:
    proposal, entry = line.row.proposal, line.entry
    if proposal is None:
        return
    if entry is None:
        entry_propose(proposal=proposal, photographs=line.enrolments, by=by, actor=actor)
        return
    if line.kind == RENEWED:
        reason = f"The list “{entry.list_name}” has them until then."
        renewal_propose(entry=entry, until=proposal.expires_at, reason=reason, by=by, actor=actor)
        return
    for name in COMPARED:
        setattr(entry, name, getattr(proposal, name))
    if line.row.expires_on is not None:
        entry.expires_at = proposal.expires_at
    entry_change(entry=entry, schools=list(proposal.schools), by=by, actor=actor)
    for enrolment in line.enrolments:
        photograph_add(entry=entry, enrolment=enrolment, by=by, actor=actor)
