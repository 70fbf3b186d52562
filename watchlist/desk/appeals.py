"""Appeals: their clocks, acknowledging and answering them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.desk import signed_in
from audit.services import Actor, record_access
from lockport.step_up import step_up_required
from watchlist.appeals import appeal_acknowledge, appeal_answer
from watchlist.desk.decided import DecidedAdmin
from watchlist.desk.words import badge, moment
from watchlist.forms import AnswerForm
from watchlist.papers import Appeal
from watchlist.refusals import Refused

ACKNOWLEDGED = _(
    "Acknowledged. Tell the person in writing that the appeal has arrived and will be answered by %(moment)s."
)
ANSWERED = _("Answered. Send the person the reasons.")

OVERDUE = {
    "acknowledge": _("overdue: acknowledge was due %(moment)s"),
    "answer": _("overdue: answer was due %(moment)s"),
}
DUE = {"acknowledge": _("acknowledge by %(moment)s"), "answer": _("answer by %(moment)s")}


class ClockFilter(admin.SimpleListFilter):
    title = _("clock")
    parameter_name = "clock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", gettext("not answered yet")), ("overdue", gettext("overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        if self.value() == "overdue":
            return queryset.overdue()
        return queryset.open() if self.value() == "open" else queryset


@admin.register(Appeal)
class AppealAdmin(DecidedAdmin):
    """Recorded from the page of an entry; read, acknowledged and answered here."""

    list_display = ["appeal", "category", "received", "clock"]
    list_filter = [ClockFilter, "outcome"]
    ordering = ["answered_at", "received_at"]

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(self.answer)
        rest = [one for one in super().get_urls() if not str(one.name).endswith("_approve")]
        return [path("<int:pk>/answer/", answer, name="watchlist_appeal_answer"), *rest]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Appeal.objects.visible_to(request.user).select_related("entry__category").order_by(*self.ordering)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """One page shows and answers an appeal; there is nothing else to change about it."""
        if not object_id.isdecimal():
            raise Http404("There is nothing here that you may see.")
        return HttpResponseRedirect(self.address("answer", object_id))

    @admin.display(description=_("Appeal"), ordering="pk")
    def appeal(self, row: Appeal) -> str:
        return gettext("Appeal %(number)s against %(entry)s") % {"number": row.pk, "entry": row.entry}

    @admin.display(description=_("Category"))
    def category(self, row: Appeal) -> str:
        return str(row.entry.category)

    @admin.display(description=_("Received"), ordering="received_at")
    def received(self, row: Appeal) -> str:
        return moment(row.received_at)

    @admin.display(description=_("Clock"))
    def clock(self, row: Appeal) -> SafeString:
        return clock_badge(row)

    @method_decorator(step_up_required)
    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the appeal; acknowledge or answer it."""
        row = self.row(request, pk)
        actor = Actor.from_request(request)
        form = AnswerForm(request.POST if "outcome" in request.POST else None)
        try:
            if request.method == "POST" and "acknowledge" in request.POST:
                appeal_acknowledge(appeal=row, actor=actor)
                return self.told(request, ACKNOWLEDGED % {"moment": moment(row.answer_by)})
            if request.method == "POST" and form.is_valid():
                appeal_answer(appeal=row, by=signed_in(request), actor=actor, **form.cleaned_data)
                return self.told(request, ANSWERED)
        except Refused as refusal:
            if not form.is_bound:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(self.address("answer", pk))
            form.add_error(None, str(refusal))
        record_access(actor=actor, action="looked at", subject=row)
        return self.page(request, "admin/watchlist/appeal/answer.html", row, form=form, clock=clock_badge(row))


def clock_badge(row: Appeal) -> SafeString:
    """What is due next and when, or how it ended."""
    if row.next_clock is None:
        return badge("ended", f"✓ {row.outcome_words}")
    what, due = row.next_clock
    if row.is_overdue:
        return badge("overdue", f"⚠ {OVERDUE[what] % {'moment': moment(due)}}")
    return badge("proposed" if row.is_urgent else "active", f"• {DUE[what] % {'moment': moment(due)}}")
