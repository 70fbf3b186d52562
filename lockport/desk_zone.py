"""The desk's clock: every page under /admin/ says and takes times in the district's own zone."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audit.places import usual_zone
from lockport.middleware import BothWays


class DeskZoneMiddleware(BothWays):
    """Django's admin knows one current zone. A district has one office: it goes by the zone most schools share."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not _of_the_desk(request):
            return self.get_response(request)
        with timezone.override(usual_zone()):
            return self.get_response(request)

    async def answer_later(self, request: HttpRequest) -> HttpResponse:
        if not _of_the_desk(request):
            return await self.get_response(request)
        with timezone.override(await sync_to_async(usual_zone)()):
            return await self.get_response(request)


def _of_the_desk(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))
