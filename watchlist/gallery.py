"""The gallery of a camera: the templates it may look for at this moment, and a version that says when they change.

Nobody is in it without an authorisation in force for the camera's school and the entry's category. Templates are
decrypted once per process and version, and held only weakly here: when the last watch lets go of a gallery, the
templates in it leave memory.
"""

import hashlib
import logging
import threading
import time
import weakref
from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from django.conf import settings
from django.core.files.storage import storages
from django.db.models import Q
from django.db.models.functions import Coalesce

from cameras.models import Camera
from cameras.vision.calibrate import threshold_for
from cameras.vision.histogram import Histogram
from cameras.vision.passing import Tally, learn
from cameras.vision.types import DIMENSIONS, Floats, Gallery
from retention.keys import Unreadable
from watchlist.evaluations import Evaluation, recognition_allowed
from watchlist.models import Authorisation, Entry, EntryHistogram, Photograph

logger = logging.getLogger(__name__)

EMPTY = "empty"
RETRY_SECONDS = 60  # a gallery with unreadable templates is read anew this often

# (entry, name of a template in the vault, passers-by counted and strangers matched that its offset goes by), sorted
Rows = list[tuple[int, str, int, int]]

_lock = threading.Lock()
# What is shelved holds the templates weakly: entries, offsets, threshold, marks, and where the templates are in use.
_shelf: dict[str, tuple[tuple[int, ...], Floats, float, tuple[str, ...], "weakref.ref[Floats]"]] = {}
_incomplete: set[str] = set()


def gallery_version(camera_id: int) -> str:
    """A name for the set of templates that this camera may look for now; three small queries, nothing is decrypted.

    It changes when, and only when, that set does (by a decision, by an entry's or an authorisation's day, by the
    camera's place), when so many more passers-by were counted that other offsets are due, or when people decided that
    a match was somebody else. A set of which something could not be read has a new version every minute, so that it is
    retried.
    """
    return _version(_rows(camera_id))


def load_gallery(camera_id: int) -> Gallery:
    """The gallery that this camera may look for now; empty when nothing is authorised or the camera is gone.

    An entry of which nothing can be read is left out and logged as an error; the others are looked for. Raises
    DatabaseError.
    """
    rows = _rows(camera_id)
    version = _version(rows)
    if not rows:
        return Gallery.empty(EMPTY)
    with _lock:
        return _shelved(version) or _read(rows, version)


def _rows(camera_id: int) -> Rows:
    cameras = Camera.objects.filter(pk=camera_id, place__in=Camera.RECOGNISED_PLACES)
    school = cameras.values_list("school_id", flat=True).first()
    if school is None:
        return []
    authorised = Authorisation.objects.in_force().filter(school=school)
    entries = (
        Entry.objects.active()
        .filter(category__in=authorised.values("categories"))
        .filter(Q(every_school=True) | Q(schools=school))
    )
    photographs = Photograph.objects.filter(entry__in=entries.values("pk"))
    counted = Coalesce("entry__histogram__used_passers_by", 0)
    matched = Coalesce("entry__histogram__strangers_matched", 0)
    return sorted(photographs.values_list("entry_id", "template", counted, matched))


def _version(rows: Rows) -> str:
    if not rows:
        return EMPTY
    # A template's name is drawn at random when it is written, and what lies under a name never changes.
    evaluation = Evaluation.objects.values_list("pk", flat=True).first()
    words = [f"{settings.LOCKPORT_FALSE_ALARM_BUDGET} {settings.LOCKPORT_PEOPLE} {evaluation}"]
    words += [" ".join(map(str, row)) for row in rows]
    version = hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
    return f"{version}-{int(time.time() / RETRY_SECONDS)}" if version in _incomplete else version


def _shelved(version: str) -> Gallery | None:
    for old in [name for name, shelved in _shelf.items() if shelved[-1]() is None]:
        del _shelf[old]
    if version not in _shelf:
        return None
    entries, closeness, threshold, marks, templates = _shelf[version]
    vectors = templates()
    return None if vectors is None else Gallery(entries, vectors, closeness, threshold, version, marks)


def _read(rows: Rows, version: str) -> Gallery:
    people: dict[int, list[Floats]] = {}
    names: dict[int, list[str]] = {}
    for entry, group in groupby(rows, key=lambda row: row[0]):
        names[entry] = [name for _, name, *_ in group]
        if vectors := readable_templates(entry, names[entry]):
            people[entry] = vectors
    _note_whether_complete(version, sum(map(len, people.values())) == len(rows))
    if not people or not _grant(len(people)):
        return Gallery.empty(version)
    means = np.stack([np.mean(vectors, axis=0, dtype=np.float32) for vectors in people.values()])
    # Of an entry that is not whole the mark says so: what passes it is not counted as passing the whole one.
    marks = tuple(mark_of(names[entry]) + "?" * (len(people[entry]) < len(names[entry])) for entry in people)
    closeness = offsets_of(list(people), marks, means)
    threshold = threshold_for(len(people), fpir=settings.LOCKPORT_FALSE_ALARM_BUDGET)
    _shelf[version] = tuple(people), closeness, threshold, marks, weakref.ref(means)
    return Gallery(tuple(people), means, closeness, threshold, version, marks)


def _grant(size: int) -> bool:
    """Whether recognition was evaluated for a gallery of this size; where it was not, nobody is looked for, loudly."""
    verdict = recognition_allowed(size)
    if not verdict.allowed:
        logger.error("No face is compared: %s", verdict.reason)
    return verdict.allowed


def mark_of(names: Iterable[str]) -> str:
    """A name for what an entry's template is made of, from the names of its photographs' templates."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:32]


def offsets_of(entries: Sequence[int], marks: Sequence[str], means: Floats) -> Floats:
    """The offset of each entry with its mark and its template (n, 128), as far as passers-by were counted: (n,)."""
    rows = EntryHistogram.objects.filter(entry__in=entries).defer("counts")
    counted = {(row.entry_id, row.mark): (used_tally(row), row.strangers_matched) for row in rows}
    found = [counted.get(subject, (Tally.empty(), 0)) for subject in zip(entries, marks, strict=True)]
    tallies, matched = [tally for tally, _ in found], [strangers for _, strangers in found]
    estimates = learn(tallies, means, people=settings.LOCKPORT_PEOPLE, strangers_matched=matched)
    return np.array([estimate.cautious() for estimate in estimates], np.float32)


def used_tally(row: EntryHistogram) -> Tally:
    """What galleries go by. Counts that cannot be read count for nothing, and an error is logged."""
    try:
        return Tally(Histogram.from_bytes(bytes(row.used_counts)), row.used_beyond)
    except ValueError as error:
        logger.error("Entry %d: %s", row.entry_id, error)
        return Tally.empty()


def _note_whether_complete(version: str, complete: bool) -> None:
    plain_version = version.split("-")[0]
    if complete:
        _incomplete.discard(plain_version)
    else:
        _incomplete.add(plain_version)


def readable_templates(entry: int, names: Iterable[str]) -> list[Floats]:
    """Those templates of an entry that can be read; for the others an error is logged."""
    vectors = []
    for name in names:
        try:
            vectors.append(read_template(name))
        except (Unreadable, OSError) as error:
            logger.error(
                "Entry %d: a template cannot be read (%s); nobody is found by it.", entry, type(error).__name__
            )
    return vectors


def read_template(name: str) -> Floats:
    """A template from the vault: (128,) float32. Raises Unreadable or OSError."""
    with storages["vault"].open(name) as stream:
        content = stream.read()
    vector = np.frombuffer(content, "<f4") if len(content) == 4 * DIMENSIONS else np.full(1, np.nan)
    if not np.isfinite(vector).all():
        raise Unreadable(f"{name} is not a template of {DIMENSIONS} numbers.")
    return vector.astype(np.float32)
