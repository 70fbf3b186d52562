"""Legal holds: what they spare, copying what they name under their own key, ending them. A holding like any other."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record_access
from retention.files import remove_folder, size_of, vault
from retention.models import HeldCopy, Hold
from retention.registry import DayStored, Destroyed, HeldFile, Holding, Span, Spared, holdings, register, uuids
from retention.vault import destroy_key

KIND = "holds"
LATEST = timedelta(hours=1)  # recordings younger than this may still be on their way into the index


def spared() -> Spared:
    """What the purge must leave alone now: held alerts, and recordings that are not yet copied."""
    alerts, spans = set(), []
    for hold in Hold.objects.in_force():
        if hold.alert is not None:
            alerts.add(hold.alert)
        elif (span := not_copied(hold)) is not None:
            spans.append(span)
    return Spared(frozenset(alerts), tuple(spans))


def not_copied(hold: Hold) -> Span | None:
    """The part of a hold's period that is not yet under the hold's key."""
    if hold.camera is None or hold.period_start is None or hold.period_end is None:
        return None
    start = max(hold.period_start, hold.copied_to or hold.period_start)
    return Span(hold.camera, start, hold.period_end) if start < hold.period_end else None


def copy_held(now: datetime) -> int:
    """Copy what holds in force name and is not copied yet; returns how many files. Raises OSError and Unreadable.

    A copy is whole before it counts, and what was copied stays so: an interruption is made good by the next call.
    """
    copied = 0
    for hold in Hold.objects.in_force().filter(camera__isnull=False):
        span = not_copied(hold)
        if span is None:
            continue
        for holding in holdings():
            if holding.held_files is not None:
                copied += sum(_copy(hold, file) for file in holding.held_files(span))
        upto = min(span.end, now - LATEST)
        if upto > span.start:
            Hold.objects.filter(pk=hold.pk).update(copied_to=upto)
    return copied


def _copy(hold: Hold, file: HeldFile) -> int:
    """Encrypt one file anew under the hold's key. A name that is taken is of a copy whose row was not written."""
    if HeldCopy.objects.filter(hold=hold, source=file.name).exists():
        return 0
    with vault().open(file.name) as stream:
        content = stream.read()
    name = f"{hold.owner}/{file.name.replace('/', '--')}"
    vault().delete(name)
    vault().save(name, ContentFile(content))
    HeldCopy.objects.create(
        hold=hold,
        source=file.name,
        file=name,
        start=file.start,
        end=file.end,
        size=size_of(name),
        about=dict(file.about),
    )
    return 1


def copies_of(span: Span) -> list[HeldCopy]:
    """What holds in force keep of a camera's time, in order. What two holds keep comes twice."""
    copies = HeldCopy.objects.filter(hold__in=Hold.objects.in_force().filter(camera=span.camera))
    return list(copies.filter(start__lt=span.end, end__gt=span.start).order_by("start"))


def held_periods(camera: int) -> list[tuple[datetime, datetime, datetime]]:
    """What is kept of a camera for holds in force: from, to, and until when at the latest, in order."""
    rows = Hold.objects.in_force().filter(camera=camera, copies__isnull=False)
    found = rows.annotate(first=Min("copies__start"), last=Max("copies__end")).order_by("first")
    return list(found.values_list("first", "last", "until"))


def destroy_due(now: datetime, size: int, spare: Spared) -> Destroyed:
    """End the holds whose last moment has come: their copies and keys die at once."""
    done = Destroyed()
    for hold in Hold.objects.in_force().filter(until__lte=now).order_by("until")[:size]:
        record_access(actor=Actor.worker(), action="ended", subject=hold, reason="Its last day has come.")
        done += _clear(hold)
        Hold.objects.filter(pk=hold.pk).update(ended_at=now)
    return done


def destroy_owner(owner: str) -> Destroyed:
    done = Destroyed()
    for hold in Hold.objects.filter(handle__in=uuids([owner])):
        done += _clear(hold)
    return done


def _clear(hold: Hold) -> Destroyed:
    copies = hold.copies.aggregate(size=Sum("size"))
    destroy_key(hold.owner)
    errors = remove_folder(hold.owner)
    hold.copies.all().delete()
    return Destroyed(1, copies["size"] or 0, errors)


def _existing(owners: Collection[str]) -> set[str]:
    handles = uuids(owners)
    return {hold.owner for hold in Hold.objects.in_force().filter(handle__in=handles)}


def _names(owner: str) -> set[str]:
    return set(HeldCopy.objects.filter(hold__handle__in=uuids([owner])).values_list("file", flat=True))


def _owners() -> Iterable[str]:
    return (hold.owner for hold in Hold.objects.in_force().filter(copies__isnull=False).distinct())


def _first_due(spare: Spared) -> datetime | None:
    return Hold.objects.in_force().order_by("until").values_list("until", flat=True).first()


def _stored_per_day() -> list[DayStored]:
    rows = HeldCopy.objects.annotate(day=TruncDate("start")).values("day").order_by("day")
    return [
        DayStored(row["day"], row["count"], row["size"] or 0)
        for row in rows.annotate(count=Count("pk"), size=Sum("size"))
    ]


def register_holds() -> None:
    register(
        Holding(
            kind=KIND,
            title=_("Copies for legal holds"),
            keep=lambda: None,
            destroy_due=destroy_due,
            destroy_owner=destroy_owner,
            existing=_existing,
            names=_names,
            owners=_owners,
            first_due=_first_due,
            stored_per_day=_stored_per_day,
        )
    )
