"""What the privacy officer sees of broken glass. Breaking it is in `watchlist/glass.py`, above the grants it gives.

What is sent about it is made in `alerts/ringing.py`.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.places import zone_of, zones
from audit.services import Actor, record_access
from lockport.models import BrokenGlass

READS = "audit.view_accessrecord"


def officers() -> list[User]:
    """Whoever reads the access log by their role; superusers read it only because they may do everything."""
    backend = "django.contrib.auth.backends.ModelBackend"
    return list(User.objects.with_perm(READS, include_superusers=False, backend=backend))


def open_ones() -> QuerySet[BrokenGlass]:
    """Each time somebody broke the glass and no privacy officer has answered for having seen it, the newest first."""
    return BrokenGlass.objects.filter(seen_by__isnull=True).select_related("person")


def with_zones(rows: Iterable[BrokenGlass]) -> list[BrokenGlass]:
    """Each with `zone`, its school's, for saying its times."""
    found = list(rows)
    known = zones() if found else {}
    for row in found:
        setattr(row, "zone", zone_of(row.school, known))  # noqa: B010
    return found


@transaction.atomic
def glass_seen(*, glass: BrokenGlass, by: User, actor: Actor) -> None:
    """Note that a privacy officer has seen it; the notice goes. Raises IntegrityError for one's own."""
    row = BrokenGlass.objects.select_for_update().get(pk=glass.pk)
    if row.seen_by_id is None:
        record_access(actor=actor, action="saw that the glass was broken by", subject=row.person, reason=row.reason)
        row.seen_by, row.seen_at = by, timezone.now()
        row.save(update_fields=["seen_by", "seen_at"])
