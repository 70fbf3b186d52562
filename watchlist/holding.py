"""What the watchlist holds in the vault, for retention: an entry goes on its own day, and at once when withdrawn."""

from datetime import datetime

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from audit.services import Actor
from retention.registry import DayStored, Destroyed, Holding, Spared, register
from watchlist.destruction import ENDED, KIND, existing, names_of, owners, remove_files
from watchlist.models import Entry, Photograph
from watchlist.services import entries_end_due, entry_end


def destroy_due(now: datetime, size: int, spare: Spared) -> Destroyed:
    return Destroyed(entries_end_due(now=now, most=size, actor=Actor.worker()))


def destroy_owner(owner: str) -> Destroyed:
    """End an entry whose key is gone: a restored database brought it back."""
    row = Entry.objects.filter(vault_id=owner.rpartition("/")[2]).exclude(status__in=ENDED).first()
    if row is None:
        remove_files(owner)
        return Destroyed()
    entry_end(entry=row, reason="It had ended before the database was restored.", actor=Actor.worker())
    return Destroyed(1)


def _first_due(spare: Spared) -> datetime | None:
    rows = Entry.objects.exclude(status__in=ENDED).order_by("expires_at")
    return rows.values_list("expires_at", flat=True).first()


def _stored_per_day() -> list[DayStored]:
    rows = Photograph.objects.annotate(day=TruncDate("added_at")).values("day").order_by("day")
    return [DayStored(row["day"], row["count"], 0) for row in rows.annotate(count=Count("pk"))]


def register_entries() -> None:
    register(
        Holding(
            kind=KIND,
            title=_("Watchlist photographs and templates"),
            keep=lambda: None,
            destroy_due=destroy_due,
            destroy_owner=destroy_owner,
            existing=existing,
            names=names_of,
            owners=owners,
            first_due=_first_due,
            stored_per_day=_stored_per_day,
        )
    )
