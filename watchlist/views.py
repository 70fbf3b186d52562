"""The one way by which an enrolled photograph leaves the vault; and what recognition was found to be worth."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from audit.services import Actor, record_access
from lockport.access import require, visible_or_404
from retention.keys import Unreadable
from watchlist.evaluating.page import kept_page
from watchlist.selectors import newest_evaluation, photographs_for


@require_GET
def photograph(request: HttpRequest, pk: int) -> HttpResponse:
    """The photograph as JPEG, recorded before its first byte; 404 for whom it does not concern, or when it is gone."""
    row = visible_or_404(photographs_for(request.user), request.user, pk=pk)
    if not request.user.has_perm("alerts.view_alert"):
        require(request.user, ["watchlist.view_photograph"])
    if row.entry.has_ended:
        raise Http404("This entry has ended.")
    record_access(actor=Actor.from_request(request), action="looked at", subject=row)
    try:
        content = row.file.read()
    except (Unreadable, FileNotFoundError):
        raise Http404("This photograph has been destroyed or cannot be read.") from None
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
