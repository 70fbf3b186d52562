"""Addresses to which forms are sent: whoever opens one as a page is led to the page that has the form."""

import functools
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from lockport.middleware import BothWays

View = Callable[..., HttpResponseBase]


def post_only(page: str, *keep: str) -> Callable[[View], View]:
    """Like require_POST, but a GET (a reload, or the way back from signing in) leads to `page`, with the arguments
    named in `keep`. Nothing is looked up for it: the page itself says whether there is something to see.
    """

    def decorate(view: View) -> View:
        posted = require_POST(view)

        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {"GET", "HEAD"}:
                return posted(request, *args, **kwargs)
            place = reverse(page, kwargs={name: kwargs[name] for name in keep})
            query = request.META.get("QUERY_STRING", "")
            return redirect(f"{place}?{query}" if query else place)

        return guarded

    return decorate


class WordsFor405Middleware(BothWays):
    """Where a page cannot be opened so, a sentence and a way back instead of the browser's own bare error."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _in_words(request, response) if response.status_code == 405 else response

    async def answer_later(self, request: HttpRequest) -> HttpResponse:
        response = await self.get_response(request)
        return await sync_to_async(_in_words)(request, response) if response.status_code == 405 else response


def _in_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.path.startswith("/api/") or response.get("Content-Type", "").startswith("application/json"):
        return response
    page = render(request, "405.html", status=405)
    page["Allow"] = response.get("Allow", "")
    return page
