"""Reads of the watchlist, always through what the person was granted."""

from collections.abc import Sequence

from django.db.models import Q

from audit.models import AccessRecord
from lockport.access import Person, granted
from watchlist.evaluations import Evaluation
from watchlist.models import Entry, EntryQuerySet, Photograph, PhotographQuerySet
from watchlist.papers import Appeal


def photographs_for(person: Person) -> PhotographQuerySet:
    """Photographs in the person's categories; for reviewers only of people with an alert at a camera of theirs."""
    rows = Photograph.objects.visible_to(person).select_related("entry")
    if person.has_perm("watchlist.view_photograph"):
        return rows
    cameras = granted(person, "cameras.review_camera").values("pk")
    # By name only: alerts stand above this app, but they are what entitles a reviewer to a photograph.
    return rows.filter(entry__alerts__camera__in=cameras).distinct()


def newest_evaluation() -> Evaluation | None:
    """The evaluation that recognition relies on; it holds figures about groups of people and concerns everybody."""
    return Evaluation.objects.first()


def duplicates_of(entry: Entry, person: Person) -> EntryQuerySet:
    """Other open entries that this person may see, with the same name or the same registry number."""
    same = Q(name__iexact=entry.name)
    if number := entry.particulars.get("registry_number"):
        same |= Q(particulars__registry_number=number)
    others = Entry.objects.visible_to(person).open().exclude(pk=entry.pk)
    return others.filter(same).select_related("category")


def history_of(entry: Entry) -> Sequence[AccessRecord]:
    """What was done with an entry, oldest first, as the access log has it: it is only ever added to."""
    records = AccessRecord.objects.filter(subject_kind="entry", subject_id=str(entry.pk)).exclude(action="looked at")
    return list(records.order_by("pk"))


def appeals_without_names() -> Sequence[Appeal]:
    """Every appeal that is not answered yet, most urgent first: for the privacy officer, who sees no names here."""
    rows = Appeal.objects.open().defer("statement", "answer").select_related("entry__category")
    return sorted(rows, key=lambda row: row.next_clock[1] if row.next_clock else row.received_at)
