"""What the list of entries can be narrowed to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from watchlist.models import Entry, EntryQuerySet
from watchlist.papers import Appeal, Renewal

SOON = timedelta(days=14)
WEEK = timedelta(days=7)


def with_waiting(rows: EntryQuerySet) -> EntryQuerySet:
    """Each entry with `renewal_waits` and `appeal_open`, so that a list asks once for all of them."""
    renewals = Renewal.objects.filter(entry=OuterRef("pk"), approved_by__isnull=True)
    appeals = Appeal.objects.filter(entry=OuterRef("pk"), answered_at__isnull=True)
    return rows.annotate(renewal_waits=Exists(renewals), appeal_open=Exists(appeals))


WAITING: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "approval": (_("to be approved"), lambda rows: rows.open().filter(status=Entry.Status.PROPOSED)),
    "renewal": (_("to be renewed"), lambda rows: rows.open().filter(renewal_waits=True)),
    "withdrawal": (_("proposed to withdraw"), lambda rows: rows.open().exclude(withdrawal_proposed="")),
    "appeal": (_("appealed against"), lambda rows: rows.filter(appeal_open=True)),
    "week": (_("ends within 7 days"), lambda rows: rows.open().filter(expires_at__lte=timezone.now() + WEEK)),
    "soon": (_("ends within 14 days"), lambda rows: rows.open().filter(expires_at__lte=timezone.now() + SOON)),
}


class ListFilter(admin.SimpleListFilter):
    """The imported lists that entries come from, as far as this person may see them."""

    title = _("list")
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Entry.objects.visible_to(request.user).exclude(list_name="").order_by("list_name")
        return [(name, name) for name in rows.values_list("list_name", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        return queryset.filter(list_name=self.value()) if self.value() else queryset


class WaitingFilter(admin.SimpleListFilter):
    title = _("what is to do")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(each[0])) for value, each in WAITING.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        chosen = WAITING.get(self.value() or "")
        return queryset if chosen is None else chosen[1](queryset)
