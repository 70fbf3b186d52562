"""Break-glass: in an emergency a person lets themselves see everything at one school for an hour.

It is the one grant that somebody gives themselves. It needs a role that sees alerts, a reason, and a fresh proof of
who it is; it is written in the access log as such, stays on the privacy officer's pages until they say that they have
seen it, and ends by itself. The other half is `lockport/break_glass.py`.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record_access
from cameras.models import School
from lockport.models import BrokenGlass
from watchlist.grants import grant_set, grants_held
from watchlist.models import Category
from watchlist.services import Refused

LASTS = timedelta(hours=1)
SHORTEST_REASON = 15


@transaction.atomic
def glass_break(*, person: User, school: School, reason: str, actor: Actor) -> BrokenGlass:
    """Grant this school and every category for an hour; longer grants stay. Raises Refused without a reason."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Say in a sentence what has happened: the privacy officer reads it."))
    until = timezone.now() + LASTS
    record_access(actor=actor, action="broke the glass", subject=school, reason=reason)
    held = {grant.row: grant.until for grant in grants_held(person)}
    for row in (school, *Category.objects.all()):  # the school covers each of its cameras
        ends = held.get(row, timezone.now())
        if ends is not None and ends < until:
            grant_set(to=person, row=row, actor=actor, until=until, reason="broken glass")
    return BrokenGlass.objects.create(person=person, school=school.name, reason=reason[:500], until=until)
