"""Reading the access log for the privacy officer: newest first, a page at a time, in bounded time however long it is.

Every condition has an index that ends in the time, so one condition alone is answered from the end of an index. Of
several together each index could have to be walked far to find few rows; so only the newest MOST_WALKED records of
the condition that reaches furthest back are looked through, and the page says how far back that was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from audit.acts import actions_of
from audit.filters import WORKERS, Filter
from audit.models import AccessRecord
from lockport.years import TAKEN

A_PAGE = 50
MOST_WALKED = 3_000
MOST_COUNTED = 1_000  # records of a summary
LONGEST_SUMMARY = 12

Rows = QuerySet[AccessRecord]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in the log before which to go on: a moment, and the number among the records of that moment."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises ValueError for what is no cursor."""
        at, _, pk = text.partition("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or moment.year not in TAKEN or len(pk) > 19:
            raise ValueError("A cursor is a moment with its zone and a number.")
        return cls(moment, int(pk))


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, newest first; where the next page begins; how far back was looked, None for as far as asked."""

    records: list[AccessRecord]
    following: Cursor | None
    looked_back_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of a summary: whom or what it counts, how often, and when first and last."""

    name: str
    value: str
    count: int
    first: datetime
    last: datetime


def page(wanted: Filter, before: Cursor | None = None, size: int = A_PAGE) -> Page:
    """The newest `size` records that the filter asks for, before the cursor."""
    found: list[AccessRecord] = []
    floors: list[datetime] = []
    # Each action has its own stretch of the index: asked one by one they all come newest first.
    for action in wanted.actions or [""]:
        rows, floor = _branch(wanted, action, before)
        found += rows[: size + 1]
        floors += [floor] if floor else []
    floor = max(floors, default=None)
    found = sorted((row for row in found if floor is None or row.at >= floor), key=_newest_first)
    if len(found) > size:
        last = found[size - 1]
        return Page(found[:size], Cursor(last.at, last.pk), None)
    return Page(found, Cursor(floor, 0) if floor else None, floor)


def _newest_first(row: AccessRecord) -> tuple[float, int]:
    return -row.at.timestamp(), -row.pk


def _branch(wanted: Filter, action: str, before: Cursor | None) -> tuple[Rows, datetime | None]:
    """The rows of one action (or of all), and the moment at which looking stops, None where it does not."""
    rows = _within(AccessRecord.objects.order_by("-at", "-pk"), wanted, before)
    conditions = _conditions(wanted, action)
    floor = None
    if len(conditions) > 1:
        floors = [_floor(rows.filter(condition), MOST_WALKED) for condition in conditions]
        reaching = [found for found in floors if found]
        floor = min(reaching) if len(reaching) == len(floors) else None
    for condition in conditions:
        rows = rows.filter(condition)
    return rows.filter(at__gte=floor) if floor else rows, floor


def _floor(rows: Rows, most: int) -> datetime | None:
    """The moment of the record with which `most` are reached; None where there are fewer."""
    # Ordered by the time alone the index answers by itself, without the rows.
    return rows.order_by("-at").values_list("at", flat=True)[most : most + 1].first()


def _within(rows: Rows, wanted: Filter, before: Cursor | None) -> Rows:
    if wanted.begins:
        rows = rows.filter(at__gte=wanted.begins)
    if wanted.ends:
        rows = rows.filter(at__lt=wanted.ends)
    if before:
        rows = rows.filter(at__lte=before.at).filter(Q(at__lt=before.at) | Q(pk__lt=before.pk))
    return rows


def _conditions(wanted: Filter, action: str) -> list[Q]:
    """What is asked besides the time, each answered by an index of its own."""
    kind, _, number = wanted.subject.partition(" ")
    pairs = [
        (wanted.who, _actor(wanted.who)),
        (wanted.about, Q(about=wanted.about)),
        (wanted.subject, Q(subject_kind=kind, subject_id=number)),
        (wanted.school, Q(school=wanted.school)),
        (wanted.result, Q(result=wanted.result)),
        (action, Q(action=action)),
    ]
    return [condition for given, condition in pairs if given]


def _actor(who: str) -> Q:
    return Q(actor_id=None, actor_kind=who) if who in WORKERS else Q(actor_id=int(who or 0))


def everything(wanted: Filter, *, until: Cursor, size: int = 2000) -> Iterable[list[AccessRecord]]:
    """All records that the filter asks for, before `until`, newest first, in pieces of at most `size`."""
    following: Cursor | None = until
    while following:
        piece = page(wanted, following, size)
        following = piece.following
        yield piece.records


def seen_by(wanted: Filter) -> list[Tally]:
    """Who has looked at the enrolled person or the subject asked for: the most frequent first."""
    rows = _newest_looks(wanted)
    groups = rows.values("actor_id", "actor_name", "actor_kind")
    return [
        Tally(row["actor_name"], str(row["actor_id"] or row["actor_kind"]), row["count"], row["first"], row["last"])
        for row in _counted(groups)
    ]


def has_seen(wanted: Filter) -> list[Tally]:
    """Which enrolled people the account asked for has looked at: the most frequent first."""
    groups = _newest_looks(wanted).exclude(about="").values("about")
    return [Tally(row["about"], row["about"], row["count"], row["first"], row["last"]) for row in _counted(groups)]


def _newest_looks(wanted: Filter) -> Rows:
    """The looks among the newest MOST_COUNTED records of the one condition that is asked for."""
    rows, _ = _branch(wanted, "", None)
    floor = _floor(rows, MOST_COUNTED)
    looks = rows.order_by().filter(action__in=actions_of("look"), result=AccessRecord.Result.DONE)
    return looks.filter(at__gte=floor) if floor else looks


def _counted(groups: QuerySet) -> QuerySet:
    return groups.annotate(count=Count("pk"), first=Min("at"), last=Max("at")).order_by("-count")[:LONGEST_SUMMARY]


def people() -> list[tuple[str, str]]:
    """Every account that can have acted, by number and name; switched off ones, too."""
    columns = ("first_name", "last_name", "username")
    rows = get_user_model().objects.order_by(*columns).values_list("pk", *columns)
    return [(str(number), f"{first} {last}".strip() or account) for number, first, last, account in rows]


def glass_broken(since: timedelta = timedelta(days=1)) -> list[AccessRecord]:
    """Who broke the glass, to see without a grant, in the last day."""
    rows = AccessRecord.objects.filter(action="broke the glass", at__gte=timezone.now() - since)
    return list(rows.order_by("-at", "-pk")[:A_PAGE])
