"""The pages of one entry beside its form: withdraw, renew, letter, appeal, history; and the verdict on a photograph."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from audit.desk import signed_in
from audit.services import Actor, record_access
from lockport.step_up import step_up_required
from watchlist.appeals import appeal_record
from watchlist.desk.importing import import_page
from watchlist.desk.words import moment
from watchlist.forms import AppealForm, KeepForm, RenewForm, WithdrawForm
from watchlist.models import Entry
from watchlist.papers import ACKNOWLEDGE_WITHIN, ANSWER_WITHIN, Renewal
from watchlist.particulars import in_words
from watchlist.previews import preview
from watchlist.refusals import Refused
from watchlist.renewals import renewal_approve, renewal_drop, renewal_propose, withdrawal_decline
from watchlist.selectors import history_of
from watchlist.services import entry_withdraw

if TYPE_CHECKING:
    from watchlist.desk.entries import EntryAdmin

# What the settings say of a district that has not said it itself.
UNNAMED = [gettext_noop("The school district"), gettext_noop("the district's privacy officer, at the district office")]
WITHDRAWN = _("Withdrawn. Photographs and templates are destroyed; within 5 seconds no camera looks for this person.")
STAYS = _("The entry stays. The reason is in the access log.")
ASKED = _("Proposed. Another administrator must approve the renewal; until then the old day counts.")
RENEWED = _("Renewed: cameras look for this person until %(moment)s.")
DROPPED = _("The renewal was turned down: the entry ends on its day.")
RECORDED = _("Recorded. It must be acknowledged within 7 days and answered within 30.")


def urls(desk: "EntryAdmin") -> list[URLPattern]:
    """The addresses of these pages, each behind the admin's own door."""

    def at(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        return path(route, desk.admin_site.admin_view(partial(view, desk)), name=f"watchlist_entry_{name}")

    return [
        at("import/", import_page, "import"),
        at("preview/", preview_photograph, "preview"),
        at("<int:pk>/withdraw/", withdraw, "withdraw"),
        at("<int:pk>/renew/", renew, "renew"),
        at("<int:pk>/renewal/", renewal, "renewal"),
        at("<int:pk>/letter/", letter, "letter"),
        at("<int:pk>/appeal/", appeal, "appeal"),
        at("<int:pk>/decisions/", history, "decisions"),
    ]


def withdraw(desk: "EntryAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then withdraw; or keep an entry whose withdrawal was proposed."""
    row = desk.row(request, pk)
    keeps, actor = "keep" in request.POST, Actor.from_request(request)
    form = WithdrawForm(None if keeps else request.POST or None, initial={"reason": row.withdrawal_proposed})
    keep_form = KeepForm(request.POST if keeps else None)
    if keeps and keep_form.is_valid():
        why = keep_form.cleaned_data["kept_because"]
        if _done(keep_form, lambda: withdrawal_decline(entry=row, reason=why, actor=actor)):
            return desk.told(request, STAYS)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(form, lambda: entry_withdraw(entry=row, reason=reason, actor=actor)):
            return desk.told(request, WITHDRAWN)
    _looked_at(request, row)
    forms = {"form": form, "keep_form": keep_form}
    return desk.page(request, "admin/watchlist/entry/withdraw.html", row, **forms, facts=_facts(row))


def renew(desk: "EntryAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a later day; somebody else approves it."""
    row = desk.row(request, pk)
    if row.renewals.waiting().exists():
        return HttpResponseRedirect(desk.address("renewal", pk))
    form = RenewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who: dict[str, Any] = {"by": signed_in(request), "actor": Actor.from_request(request)}
        if _done(form, lambda: renewal_propose(entry=row, **form.cleaned_data, **who)):
            return desk.told(request, ASKED)
    _looked_at(request, row)
    return desk.page(request, "admin/watchlist/entry/renew.html", row, form=form, facts=_facts(row))


def renewal(desk: "EntryAdmin", request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a renewal that waits; approve it or turn it down."""
    return _renewal(request, desk, pk)


@step_up_required
def _renewal(request: HttpRequest, desk: "EntryAdmin", pk: int) -> HttpResponse:
    row = desk.row(request, pk)
    asked = row.renewals.waiting().select_related("proposed_by").first()
    if asked is None:
        messages.info(request, gettext("No renewal of this entry waits for approval."))
        return HttpResponseRedirect(desk.address("changelist"))
    if request.method == "POST":
        return _decided(request, desk, asked)
    _looked_at(request, row)
    return desk.page(request, "admin/watchlist/entry/renewal.html", row, renewal=asked, facts=_facts(row))


def _decided(request: HttpRequest, desk: "EntryAdmin", asked: Renewal) -> HttpResponse:
    actor = Actor.from_request(request)
    try:
        if "drop" in request.POST:
            renewal_drop(renewal=asked, actor=actor)
            return desk.told(request, DROPPED)
        renewal_approve(renewal=asked, by=signed_in(request), actor=actor)
    except Refused as refusal:
        return desk.refused(request, refusal)
    return desk.told(request, RENEWED % {"moment": moment(asked.until)})


def letter(desk: "EntryAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """The notice to the enrolled person, to be printed. It shows no face."""
    row = desk.row(request, pk)
    if row.status != Entry.Status.ACTIVE or row.has_ended:
        messages.error(request, gettext("Only somebody who is looked for is given notice of it."))
        return HttpResponseRedirect(desk.address("changelist"))
    record_access(actor=Actor.from_request(request), action="printed the notice of", subject=row)
    context = {
        "entry": row,
        "today": timezone.now(),
        "facts": _facts(row),
        "district": gettext(settings.LOCKPORT_DISTRICT),
        "contact": gettext(settings.LOCKPORT_CONTACT),
        "acknowledge_days": ACKNOWLEDGE_WITHIN.days,
        "answer_days": ANSWER_WITHIN.days,
    }
    return render(request, "watchlist/letter.html", context)


def appeal(desk: "EntryAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that the person, or somebody for them, objects."""
    row = desk.row(request, pk)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who: dict[str, Any] = {"by": signed_in(request), "actor": Actor.from_request(request)}
        if _done(form, lambda: appeal_record(entry=row, **form.cleaned_data, **who)):
            return desk.told(request, RECORDED)
    _looked_at(request, row)
    return desk.page(request, "admin/watchlist/entry/appeal.html", row, form=form, facts=_facts(row))


def history(desk: "EntryAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided of an entry, by whom and when: the access log's own words."""
    row = desk.row(request, pk)
    record_access(actor=Actor.from_request(request), action="looked at", subject=row, reason="its history")
    return desk.page(request, "admin/watchlist/entry/history.html", row, records=history_of(row))


def preview_photograph(desk: "EntryAdmin", request: HttpRequest) -> HttpResponse:
    """The verdict on one photograph as JSON, while its form is still open. The photograph is not kept."""
    if not desk.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    number = request.POST.get("entry", "")
    entry = desk.row(request, int(number)) if number.isdecimal() else None
    file = request.FILES.get("photograph")
    if file is None or isinstance(file, list):
        raise Http404(_("There is no photograph in this request."))
    seen = preview(file.read(), entry=entry, person=signed_in(request))
    for other in seen.similar.named:
        record_access(actor=Actor.from_request(request), action="looked at", subject=other)
    size = {"width": seen.width, "height": seen.height}
    answer = {"accepted": seen.accepted, "words": seen.words, "faces": seen.faces, **size}
    return JsonResponse(answer | {"cautions": seen.similar.sentences}, headers={"Cache-Control": "no-store"})


def _done(form: Form, act: Callable[[], Any]) -> bool:
    """Whether it was done; a refusal becomes an error of the form, which keeps what was typed."""
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _facts(row: Entry) -> list[tuple[str, str]]:
    return in_words(row.category.slug, row.particulars)


def _looked_at(request: HttpRequest, row: Entry) -> None:
    record_access(actor=Actor.from_request(request), action="looked at", subject=row)
