"""Gives each request an id that its access records share, records refusals, turns "cannot be recorded" into 503."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor, record_access
from lockport.keyfiles import KeyProblem
from lockport.middleware import BothWays

logger = logging.getLogger(__name__)

LONGEST_REQUEST = timedelta(minutes=1)
# Status of an answer: the action, and what the record says of it.
REFUSALS = {403: ("opened", "not allowed"), 404: ("looked for", "nothing there that they may see")}


class RequestIdMiddleware(BothWays):
    """Gives the id, and keeps an answer back until it is recorded if it refuses something."""

    def __call__(self, request: HttpRequest) -> Any:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        return super().__call__(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        return self._recorded(request, self.get_response(request))

    async def answer_later(self, request: HttpRequest) -> HttpResponse:
        response = await self.get_response(request)
        return await sync_to_async(self._recorded)(request, response) if response.status_code in REFUSALS else response

    def _recorded(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer, once it is recorded if it refuses somebody something."""
        if response.status_code not in REFUSALS:
            return response
        try:
            record_refusal(request, response.status_code)
        except (DatabaseError, KeyProblem) as problem:
            return self.process_exception(request, problem) or response
        return response

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


def record_refusal(request: HttpRequest, status: int) -> None:
    """Record that somebody signed in was refused a page, unless the view has recorded it with more words."""
    found = request.resolver_match
    if found is None or not request.user.is_authenticated:
        return
    refused = AccessRecord.Result.REFUSED
    own = AccessRecord.objects.filter(actor_id=request.user.pk, at__gte=timezone.now() - LONGEST_REQUEST)
    if own.filter(request_id=getattr(request, "request_id", ""), result=refused).exists():
        return
    action, reason = REFUSALS[status]
    # What stands in an address may be a secret (a welcome link): only numbers are copied from it.
    numbers = all(str(value).isdecimal() for value in found.kwargs.values())
    subject = f"the page {request.path if numbers else f'/{found.route}'}"
    record_access(actor=Actor.from_request(request), action=action, subject=subject, reason=reason, result=refused)
