"""What each app holds, and how it is destroyed: an app registers a Holding in its `AppConfig.ready()`.

    from retention.registry import Holding, register
    register(Holding(kind="recordings", title="Recordings", keep=policy.recordings, ...))

The contract, with words used throughout:

- An *owner* is "<kind>/<id>", such as "recordings/12-20260301": the first two parts of the names of its files in the
  vault (`retention.vault.Vault`), and the name of its data key. The first write makes the key; `destroy_key(owner)`
  inside a transaction destroys it when that transaction commits (or shortly after, if the process dies in between).
  An owner that was destroyed never gets a key again, so an id is used once: a UUID, not a primary key, which a
  restored database gives a second time. (Camera and day is as good: no day comes twice.)
- `destroy_due` is called again and again, each time in a transaction of its own that no other purger shares, until it
  destroys nothing more. It destroys the oldest `size` artefacts whose time has come at `now`, files first, then rows
  (so that a crash in between is finished by the next call), and the owner's key when nothing is left under it. A file
  that is missing already is no error; one that cannot be deleted is counted in `errors` and its row deleted all the
  same: the sweeper finds the file. It leaves alone what `spare` names.
- The sweeper trusts files and keys, not the index: it asks `existing` about every key and folder it finds, and `names`
  about the files in it, and destroys what no row claims once it is an hour old. So write the row within an hour of
  the file, and never let a row refer to a file of another owner.
- `destroy_owner` makes away with all rows, files and the key of one owner, whatever their age. It is called for owners
  whose key is gone (a restored database brought the rows back). It may be called twice.

All moments are aware, all sizes are bytes of ciphertext. Raises DatabaseError and OSError where they happen; what a
batch did before is kept.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from lockport.access import Person


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What one call destroyed: artefacts (rows), their bytes in the vault, and what could not be deleted."""

    count: int = 0
    size: int = 0
    errors: tuple[str, ...] = ()

    def __add__(self, other: "Destroyed") -> "Destroyed":
        return Destroyed(self.count + other.count, self.size + other.size, self.errors + other.errors)


@dataclass(frozen=True, slots=True)
class Span:
    """A camera (its primary key) from `start` up to, not including, `end`."""

    camera: int
    start: datetime
    end: datetime

    def touches(self, camera: int, start: datetime, end: datetime) -> bool:
        return self.camera == camera and self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Spared:
    """What a legal hold in force keeps from being destroyed: alerts by primary key, and recordings not yet copied."""

    alerts: frozenset[int] = frozenset()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DayStored:
    """How much lies there from one day (UTC)."""

    day: date
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that a hold names, to be encrypted anew under the hold's own key: its vault name and when it was.

    `about` is what its holder must still know to show it, once its own row is gone (for JSON).
    """

    name: str
    start: datetime
    end: datetime
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One kind of thing that an app keeps in the vault."""

    kind: str  # the first part of its owners' names
    title: Any  # for people, in the plural: "Recordings"; lazy, so that it is in the reader's language
    # How long each is kept, asked anew each time (settings may shorten it); None: each has a date of its own.
    keep: Callable[[], timedelta | None]
    destroy_due: Callable[[datetime, int, Spared], Destroyed]  # (now, size, spare)
    destroy_owner: Callable[[str], Destroyed]
    # Of these owners, those that rows refer to.
    existing: Callable[[Collection[str]], set[str]]
    # The names of the files that rows of this owner refer to.
    names: Callable[[str], set[str]]
    # All owners that rows refer to, once each.
    owners: Callable[[], Iterable[str]]
    # When the artefact that expires first is to be destroyed, leaving out what is spared; None when there is none.
    first_due: Callable[[Spared], datetime | None]
    # How much there is of each day, oldest first; days without anything may be left out.
    stored_per_day: Callable[[], list[DayStored]]
    # The files that a hold on a camera's span names; only for what is copied into a hold (recordings).
    held_files: Callable[[Span], Iterable[HeldFile]] | None = None
    # What a hold names, in words: of an alert's primary key ("alerts") or a camera's ("recordings"); None for none.
    describe: Callable[[int], str | None] | None = None
    # Those of them (alerts; for recordings: cameras) that a person may see, or all for None: no hold on others.
    visible: Callable[[Person | None], QuerySet] | None = None
    # The time zone of the school that one of them is at.
    zone: Callable[[Any], ZoneInfo] | None = None


def uuids(owners: Collection[str]) -> list[UUID]:
    """The UUIDs that owners' names end with, leaving out what somebody else put there."""
    found = []
    for owner in owners:
        with suppress(ValueError):
            found.append(UUID(owner.rpartition("/")[2]))
    return found


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Add a holding; a second one of the same kind takes the place of the first."""
    _holdings[holding.kind] = holding


def holdings() -> list[Holding]:
    """All holdings, in the order of their kinds."""
    return [_holdings[kind] for kind in sorted(_holdings)]


def holding_of(owner: str) -> Holding | None:
    """The holding that an owner ("<kind>/<id>") belongs to."""
    return _holdings.get(owner.partition("/")[0])
