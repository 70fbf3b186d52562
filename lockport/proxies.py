"""Behind a proxy, the address of a request is the proxy's: this puts the visitor's own in its place."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class RealAddressMiddleware(MiddlewareMixin):
    """Comes first, so that the access log and the lock-out by address see the same address."""

    def process_request(self, request: HttpRequest) -> None:
        if settings.BEHIND_PROXY and (address := forwarded_for(request)):
            request.META["REMOTE_ADDR"] = address


def forwarded_for(request: HttpRequest) -> str:
    """The address that the proxy itself wrote down, or "". Everything before it came from the visitor, who may lie."""
    last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(last))
    except ValueError:
        return ""
