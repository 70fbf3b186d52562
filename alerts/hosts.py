"""Whether a message may be sent to a host that somebody's address names: checked as a camera's host is."""

import re

from django.conf import settings

from cameras.addresses import Address, AddressRefused, HostNotFound, check_host


def check(host: str) -> None:
    """Raises AddressRefused for this server itself, link-local addresses and a cloud's metadata; HostNotFound."""
    if not re.fullmatch(r"[\w.:%-]+", host):
        raise AddressRefused("The address has no usable host.")
    place = Address("https", "/", host=host)
    try:
        check_host(place, allow_private_development=settings.LOCKPORT_DEVELOPMENT)
    except HostNotFound:
        raise HostNotFound("The host name in the address cannot be found: check its spelling.") from None
    except AddressRefused as refusal:
        reason = str(refusal).partition(" leads to ")[2].partition(":")[0]
        raise AddressRefused(f"The address leads to {reason or 'a refused host'}: no message is sent there.") from None
