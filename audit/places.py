"""The schools' time zones, for saying when something happened there. The room that owns schools registers them."""

from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

Zones = dict[str, ZoneInfo]

_find: list[Callable[[], Zones]] = []


def register(find: Callable[[], Zones]) -> None:
    """`find` returns the zone of each school by its name; it is asked anew each time."""
    _find[:] = [find]


def zones() -> Zones:
    """The zone of each school by its name; empty where no room has registered any."""
    return _find[0]() if _find else {}


def zone_of(school: str, known: Zones | None = None) -> ZoneInfo:
    """The zone of the school of this name; the district's own where there is none (any more)."""
    known = zones() if known is None else known
    return known.get(school) or usual_zone(known)


def usual_zone(known: Zones | None = None) -> ZoneInfo:
    """The zone that most schools share: the district's own. UTC where there are no schools."""
    counted = Counter((zones() if known is None else known).values()).most_common(1)
    return counted[0][0] if counted else ZoneInfo("UTC")
