"""The desk's clock: every page under /admin/ says and takes times in the district's own zone."""

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from audit.places import usual_zone


class DeskZoneMiddleware:
    """Django's admin knows one current zone. A district has one office: it goes by the zone most schools share."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self.get_response):
            return self._answer(request)
        if not _of_the_desk(request):
            return self.get_response(request)
        with timezone.override(usual_zone()):
            return self.get_response(request)

    async def _answer(self, request: HttpRequest) -> Any:
        if not _of_the_desk(request):
            return await self.get_response(request)
        with timezone.override(await sync_to_async(usual_zone)()):
            return await self.get_response(request)


def _of_the_desk(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))
