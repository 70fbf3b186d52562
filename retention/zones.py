"""Whose clock a hold goes by: that of the school whose camera or alert it names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from audit.places import usual_zone
from lockport.access import Person
from retention.models import Hold
from retention.registry import Holding, holding_of


def zone_of(kind: str, number: int | None, seer: Person | None) -> ZoneInfo:
    """The zone of one camera ("recordings") or alert ("alerts"); the district's own for one that is not to be seen."""
    return _zones(kind, {number} if number else set(), seer).get(number or 0) or usual_zone()


def with_zones(holds: Iterable[Hold]) -> list[Hold]:
    """Each with `zone`, for saying its times."""
    rows = list(holds)
    cameras = _zones("recordings", {row.camera for row in rows if row.camera}, None)
    alerts = _zones("alerts", {row.alert for row in rows if row.alert}, None)
    usual = usual_zone()
    for row in rows:
        setattr(row, "zone", cameras.get(row.camera or 0) or alerts.get(row.alert or 0) or usual)  # noqa: B010
    return rows


def moments(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Times that a clock on the wall showed, as moments.

    When clocks change a time comes twice, or never: then the longer period counts, and nothing asked for is lost.
    """
    return min(_both(start, zone)), max(_both(end, zone))


def _both(shown: datetime, zone: ZoneInfo) -> list[datetime]:
    utc = ZoneInfo("UTC")
    return [shown.replace(tzinfo=zone, fold=fold).astimezone(utc) for fold in (0, 1)]


def _zones(kind: str, numbers: set[Any], seer: Person | None) -> dict[int, ZoneInfo]:
    holding: Holding | None = holding_of(f"{kind}/")
    if not numbers or holding is None or holding.visible is None or holding.zone is None:
        return {}
    return {row.pk: holding.zone(row) for row in holding.visible(seer).filter(pk__in=numbers)}
