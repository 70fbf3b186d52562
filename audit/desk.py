"""What all pages of the administration have in common: looks are recorded before they are shown, nothing is deleted."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from audit.services import Actor, record_access
from lockport.saying import in_storage_language

NUMBERS_IN_A_RECORD = 30


def signed_in(request: HttpRequest) -> User:
    """The person at the desk: the admin lets nobody else in."""
    return cast(User, request.user)


class RecordedAdmin(admin.ModelAdmin):
    """Lists and rows are recorded as looked at. Django's own history is not kept: it can be edited, the log cannot."""

    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = (response.context_data or {}) if isinstance(response, TemplateResponse) else {}
        if changelist := context.get("cl"):
            self._record_list(request, [str(row.pk) for row in changelist.result_list], changelist.query)
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        plain = {"show_save_and_add_another": False, "show_save_and_continue": False}
        response = super().changeform_view(request, object_id, form_url, plain | (extra_context or {}))
        context = (response.context_data or {}) if isinstance(response, TemplateResponse) else {}
        if row := context.get("original"):
            record_access(actor=Actor.from_request(request), action="looked at", subject=row)
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404(gettext("What happened is in the access log."))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Services write to the access log instead."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Services write to the access log instead."""

    def _record_list(self, request: HttpRequest, numbers: list[str], query: str) -> None:
        with in_storage_language():
            what = f"list of {self.opts.verbose_name_plural}"
        reason = f"searched for: {query}" if query else ""
        pieces = [numbers[at : at + NUMBERS_IN_A_RECORD] for at in range(0, len(numbers), NUMBERS_IN_A_RECORD)]
        actor = Actor.from_request(request)
        for piece in pieces or [["nothing in it"]]:
            subject = f"{what}: {', '.join(piece)}"
            record_access(actor=actor, action="looked at", subject=subject, reason=reason)
