"""Setting up where one is told: adding a destination, removing it, trying it out."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alerts.destinations import Destination, kind_of
from alerts.notices import Notice
from audit.services import Actor, record_access
from lockport.access import Person

MOST = 10  # destinations of one person
MOST_TESTS = 5  # of one destination that wait to be sent


class Refused(Exception):
    """The message says why, for the person who asked."""


@transaction.atomic
def destination_add(*, person: Person, actor: Actor, address: str, **values: Any) -> Destination:
    """Add a place at which to be told; `values` are the fields of Destination. Raises AddressRefused and Refused."""
    address = address.strip()
    kind = kind_of(address)
    if Destination.objects.filter(owner=person.pk).count() >= MOST:
        raise Refused(_("You have %(number)s of these already. Remove one first.") % {"number": MOST})
    chosen = {name: values.pop(name, []) for name in ("schools", "categories")}
    language = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    row = Destination(owner=cast(User, person), kind=kind, address=address, language=language, **values)
    record_access(actor=actor, action="set up", subject=f"notifications by {row.kind_words} for {person}")
    row.save()
    for name, rows in chosen.items():
        getattr(row, name).set(rows)
    return row


@transaction.atomic
def destination_remove(*, destination: Destination, actor: Actor) -> None:
    """Forget the address, and with it every notice that still waits for it."""
    subject = f"notifications by {destination.kind_words} for {destination.owner}"
    record_access(actor=actor, action="removed", subject=subject)
    destination.delete()


@transaction.atomic
def destination_test(*, destination: Destination, actor: Actor) -> Notice:
    """Send a message that says it is a test. Raises Refused while enough of them wait."""
    unsent = destination.notices.filter(kind=Notice.Kind.TEST, state__in=["waiting", "sending"])
    if unsent.count() >= MOST_TESTS:
        raise Refused(_("Several tests wait to be sent already. If they stay, no work worker is running."))
    record_access(actor=actor, action="tried", subject=f"notifications by {destination.kind_words}")
    return Notice.objects.create(destination=destination, kind=Notice.Kind.TEST)
