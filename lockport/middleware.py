"""What every middleware of Lockport is made of."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse


class BothWays:
    """A middleware under WSGI (`answer`) and ASGI (`answer_later`), so that live streams stay asynchronous."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.answer_later(request) if self.is_async else self.answer(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    async def answer_later(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError
