"""The office's clock: the desk under /admin/, and pages about the whole district, say times in its own zone."""

from functools import cache

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audit.places import usual_zone
from lockport.middleware import BothWays

OFFICE = ("retention:overview", "watchlist:who", "who-can-see", "how-long", "alerts:notifications")


class DeskZoneMiddleware(BothWays):
    """Pages of one school go by its clock; the district has one office, which goes by the zone most schools share."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not _of_the_office(request):
            return self.get_response(request)
        with timezone.override(usual_zone()):
            return self.get_response(request)

    async def answer_later(self, request: HttpRequest) -> HttpResponse:
        if not _of_the_office(request):
            return await self.get_response(request)
        with timezone.override(await sync_to_async(usual_zone)()):
            return await self.get_response(request)


def _of_the_office(request: HttpRequest) -> bool:
    desk, office = _places()
    return request.path_info.startswith(desk) or request.path_info in office


@cache
def _places() -> tuple[str, frozenset[str]]:
    """Where the desk begins, and the addresses of the other pages: worked out once, for every request asks."""
    return reverse("admin:index"), frozenset(reverse(name) for name in OFFICE)
