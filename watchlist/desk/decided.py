"""Rows that two people decide on: one proposes or signs, another approves."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.desk import RecordedAdmin
from audit.services import Actor, record_access
from lockport.step_up import step_up_required
from watchlist.refusals import Refused


class DecidedAdmin(RecordedAdmin):
    """A page to approve on, and refusals said in words instead of an error page."""

    change_form_template = "admin/watchlist/decided_change_form.html"
    approve_template = ""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_approve"
        return [path("<int:pk>/approve/", self.admin_site.admin_view(self.approve), name=name), *super().get_urls()]

    @method_decorator(step_up_required)
    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what is to be approved; approve it when the button is pressed."""
        row = self.row(request, pk)
        if request.method != "POST":
            record_access(actor=Actor.from_request(request), action="looked at", subject=row)
            return self.page(request, self.approve_template, row, **self.approval_context(request, row))
        try:
            message = self.do_approve(request, row)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.address("change", pk))
        return self.told(request, message)

    def do_approve(self, request: HttpRequest, row: Any) -> Any:
        raise NotImplementedError

    def approval_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What else the page to approve on shows."""
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:  # what the form found good has changed meanwhile
            for _name, files in request.FILES.lists():
                for file in files:
                    file.seek(0)  # the form reads them once more
            request.late_refusal = str(refusal)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        words = getattr(request, "late_refusal", "")
        return _refused_form(form, words) if words else form

    def row(self, request: HttpRequest, pk: int) -> Any:
        """The row, if this person may change such rows and see this one."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404(_("There is nothing here that you may see."))
        return row

    def page(self, request: HttpRequest, template: str, row: Any, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": row, "title": str(row)}
        return render(request, template, context | more)

    def address(self, page: str, *arguments: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=arguments)

    def told(self, request: HttpRequest, message: Any) -> HttpResponse:
        messages.success(request, message)
        return HttpResponseRedirect(self.address("changelist"))

    def refused(self, request: HttpRequest, refusal: Refused) -> HttpResponse:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(self.address("changelist"))


def _refused_form(form: type[ModelForm], words: str) -> type[ModelForm]:
    """The same form with everything that was typed, and a refusal that came after its own checks as its error."""

    class Again(form):  # type: ignore[misc,valid-type]
        def full_clean(self) -> None:
            super().full_clean()
            if self.is_bound:
                self.add_error(None, words)

    return Again
