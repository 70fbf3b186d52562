"""Gives each request an id that its access records share, and turns "cannot be recorded" into 503."""

import logging
import uuid
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lockport.keyfiles import KeyProblem

logger = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Works under both WSGI and ASGI, so that live streams stay asynchronous."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """No record, no data: a database or a key that fails shows a page that says so, never a traceback."""
        if not isinstance(exception, DatabaseError | KeyProblem):
            return None
        logger.error(
            "Request %s could not be recorded or answered: %s",
            getattr(request, "request_id", "?"),
            type(exception).__name__,
        )
        return render(request, "503.html", status=503)
