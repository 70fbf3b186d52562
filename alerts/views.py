"""The review room: the queue, one alert, its pictures, and the answer. Every look is recorded before it is given."""

from django.core.exceptions import SuspiciousOperation
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from alerts import selectors, words
from alerts.cards import Card
from alerts.deciding import AlreadyAnswered, NotAccepted, decide
from alerts.forms import DecisionForm
from alerts.models import Alert
from audit.lists import record_list
from audit.models import AccessRecord
from audit.services import Actor, record_access
from cameras.selectors import overview
from cameras.views import HtmxRequest
from lockport.access import require, visible_or_404
from retention.keys import Unreadable

LOOK = ["alerts.view_alert"]


@require_GET
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, what waits for a second person, what was decided today."""
    require(request.user, LOOK)
    now = timezone.now()
    after = selectors.latest_event()  # before the rows, so that what happens meanwhile is told by the stream
    found = selectors.queue_for(request.user, now)
    actor = Actor.from_request(request)
    record_list(actor=actor, what="review queue, alerts", numbers=[alert.pk for alert in found.shown])
    sections = [
        {"key": key, "title": title, "section": section, "cards": [Card(a, request.user, now) for a in section.alerts]}
        for key, title, section in (
            ("yours", "Waiting for you", found.yours),
            ("others", "Waiting for a second person", found.others),
            ("decided", "Decided today", found.decided),
        )
    ]
    last = selectors.last_seen(request.user)
    context = {
        "sections": sections,
        "after": after,
        "cameras": overview(request.user),
        "last_seen": words.clock(last.last_seen, last.camera.school.zone, now=now, seconds=False) if last else "",
    }
    return render(request, "alerts/queue.html", context)


@require_GET
@never_cache
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: the two faces and the question, then everything else that is known."""
    row, record = _look(request, pk)
    return _page(request, row, record)


@require_GET
@never_cache
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one alert, for a page that is open already."""
    row, _ = _look(request, pk)
    return render(request, "alerts/_card.html", {"card": Card(row, request.user, timezone.now())})


@require_POST
@never_cache
def decision(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take down an answer; then the queue again, or with htmx the card as it is now."""
    problem, status = _take_down(request, pk)
    from_page = request.POST.get("from") == "page"
    if not problem and not request.htmx:
        return redirect("alerts:alert", pk) if from_page else redirect("alerts:queue")
    row, record = _look(request, pk)
    if request.htmx and not from_page:
        context = {"card": Card(row, request.user, timezone.now()), "problem": problem}
        return render(request, "alerts/_card.html", context, status=status)
    return _page(request, row, record, problem=problem, status=status)


@require_GET
def face(request: HttpRequest, pk: int) -> HttpResponse:
    """The camera's picture of the face."""
    row, _ = _look(request, pk, action="looked at the face of")
    return _picture(row.face)


@require_GET
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole picture of the camera, other people's faces blurred."""
    row, _ = _look(request, pk, action="looked at the frame of")
    return _picture(row.frame)


def _look(request: HttpRequest, pk: int, action: str = "looked at") -> tuple[Alert, AccessRecord]:
    """The alert, once it is recorded that this person looks at it."""
    row = visible_or_404(selectors.readable(Alert.objects.all()), request.user, pk=pk)
    require(request.user, LOOK)
    return row, record_access(actor=Actor.from_request(request), action=action, subject=row)


def _take_down(request: HttpRequest, pk: int) -> tuple[str, int]:
    """What was wrong with the answer ("" for nothing) and the status to say it with."""
    actor = Actor.from_request(request)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return form.problem, 422
    try:
        decide(person=request.user, actor=actor, alert_pk=pk, **form.cleaned_data)
    except AlreadyAnswered as error:
        return str(error), 409
    except NotAccepted as error:
        return str(error), 422
    return "", 200


def _page(request: HttpRequest, row: Alert, record: AccessRecord, problem: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    card = Card(row, request.user, now)
    if card.other is not None:  # the page names this person too
        record_access(actor=Actor.from_request(request), action="looked at", subject=card.other)
    context = {
        "card": card,
        "after": selectors.latest_event(),
        "problem": problem,
        "recorded_at": words.clock(record.at, row.camera.school.zone, now=now, seconds=False),
    }
    return render(request, "alerts/alert.html", context, status=status)


def _picture(picture: FieldFile) -> HttpResponse:
    try:
        content = picture.open().read()
    except (FileNotFoundError, Unreadable, SuspiciousOperation):
        raise Http404("This picture has been destroyed.") from None
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
