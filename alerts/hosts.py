"""Whether a message may be sent to a host that somebody's address names: checked as a camera's host is."""

import re

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cameras.addresses import Address, AddressRefused, HostNotFound, check_host
from lockport.saying import in_storage_language


def check(host: str) -> None:
    """Raises AddressRefused for this server itself, link-local addresses and a cloud's metadata; HostNotFound."""
    if not re.fullmatch(r"[\w.:%-]+", host):
        raise AddressRefused(_("The address has no usable host."))
    place = Address("https", "/", host=host)
    try:
        with in_storage_language():  # of its sentence a part is taken below
            check_host(place, allow_private_development=settings.LOCKPORT_DEVELOPMENT)
    except HostNotFound:
        raise HostNotFound(_("The host name in the address cannot be found: check its spelling.")) from None
    except AddressRefused as refusal:
        reason = str(refusal).partition(" leads to ")[2].partition(":")[0] or gettext_noop("a refused host")
        said = _("The address leads to %(where)s: no message is sent there.")
        raise AddressRefused(said % {"where": _(reason)}) from None
