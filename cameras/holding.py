"""What cameras hold in the vault, for retention: recordings, with a key for each camera and day, and exports."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera, Export, Gap, Segment, recording_owner
from lockport.access import Person
from retention.checks import policy
from retention.files import delete_files, remove_folder, size_of, size_under
from retention.policy import cutoff
from retention.registry import DayStored, Destroyed, HeldFile, Holding, Span, Spared, register, uuids
from retention.vault import destroy_key

RECORDINGS, EXPORTS = "recordings", "exports"
DAY = timedelta(days=1)


def recordings_destroy_due(now: datetime, size: int, spare: Spared) -> Destroyed:
    """The oldest segments that are due, camera by camera; then the keys of the days of which nothing is left."""
    limit = cutoff(now, policy().recordings)
    rows: list[Segment] = []
    for camera in _with_recordings("start").filter(first__lte=limit).order_by("first").values_list("pk", flat=True):
        due = _not_spared(Segment.objects.filter(camera=camera, start__lte=limit, end__lte=limit), spare)
        rows += due.order_by("start")[: size - len(rows)]
        if len(rows) >= size:
            break
    names = [row.name for row in rows]
    stored, errors = sum(size_of(name) for name in names), delete_files(names)
    Segment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    Gap.objects.filter(end__lte=limit).delete()
    for owner in {row.owner for row in rows}:
        if not _of_owner(owner).exists() and _day(owner)[1] + DAY <= now:
            destroy_key(owner)
            errors += remove_folder(owner)
    return Destroyed(len(rows), stored, errors)


def recordings_destroy_owner(owner: str) -> Destroyed:
    destroy_key(owner)
    stored = size_under(owner)
    errors = remove_folder(owner)
    count, _ = _of_owner(owner).delete()
    return Destroyed(count, stored, errors)


def _with_recordings(column: str) -> Any:
    """Cameras with `first`, the oldest segment's start or end: one look into the index for each."""
    first = Segment.objects.filter(camera=OuterRef("pk")).order_by("start").values(column)[:1]
    return Camera.objects.annotate(first=Subquery(first)).filter(first__isnull=False)


def _not_spared(rows: QuerySet[Segment], spare: Spared) -> QuerySet[Segment]:
    for span in spare.spans:
        rows = rows.exclude(Q(camera=span.camera, start__lt=span.end, end__gt=span.start))
    return rows


def _day(owner: str) -> tuple[int, datetime]:
    """The camera and the beginning of the day (UTC) of "recordings/<camera>-<yyyymmdd>"."""
    camera, _, day = owner.rpartition("/")[2].rpartition("-")
    return int(camera), datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)


def _of_owner(owner: str) -> QuerySet[Segment]:
    try:
        camera, start = _day(owner)
    except ValueError:  # a folder that somebody else made
        return Segment.objects.none()
    return Segment.objects.filter(camera=camera, start__gte=start, start__lt=start + DAY)


def _recording_owners() -> Iterator[str]:
    """One look into the index for each camera and day, rather than at each of very many rows."""
    newest = Segment.objects.filter(camera=OuterRef("pk")).order_by("-start").values("start")[:1]
    rows = _with_recordings("start").annotate(last=Subquery(newest)).order_by("pk")
    for camera, first, last in rows.values_list("pk", "first", "last"):
        day = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        while day <= last:
            owner = recording_owner(camera, day)
            if _of_owner(owner).exists():
                yield owner
            day += DAY


def _recordings_first_due(spare: Spared) -> datetime | None:
    ends = list(
        _with_recordings("end").exclude(pk__in=[span.camera for span in spare.spans]).values_list("first", flat=True)
    )
    for camera in {span.camera for span in spare.spans}:
        rows = _not_spared(Segment.objects.filter(camera=camera), spare).order_by("start")
        ends += rows.values_list("end", flat=True)[:1]
    return min(ends) + policy().recordings if ends else None


def _recordings_per_day() -> list[DayStored]:
    rows = Segment.objects.annotate(day=TruncDate("start", tzinfo=UTC)).values("day").order_by("day")
    return [
        DayStored(row["day"], row["count"], row["total"]) for row in rows.annotate(count=Count("pk"), total=Sum("size"))
    ]


def _held_files(span: Span) -> Iterable[HeldFile]:
    rows = Segment.objects.filter(camera=span.camera, start__lt=span.end, end__gt=span.start).order_by("start")
    return (
        HeldFile(row.name, row.start, row.end, {"codec": row.codec, "track": row.track, "motion": row.has_motion})
        for row in rows.iterator()
    )


def _visible(person: Person | None) -> QuerySet[Camera]:
    rows = Camera.objects.all() if person is None else Camera.objects.visible_to(person)
    return rows.select_related("school").defer("address", "usual_view")


def _describe(number: int) -> str | None:
    camera = _visible(None).filter(pk=number).first()
    return None if camera is None else str(camera)


def exports_destroy_due(now: datetime, size: int, spare: Spared) -> Destroyed:
    """The oldest exports that are due, asked for and never made ones too: key, files, row."""
    rows = Export.objects.filter(asked_at__lte=cutoff(now, policy().exports)).order_by("asked_at")[:size]
    return _destroy_exports(list(rows))


def _destroy_exports(rows: list[Export]) -> Destroyed:
    stored, errors = 0, tuple[str, ...]()
    for row in rows:
        destroy_key(row.owner)
        stored += size_under(row.owner)
        errors += remove_folder(row.owner)
    Export.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return Destroyed(len(rows), stored, errors)


def _exports_existing(owners: Collection[str]) -> set[str]:
    return {row.owner for row in Export.objects.filter(handle__in=uuids(owners)).only("handle")}


def _exports_names(owner: str) -> set[str]:
    rows = Export.objects.filter(handle__in=uuids([owner])).values_list("file", "manifest")
    return {name for row in rows for name in row if name}


def _exports_first_due(spare: Spared) -> datetime | None:
    first = Export.objects.order_by("asked_at").values_list("asked_at", flat=True).first()
    return None if first is None else first + policy().exports


def _exports_per_day() -> list[DayStored]:
    rows = Export.objects.annotate(day=TruncDate("asked_at", tzinfo=UTC)).values("day").order_by("day")
    return [DayStored(row["day"], row["count"], 0) for row in rows.annotate(count=Count("pk"))]


def register_cameras() -> None:
    register(
        Holding(
            kind=RECORDINGS,
            title=_("Recordings"),
            keep=lambda: policy().recordings,
            destroy_due=recordings_destroy_due,
            destroy_owner=recordings_destroy_owner,
            existing=lambda owners: {owner for owner in owners if _of_owner(owner).exists()},
            names=lambda owner: {row.name for row in _of_owner(owner)},
            owners=_recording_owners,
            first_due=_recordings_first_due,
            stored_per_day=_recordings_per_day,
            held_files=_held_files,
            describe=_describe,
            visible=_visible,
            zone=lambda camera: camera.school.zone,
        )
    )
    register(
        Holding(
            kind=EXPORTS,
            title=_("Exports"),
            keep=lambda: policy().exports,
            destroy_due=exports_destroy_due,
            destroy_owner=lambda owner: _destroy_exports(list(Export.objects.filter(handle__in=uuids([owner])))),
            existing=_exports_existing,
            names=_exports_names,
            owners=lambda: (row.owner for row in Export.objects.only("handle").iterator()),
            first_due=_exports_first_due,
            stored_per_day=_exports_per_day,
        )
    )
