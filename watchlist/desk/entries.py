"""Entries: the people looked for, as far as this administrator's grants on categories reach."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.desk import signed_in
from audit.services import Actor, record_access
from lockport.saying import name_of
from watchlist.cautions import (
    age_caution,
    document_caution,
    enrolled,
    misses_caution,
    passers_by_words,
    rejections_words,
    similar_entries,
)
from watchlist.desk import entry_pages
from watchlist.desk.decided import DecidedAdmin
from watchlist.desk.filters import SOON, ListFilter, WaitingFilter, with_waiting
from watchlist.desk.words import badge, moment
from watchlist.documents import document_add
from watchlist.forms import EntryForm
from watchlist.models import Category, Entry
from watchlist.particulars import NEEDS, in_words, stated
from watchlist.proposals import Proposal
from watchlist.selectors import duplicates_of
from watchlist.services import entry_approve, entry_change, entry_propose, photograph_add, photograph_remove

PROPOSED = _("Proposed. Another administrator must approve it before any camera looks for this person.")
CHANGED = _("Changed. Another administrator must approve it again; until then no camera looks for this person.")
REMOVED = _("The photographs were destroyed. Cameras go by the others within 5 seconds.")
KEPT = _("Kept. Nothing that a second person has to approve was changed.")
APPROVED = _("Cameras will look for this person within 5 seconds.")


@admin.register(Entry)
class EntryAdmin(DecidedAdmin):
    """Propose, approve, renew, withdraw."""

    form = EntryForm
    approve_template = "admin/watchlist/entry/approve.html"
    change_list_template = "admin/watchlist/entry/change_list.html"
    list_display = ["name", "state", "category", "where", "photographs_kept", "until"]
    list_filter = [WaitingFilter, "status", "category", "every_school", ListFilter]
    search_fields = ["name", "list_reference", "particulars__registry_number", "particulars__order_number"]
    search_help_text = _("Name, registry number, number of the order, reference in an imported list.")
    ordering = ["name", "pk"]
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        return [*entry_pages.urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = Entry.objects.visible_to(request.user).select_related("category", "proposed_by", "approved_by")
        with_pictures = rows.prefetch_related("schools").annotate(kept=Count("photographs"))
        return with_waiting(with_pictures).order_by(*self.ordering)

    def get_fieldsets(self, request: HttpRequest, obj: Entry | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            rest = ["name", "birth_date", "category", "needs", "where", "basis", "until", "proposer", "approver"]
            return [(None, {"fields": ["state", *rest, "ended"]})]
        shown = [] if obj is None else ["state", "recognition"]
        names = {row.slug: str(row) for row in Category.objects.all()}
        pictures = ["new_photographs"] if obj is None else ["remove_photographs", "new_photographs"]
        return [
            (_("Who"), {"fields": [*shown, "name", "birth_date"]}),
            (_("Why"), {"fields": ["category", "basis"]}),
            *(
                (names.get(slug, slug), {"fields": [need.name for need in needs], "classes": [f"needs needs-{slug}"]})
                for slug, needs in NEEDS.items()
            ),
            (_("The decision on paper"), {"fields": ["document"]}),
            (_("Where, and until when"), {"fields": ["where", "schools", "expires_at"]}),
            (_("Photographs"), {"fields": pictures, "classes": ["photographs"]}),
            *([] if obj is None else [(_("Decided by"), {"fields": ["proposer", "approver"]})]),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> list[str]:
        if obj is None:
            return []
        shown = ["state", "recognition", "proposer", "approver", "ended"]
        return shown if self.has_change_permission(request, obj) else [*shown, "needs", "where", "until"]

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.has_ended)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "category":
            rows = Category.objects.visible_to(request.user)
            number = getattr(request.resolver_match, "kwargs", {}).get("object_id")
            own = Q(entry__pk=number) if str(number or "").isdecimal() else Q(pk__in=[])
            kwargs["queryset"] = rows.filter(Q(enabled=True) | own).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Beside somebody's category there is no way to change what that category means for everybody."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "category":
            field.widget.can_change_related = field.widget.can_view_related = field.widget.can_add_related = False
        return field

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["kinds"] = Category.objects.visible_to(request.user)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("State"), ordering="status")
    def state(self, row: Any) -> SafeString:
        return format_html_join(" ", "{}", ((one,) for one in self._badges(row)))

    def _badges(self, row: Any) -> list[SafeString]:
        if row.status == Entry.Status.WITHDRAWN:
            return [badge("ended", _marked("–", gettext("withdrawn")))]
        if row.has_ended:
            return [badge("ended", _marked("–", gettext("expired")))]
        if row.status == Entry.Status.PROPOSED:
            found = [badge("proposed", _marked("•", gettext("waiting for approval")))]
        elif row.category.enabled:
            found = [badge("active", _marked("✓", gettext("looked for")))]
        else:
            found = [badge("ended", _marked("–", gettext("category switched off")))]
        left = row.expires_at - timezone.now()
        if left < SOON:
            found.append(badge("proposed", _marked("•", _ends_in(left.days))))
        asked = {
            _marked("•", gettext("renewal to be approved")): row.renewal_waits,
            _marked("•", gettext("withdrawal proposed")): row.withdrawal_proposed,
            _marked("✉", gettext("appeal")): row.appeal_open,
        }
        return found + [badge("proposed", words) for words, applies in asked.items() if applies]

    @admin.display(description=_("Recognition"))
    def recognition(self, row: Entry) -> SafeString:
        subject = enrolled(row)
        warnings = [words for words in (age_caution(row), misses_caution(subject) if subject else "") if words]
        lines = [*(f"⚠ {words}" for words in warnings), passers_by_words(row), rejections_words(row)]
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines if line))

    @admin.display(description=_("Where"))
    def where(self, row: Entry) -> str:
        if row.every_school:
            return gettext("every school")
        return ", ".join(school.name for school in row.schools.all())

    @admin.display(description=_("Until"), ordering="expires_at")
    def until(self, row: Entry) -> str:
        return moment(row.expires_at)

    @admin.display(description=_("Ended"))
    def ended(self, row: Entry) -> str:
        return moment(row.ended_at) if row.ended_at else "–"

    @admin.display(description=_("Proposed by"))
    def proposer(self, row: Entry) -> str:
        return name_of(row.proposed_by)  # without a link: most who read it may not open the account

    @admin.display(description=_("Approved by"))
    def approver(self, row: Entry) -> str:
        return name_of(row.approved_by) if row.approved_by else "–"

    @admin.display(description=_("What this category needs"))
    def needs(self, row: Entry) -> str:
        return "; ".join(f"{label}: {value}" for label, value in in_words(row.category.slug, row.particulars)) or "–"

    @admin.display(description=_("Photographs"), ordering="kept")
    def photographs_kept(self, row: Any) -> int:
        return row.kept

    def save_model(self, request: HttpRequest, obj: Entry, form: ModelForm, change: bool) -> None:
        assert isinstance(form, EntryForm)  # noqa: S101 - for the type checker
        values: dict[str, Any] = form.cleaned_data
        who: dict[str, Any] = {"by": signed_in(request), "actor": Actor.from_request(request)}
        if not change:
            words = {name: values[name] for name in EntryForm.Meta.fields}
            particulars = stated(values["category"].slug, values)
            proposal = Proposal(particulars=particulars, every_school=obj.every_school, **words)
            created = entry_propose(proposal=proposal, photographs=values["new_photographs"], **who)
            obj.pk, obj.version, obj._state.adding = created.pk, created.version, False
        elif form.words_changed:
            entry_change(entry=obj, schools=list(values["schools"]), **who)
        if values["document"]:
            document_add(entry=obj, content=values["document"], actor=who["actor"])
        for enrolment in values["new_photographs"] if change else []:
            photograph_add(entry=obj, enrolment=enrolment, **who)
        for photograph in values.get("remove_photographs") or []:
            photograph_remove(photograph=photograph, **who)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The services have stored the schools already."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self._tell_cautions(request, obj)
        return self.told(request, PROPOSED)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._tell_cautions(request, obj)
        if Entry.objects.get(pk=obj.pk).status == Entry.Status.PROPOSED:
            return self.told(request, CHANGED)
        return self.told(request, REMOVED if "remove_photographs" in request.POST else KEPT)

    def _tell_cautions(self, request: HttpRequest, row: Entry) -> None:
        for words in self._cautions(request, row):
            messages.warning(request, words)

    def _cautions(self, request: HttpRequest, row: Entry) -> list[str]:
        """What to know before answering for this entry; whoever is named in it is recorded as looked at."""
        person, actor = signed_in(request), Actor.from_request(request)
        sentences = [age_caution(row)]
        for other in duplicates_of(row, person):
            record_access(actor=actor, action="looked at", subject=other)
            words = gettext("There is an entry already with this name or number: %(entry)s (%(category)s).")
            sentences.append(words % {"entry": other, "category": other.category})
        subject = enrolled(row)
        if subject is not None:
            similar = similar_entries(subject, person)
            for other in similar.named:
                record_access(actor=actor, action="looked at", subject=other)
            sentences += [*similar.sentences, misses_caution(subject)]
        return [words for words in sentences if words]

    def approval_context(self, request: HttpRequest, row: Entry) -> dict[str, Any]:
        cautions = [words for words in (document_caution(row), *self._cautions(request, row)) if words]
        return {"cautions": cautions, "facts": in_words(row.category.slug, row.particulars)}

    def do_approve(self, request: HttpRequest, row: Entry) -> Any:
        seen = request.POST.get("version", "")
        version = int(seen) if seen.isdecimal() else 0
        entry_approve(entry=row, seen_version=version, by=signed_in(request), actor=Actor.from_request(request))
        return APPROVED


def _marked(icon: str, words: str) -> str:
    return f"{icon} {words}"


def _ends_in(days: int) -> str:
    if days <= 1:
        return gettext("ends within a day")
    return ngettext("ends in %(days)s day", "ends in %(days)s days", days) % {"days": days}
