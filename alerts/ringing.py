"""What rings at the privacy officers when somebody breaks the glass: an e-mail, and every place they have set up.

Breaking it is in `watchlist/glass.py`, below this app: like an alert's event, the row itself is the outbox. It is
worked off once, whoever looks first, and what could not be sent is tried again like every notice.
"""

import logging

from django.db import transaction

from alerts.destinations import Destination
from alerts.notices import Notice
from lockport.break_glass import officers
from lockport.models import BrokenGlass

logger = logging.getLogger(__name__)


def glass_ring() -> int:
    """Make the notices about each breaking that nobody was told of yet; return how many were worked off."""
    return sum(_ring(number) for number in list(BrokenGlass.objects.filter(told=False).values_list("pk", flat=True)))


@transaction.atomic
def _ring(number: int) -> bool:
    # Whoever changes the flag makes the notices; another worker finds it changed.
    if not BrokenGlass.objects.filter(pk=number, told=False).update(told=True):
        return False
    glass = BrokenGlass.objects.get(pk=number)
    told = [person for person in officers() if person.pk != glass.person_id]
    notices = [Notice(glass=glass, kind=Notice.Kind.GLASS, to=person) for person in told if person.email]
    places = Destination.objects.filter(owner__in=told)
    notices += [Notice(glass=glass, kind=Notice.Kind.GLASS, destination=place) for place in places]
    if not notices:
        logger.error("The glass was broken and nobody can be told: no privacy officer has an e-mail address")
    Notice.objects.bulk_create(notices)
    return True
