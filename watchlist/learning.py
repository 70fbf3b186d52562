"""Keep what workers counted of passers-by, so that every entry's offset follows from them (decision notes 4 and 5)."""

import logging
from datetime import datetime
from itertools import groupby

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cameras.traffic import traffic_add
from cameras.vision.histogram import Histogram
from cameras.vision.passing import Batch, PassersBy, Subject, Tally
from watchlist.gallery import mark_of
from watchlist.models import Entry, EntryHistogram, Photograph

logger = logging.getLogger(__name__)

# Galleries go by the counts as they were until a quarter more passers-by were counted: each refreshed offset makes
# every camera decide anew, and with fewer than a quarter more it moves by less than its own error.
STEP = 1.25


def store_if_ready(passers_by: PassersBy) -> bool:
    """Store what waits in this process, if a batch is ready; when the database is away it waits on."""
    batch = passers_by.take()
    if batch is None:
        return False
    try:
        store(batch)
    except DatabaseError as error:
        passers_by.put_back(batch)
        connection.close()
        logger.error("Counts of passers-by wait for the database: %s", type(error).__name__)
        return False
    return True


@transaction.atomic
def store(batch: Batch) -> None:
    """Add a batch to what is stored. Counts of entries that ended, or have other photographs now, are dropped."""
    wanted = {subject.entry for subject in batch.tallies}
    # Locked in one order, as a withdrawal locks them: no histogram is written once its entry has ended.
    entries = Entry.objects.active().filter(pk__in=wanted).order_by("pk").select_for_update()
    current = _marks(set(entries.values_list("pk", flat=True)))
    for subject, tally in sorted(batch.tallies.items(), key=lambda item: item[0]):
        if current.get(subject.entry) == subject.mark:
            _add(subject, tally)
    today = timezone.localdate()
    for camera, tracks in sorted(batch.tracks.items()):
        traffic_add(camera_id=camera, day=today, passers_by=tracks)


@transaction.atomic
def count_stranger(*, entry: int, matched_at: datetime, more: int) -> None:
    """People decided that whoever matched this entry was somebody else (`more` is 1), or take that back (-1).

    Only the number is kept. A match with an earlier template, from before a photograph was added, says nothing of this
    one. Of an entry that has ended nothing is counted.
    """
    if Entry.objects.open().filter(pk=entry).select_for_update(no_key=True).first() is None:
        return
    photographs = Photograph.objects.filter(entry=entry)
    if not photographs.exists() or photographs.filter(added_at__gt=matched_at).exists():
        return
    mark = _marks({entry})[entry]
    row = EntryHistogram.objects.filter(entry=entry).first()
    if row is None or row.mark != mark:
        _add(Subject(entry, mark), Tally.empty())
        row = EntryHistogram.objects.get(entry=entry)
    row.strangers_matched = max(0, row.strangers_matched + more)
    row.save(update_fields=["strangers_matched"])


def _marks(entries: set[int]) -> dict[int, str]:
    rows = Photograph.objects.filter(entry__in=entries).order_by("entry_id").values_list("entry_id", "template")
    return {entry: mark_of(name for _, name in group) for entry, group in groupby(rows, key=lambda row: row[0])}


def _add(subject: Subject, tally: Tally) -> None:
    row = EntryHistogram.objects.filter(entry=subject.entry).first()
    if row is not None and row.mark != subject.mark:
        row.delete()  # of other photographs
        row = None
    before = Tally.empty() if row is None else _stored(row)
    used = 0 if row is None else row.used_passers_by
    tally = before + tally
    values = {
        "mark": subject.mark,
        "counts": tally.histogram.to_bytes(),
        "beyond": tally.beyond,
        "passers_by": tally.passers_by,
    }
    if tally.passers_by >= STEP * used:
        values |= {f"used_{name}": values[name] for name in ("counts", "beyond", "passers_by")}
    EntryHistogram.objects.update_or_create(entry_id=subject.entry, defaults=values)


def _stored(row: EntryHistogram) -> Tally:
    try:
        return Tally(Histogram.from_bytes(bytes(row.counts)), row.beyond)
    except ValueError as error:
        logger.error("Entry %d: %s", row.entry_id, error)
        return Tally.empty()
