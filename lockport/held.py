"""What is granted to a person: asked of the database each time, and only once in a request that changes nothing.

Every list, count and picture of a page asks for the same grants. They are remembered for the length of one GET or HEAD
request and no longer, so a grant that was taken away or has ended is gone with the next request.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

# By permission ("app.action_model"): the primary keys of the rows that this person's grants name.
Held = Mapping[str, list[int]]

_remembered: ContextVar[dict[int, Held] | None] = ContextVar("grants remembered in this request", default=None)


def held_by(person: AbstractUser | AnonymousUser) -> Held:
    """Every grant of this person and their groups that has not ended; none for strangers and closed accounts."""
    if not person.is_authenticated or not person.is_active:
        return {}
    known = _remembered.get()
    if known is None:
        return _ask(person.pk)
    if person.pk not in known:
        known[person.pk] = _ask(person.pk)
    return known[person.pk]


@contextmanager
def grants_asked_once() -> Iterator[None]:
    """Within it each person's grants are asked for once. Not for what changes grants or goes on for long."""
    before = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(before)


def _ask(number: int) -> Held:
    columns = ("permission__content_type__app_label", "permission__codename", "object_pk")
    own = UserObjectPermission.objects.filter(user=number).exclude(limit__valid_until__lte=timezone.now())
    shared = GroupObjectPermission.objects.filter(group__user=number)
    found: dict[str, list[int]] = {}
    for app, codename, key in own.values_list(*columns).union(shared.values_list(*columns)):
        found.setdefault(f"{app}.{codename}", []).append(int(key))  # guardian stores keys as text
    return found


class GrantsOnceMiddleware:
    """Innermost, so that only the view and its templates are within it: a stream goes on after it, and asks anew."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        if self.is_async:
            return self._answer_later(request)
        with grants_asked_once():
            return self.get_response(request)

    async def _answer_later(self, request: HttpRequest) -> HttpResponse:
        with grants_asked_once():
            return await self.get_response(request)
