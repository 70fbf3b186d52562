"""What an administrator should know before answering for an entry: who resembles it, and whom cameras will miss."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from cameras.vision.calibrate import compare, expected_misses, threshold_for
from cameras.vision.distances import distances_between
from cameras.vision.types import Floats
from lockport.access import Person
from watchlist.ages import ADULT, age_on
from watchlist.evaluating.words import includes_minors, of_minors
from watchlist.evaluations import trusted_figures
from watchlist.gallery import mark_of, offsets_of, readable_templates
from watchlist.models import Entry, EntryHistogram, Photograph
from watchlist.particulars import BANNED
from watchlist.services import SAME_PERSON

FRAMES = 3  # of a usual pass
MOST_MISSES = 0.25  # of an entry's passes, before it is said; an adult with one photograph misses some 10 %


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """An entry as a gallery has it: its template is the mean (128,) of its photographs'."""

    entry: Entry
    template: Floats
    mark: str
    photographs: int


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """Entries too similar to another one; `named` may be named to the person who asked, `others` are more."""

    named: tuple[Entry, ...]
    others: int

    @property
    def sentences(self) -> list[str]:
        advice = gettext(
            "If it is the same person, withdraw one of the two entries. If not, as with twins, alerts will say that "
            "the two cannot be separated."
        )
        named = gettext("Cameras can hardly tell this face from that of %(entry)s (%(category)s).")
        found = [named % {"entry": one, "category": one.category} for one in self.named]
        if self.others:
            found.append(gettext("Cameras can hardly tell this face from that of an entry that you may not see."))
        return [f"{sentence} {advice}" for sentence in found]


def enrolled(entry: Entry) -> Enrolled | None:
    """The entry with its template; None when nothing of it can be read."""
    names = list(Photograph.objects.filter(entry=entry).order_by("template").values_list("template", flat=True))
    return _of(entry, names)


def document_caution(entry: Entry) -> str:
    """That the order behind a ban is not on file; "" where it is, and for other categories."""
    if entry.category.slug != BANNED or entry.documents.exists():
        return ""
    return gettext(
        "The order itself is not on file. Add it as a document, or read it on paper, before you answer for it."
    )


def age_caution(entry: Entry) -> str:
    """What the evaluation that recognition relies on found about people as young as this entry; "" for adults."""
    if entry.birth_date is None or age_on(timezone.localdate(), entry.birth_date) >= ADULT:
        return ""
    figures = trusted_figures()
    if figures is None or not includes_minors(figures):
        found = gettext("No evaluation kept here says how well people of this age are told apart.")
    else:
        found = gettext("In the evaluation this was found: %(found)s") % {"found": of_minors(figures)}
    words = gettext("This person is under %(age)s. %(found)s Look twice before answering an alert about them.")
    return words % {"age": ADULT, "found": found}


def misses_caution(subject: Enrolled) -> str:
    """That cameras will miss many of this person's passes, with the reason and a remedy; "" where they will not.

    An entry with a twin, or with many look-alikes among those who pass, gets so strict a limit that it may hardly match
    any more: it must not fall silent without a word.
    """
    offset = float(offsets_of([subject.entry.pk], [subject.mark], subject.template[None])[0])
    threshold = threshold_for(max(1, _active()), fpir=settings.LOCKPORT_FALSE_ALARM_BUDGET)
    misses = expected_misses(offset, threshold, photographs=subject.photographs, frames=FRAMES)
    if misses <= MOST_MISSES:
        return ""
    words = gettext(
        "Cameras will miss about %(number)s in 10 of this person's passes: many people look like "
        "them, so that the limit for this face is strict. Add photographs from other days, from the front. If "
        "a twin or a lookalike passes daily, only people can tell them apart: do not rely on cameras for this entry."
    )
    return words % {"number": max(1, round(10 * misses))}


def passers_by_words(entry: Entry) -> str:
    """How many passers-by this entry's limit goes by."""
    row = EntryHistogram.objects.filter(entry=entry).only("used_passers_by").first()
    count = 0 if row is None else row.used_passers_by
    if not count:
        return gettext(
            "No passers-by have been counted for this face yet; its limit goes by what is known of similar faces."
        )
    words = ngettext(
        "%(count)s passers-by counted so far set how strict the limit for this face is.",
        "%(count)s passers-by counted so far set how strict the limit for this face is.",
        count,
    )
    return words % {"count": f"{count:,}"}


def rejections_words(entry: Entry) -> str:
    """Of how many matches with this entry people said that it was somebody else; "" where of none."""
    row = EntryHistogram.objects.filter(entry=entry).only("strangers_matched").first()
    if row is None or not row.strangers_matched:
        return ""
    words = ngettext(
        "%(count)s possible match with this face was decided to be somebody else; the limit can only become stricter "
        "by it.",
        "%(count)s possible matches with this face were decided to be somebody else; the limit can only become "
        "stricter by them.",
        row.strangers_matched,
    )
    return words % {"count": f"{row.strangers_matched:,}"}


def everybody() -> list[Enrolled]:
    """The proposed and active entries whose templates can be read."""
    entries = Entry.objects.filter(
        status__in=[Entry.Status.PROPOSED, Entry.Status.ACTIVE], expires_at__gt=timezone.now()
    ).order_by("pk")
    photographs = Photograph.objects.filter(entry__in=entries).order_by("entry_id", "template")
    rows = photographs.values_list("entry_id", "template")
    names = {pk: [name for _, name in group] for pk, group in groupby(rows, key=lambda row: row[0])}
    found = entries.select_related("category")
    return [one for entry in found if entry.pk in names and (one := _of(entry, names[entry.pk]))]


def similar_entries(subject: Enrolled, person: Person, among: Sequence[Enrolled] | None = None) -> Similar:
    """The proposed and active entries (`among` them, where they are at hand) hardly to be told from this one."""
    others = [one for one in (everybody() if among is None else among) if one.entry.pk != subject.entry.pk]
    matching = [one.entry for one in alike(subject, others)]
    if not matching:
        return Similar((), 0)
    visible = set(Entry.objects.visible_to(person).values_list("pk", flat=True))
    named = tuple(entry for entry in matching if entry.pk in visible)
    return Similar(named, len(matching) - len(named))


def alike(subject: Enrolled, others: Sequence[Enrolled]) -> list[Enrolled]:
    """Those that a camera could hardly tell from the subject: within dlib's own limit, then by a closer look."""
    near = [one for one in others if distances_between(subject.template[None], one.template[None])[0, 0] <= SAME_PERSON]
    if not near:
        return []
    vectors = np.stack([one.template for one in near])
    offsets = offsets_of([one.entry.pk or 0 for one in near], [one.mark for one in near], vectors)
    scores = compare(subject.template[None], vectors)[0] - offsets
    limit = threshold_for(max(1, _active()), fpir=settings.LOCKPORT_FALSE_ALARM_BUDGET)
    return [one for one, score in zip(near, scores, strict=True) if score <= limit]


def _of(entry: Entry, names: Sequence[str]) -> Enrolled | None:
    vectors = readable_templates(entry.pk, names)
    if not vectors:
        return None
    return Enrolled(entry, np.mean(vectors, axis=0, dtype=np.float32), mark_of(names), len(vectors))


def _active() -> int:
    return Entry.objects.active().count()
