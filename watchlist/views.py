"""The ways by which an enrolled photograph or a document leaves the vault; the clocks of appeals; the evaluation."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from audit.lists import record_list
from audit.services import Actor, record_access
from lockport.access import require, visible_or_404
from retention.keys import Unreadable
from watchlist.documents import SUFFIXES
from watchlist.evaluating.page import kept_page
from watchlist.papers import Document
from watchlist.selectors import appeals_without_names, newest_evaluation, photographs_for


@require_GET
def photograph(request: HttpRequest, pk: int) -> HttpResponse:
    """The photograph as JPEG, recorded before its first byte; 404 for whom it does not concern, or when it is gone."""
    row = visible_or_404(photographs_for(request.user), request.user, pk=pk)
    if not request.user.has_perm("alerts.view_alert"):
        require(request.user, ["watchlist.view_photograph"])
    if row.entry.has_ended:
        raise Http404(_("This entry has ended."))
    record_access(actor=Actor.from_request(request), action="looked at", subject=row)
    try:
        content = row.file.read()
    except (Unreadable, FileNotFoundError):
        raise Http404(_("This photograph has been destroyed or cannot be read.")) from None
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@require_GET
@never_cache
def evaluation(request: HttpRequest) -> HttpResponse:
    """The evaluation that start-up relies on, as a page."""
    require(request.user, ["watchlist.view_evaluation"])
    row = newest_evaluation()
    record_access(
        actor=Actor.from_request(request), action="looked at", subject=row or "the evaluation (there is none)"
    )
    return render(request, "watchlist/evaluation.html", kept_page(row))


@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The order or finding behind an entry, to be saved: a browser never opens it as a page of this site."""
    row = visible_or_404(Document.objects.select_related("entry"), request.user, pk=pk)
    require(request.user, ["watchlist.view_document"])
    record_access(actor=Actor.from_request(request), action="looked at", subject=row)
    try:
        content = row.file.read()
    except (Unreadable, FileNotFoundError):
        raise Http404(_("This document has been destroyed or cannot be read.")) from None
    name = f"document-{row.pk}.{SUFFIXES.get(row.kind, 'bin')}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=row.kind, headers=headers)


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    """Every appeal that waits, with its clocks and without a name: the privacy officer sees that none is forgotten."""
    require(request.user, ["watchlist.view_appeal"])
    rows = appeals_without_names()
    record_list(actor=Actor.from_request(request), what="clocks of the appeals", numbers=[row.pk for row in rows])
    return render(request, "watchlist/appeals.html", {"appeals": rows})
