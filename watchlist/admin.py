"""The watchlist desk: categories, authorisations and entries in Django's admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from audit.desk import RecordedAdmin, signed_in
from audit.services import Actor, record_access
from lockport.step_up import step_up_required
from watchlist.authorising import authorisation_approve, authorisation_sign
from watchlist.cautions import age_caution, enrolled, misses_caution, passers_by_words, similar_entries
from watchlist.forms import AuthorisationForm, EntryForm, WithdrawForm
from watchlist.models import Authorisation, Category, Entry
from watchlist.services import (
    Refused,
    entry_approve,
    entry_change,
    entry_propose,
    entry_withdraw,
    photograph_add,
    photograph_remove,
)

PROPOSED = "Proposed. Another administrator must approve it before any camera looks for this person."
CHANGED = "Changed. Another administrator must approve it again; until then no camera looks for this person."
REMOVED = "The photographs were destroyed. Cameras go by the others within 5 seconds."
APPROVED = "Cameras will look for this person within 5 seconds."
WITHDRAWN = "Withdrawn. Photographs and templates are destroyed; within 5 seconds no camera looks for this person."
SIGNED = "Signed. It is in force once another person has approved it."
IN_FORCE = "Approved. Cameras of this school look for entries of these categories from now on."


def badge(kind: str, words: str) -> SafeString:
    return format_html('<span class="desk-badge desk-{}">{}</span>', kind, words)


class DecidedAdmin(RecordedAdmin):
    """Rows that two people decide on: a page to approve on, and refusals said in words instead of an error page."""

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
        messages.success(request, message)
        return HttpResponseRedirect(self.address("changelist"))

    def do_approve(self, request: HttpRequest, row: Any) -> str:
        raise NotImplementedError

    def approval_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What else the page to approve on shows."""
        return {}

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
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.address("changelist"))

    def row(self, request: HttpRequest, pk: int) -> Any:
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404("There is nothing here that you may see.")
        return row

    def page(self, request: HttpRequest, template: str, row: Any, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": row, "title": str(row)}
        return render(request, template, context | more)

    def address(self, page: str, *arguments: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=arguments)

    def told(self, request: HttpRequest, message: str) -> HttpResponse:
        messages.success(request, message)
        return HttpResponseRedirect(self.address("changelist"))


@admin.register(Category)
class CategoryAdmin(RecordedAdmin):
    """There are five categories. Their words can be changed, their limits cannot."""

    list_display = ["name", "days_to_keep", "severity"]
    fields = ["name", "slug", "legal_basis", "protocol", "days_to_keep", "severity"]
    readonly_fields = ["slug", "days_to_keep", "severity"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Category, form: ModelForm, change: bool) -> None:
        record_access(actor=Actor.from_request(request), action="changed", subject=obj)
        super().save_model(request, obj, form, change)


@admin.register(Authorisation)
class AuthorisationAdmin(DecidedAdmin):
    """Signed by one person, approved by another."""

    form = AuthorisationForm
    approve_template = "admin/watchlist/authorisation/approve.html"
    list_display = ["school", "law", "valid_from", "valid_until", "state"]
    list_filter = ["school"]
    filter_horizontal = ["categories"]

    @admin.display(description="State")
    def state(self, row: Authorisation) -> SafeString:
        if row.approved_by_id is None:
            return badge("proposed", "⏳ waiting for a second person")
        if Authorisation.objects.in_force().filter(pk=row.pk).exists():
            return badge("active", "✓ in force")
        return badge("ended", "– not in force")

    def save_model(self, request: HttpRequest, obj: Authorisation, form: ModelForm, change: bool) -> None:
        categories = form.cleaned_data["categories"]
        actor = Actor.from_request(request)
        authorisation_sign(authorisation=obj, categories=categories, by=signed_in(request), actor=actor)

    def do_approve(self, request: HttpRequest, row: Authorisation) -> str:
        authorisation_approve(authorisation=row, by=signed_in(request), actor=Actor.from_request(request))
        return IN_FORCE

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.told(request, SIGNED)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.told(request, SIGNED)


@admin.register(Entry)
class EntryAdmin(DecidedAdmin):
    """The people looked for, as far as this administrator's grants on categories reach."""

    form = EntryForm
    approve_template = "admin/watchlist/entry/approve.html"
    list_display = ["name", "state", "category", "where", "photographs_kept", "expires_at"]
    list_filter = ["status", "category"]
    search_fields = ["name"]
    filter_horizontal = ["schools"]
    ordering = ["name", "pk"]

    def get_urls(self) -> list[URLPattern]:
        withdraw = self.admin_site.admin_view(self.withdraw)
        return [path("<int:pk>/withdraw/", withdraw, name="watchlist_entry_withdraw"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = Entry.objects.visible_to(request.user).select_related("category", "proposed_by", "approved_by")
        return rows.prefetch_related("schools").annotate(kept=Count("photographs")).order_by(*self.ordering)

    def get_fields(self, request: HttpRequest, obj: Entry | None = None) -> Any:
        words = ["name", "birth_date", "category", "schools", "basis", "expires_at"]
        if obj is None:
            return [*words, "new_photographs"]
        if not self.has_change_permission(request, obj):
            return ["state", *words, "proposed_by", "approved_by", "ended_at"]
        return ["state", "recognition", *words, "remove_photographs", "new_photographs", "proposed_by", "approved_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> list[str]:
        return [] if obj is None else ["state", "recognition", "proposed_by", "approved_by", "ended_at"]

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.has_ended)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "category":
            kwargs["queryset"] = Category.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="State", ordering="status")
    def state(self, row: Entry) -> SafeString:
        if row.status == Entry.Status.PROPOSED and not row.has_ended:
            return badge("proposed", "⏳ waiting for approval")
        if row.status == Entry.Status.ACTIVE and not row.has_ended:
            return badge("active", "✓ looked for")
        return badge("ended", "– withdrawn" if row.status == Entry.Status.WITHDRAWN else "– expired")

    @admin.display(description="Recognition")
    def recognition(self, row: Entry) -> SafeString:
        subject = enrolled(row)
        warnings = [words for words in (age_caution(row), misses_caution(subject) if subject else "") if words]
        lines = [*(f"⚠ {words}" for words in warnings), passers_by_words(row)]
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))

    @admin.display(description="Where")
    def where(self, row: Entry) -> str:
        return ", ".join(school.name for school in row.schools.all()) or "every school"

    @admin.display(description="Photographs", ordering="kept")
    def photographs_kept(self, row: Any) -> int:
        return row.kept

    def save_model(self, request: HttpRequest, obj: Entry, form: ModelForm, change: bool) -> None:
        values: dict[str, Any] = form.cleaned_data
        who: dict[str, Any] = {"by": signed_in(request), "actor": Actor.from_request(request)}
        if not change:
            words = {name: values[name] for name in EntryForm.Meta.fields}
            created = entry_propose(photographs=values["new_photographs"], **words, **who)
            obj.pk, obj.version, obj._state.adding = created.pk, created.version, False
            return
        if set(form.changed_data) & set(EntryForm.Meta.fields):
            entry_change(entry=obj, schools=values["schools"], **who)
        for enrolment in values["new_photographs"]:
            photograph_add(entry=obj, enrolment=enrolment, **who)
        for photograph in values["remove_photographs"]:
            photograph_remove(photograph=photograph, **who)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self._tell_cautions(request, obj)
        return self.told(request, PROPOSED)

    def _tell_cautions(self, request: HttpRequest, row: Entry) -> None:
        for words in self._cautions(request, row):
            messages.warning(request, words)

    def _cautions(self, request: HttpRequest, row: Entry) -> list[str]:
        """What to know before answering for this entry; whoever is named in it is recorded as looked at."""
        subject = enrolled(row)
        if subject is None:
            return []
        similar = similar_entries(subject, signed_in(request))
        for other in similar.named:
            record_access(actor=Actor.from_request(request), action="looked at", subject=other)
        return [words for words in (age_caution(row), *similar.sentences, misses_caution(subject)) if words]

    def approval_context(self, request: HttpRequest, row: Entry) -> dict[str, Any]:
        return {"cautions": self._cautions(request, row)}

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._tell_cautions(request, obj)
        waits = Entry.objects.get(pk=obj.pk).status == Entry.Status.PROPOSED
        return self.told(request, CHANGED if waits else REMOVED)

    def do_approve(self, request: HttpRequest, row: Entry) -> str:
        seen = request.POST.get("version", "")
        version = int(seen) if seen.isdecimal() else 0
        entry_approve(entry=row, seen_version=version, by=signed_in(request), actor=Actor.from_request(request))
        return APPROVED

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then withdraw."""
        row = self.row(request, pk)
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                entry_withdraw(entry=row, reason=form.cleaned_data["reason"], actor=Actor.from_request(request))
            except Refused as refusal:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(self.address("changelist"))
            return self.told(request, WITHDRAWN)
        record_access(actor=Actor.from_request(request), action="looked at", subject=row)
        return self.page(request, "admin/watchlist/entry/withdraw.html", row, form=form)
