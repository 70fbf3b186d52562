"""The review room: the queue, one alert, its pictures, and the answers. Every look is recorded before it is given."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alerts import selectors, words
from alerts.cards import OTHERS, Card
from alerts.correcting import correct, undo
from alerts.deciding import AlreadyAnswered, NotAccepted, decide
from alerts.filters import choices_for
from alerts.forms import DecisionForm, RemarkForm
from alerts.looks import note_first_look, who_looked
from alerts.models import Alert
from alerts.remaining import nobody_left
from alerts.remarking import remark_add, written
from alerts.trail import trail_of
from audit.lists import record_list
from audit.models import AccessRecord
from audit.services import Actor, record_access
from cameras.selectors import overview
from cameras.views import HtmxRequest
from lockport.access import Person, require, visible_or_404
from lockport.posting import post_only
from retention.keys import Unreadable

LOOK = ["alerts.view_alert"]
Written = DecisionForm | RemarkForm


@require_GET
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, what waits for a second person, what was decided today."""
    require(request.user, LOOK)
    now = timezone.now()
    after = selectors.latest_event()  # before the rows, so that what happens meanwhile is told by the stream
    choices = choices_for(request)
    found = selectors.queue_for(request.user, now, choices.chosen)
    actor = Actor.from_request(request)
    record_list(actor=actor, what="review queue, alerts", numbers=[alert.pk for alert in found.shown])
    note_first_look(found.shown)
    last = selectors.last_seen(request.user)
    outside = selectors.waiting_outside(request.user, choices.chosen, now)
    stuck = nobody_left(found.others.alerts)
    context = {
        "sections": [
            {
                "key": key,
                "title": title,
                "section": part,
                "cards": [Card(a, request.user, now, nobody_left=a.pk in stuck) for a in part.alerts],
            }
            for key, title, part in _sections(found)
        ],
        "after": after,
        "choices": choices,
        "cameras": overview(request.user),
        "all_waiting": found.yours.total + len(outside),
        "outside": outside,
        "last_seen": words.clock(*last, now=now, seconds=False) if last else "",
    }
    return render(request, "alerts/queue.html", context)


def _sections(found: selectors.Queue) -> list[tuple[str, str, selectors.Section]]:
    return [
        ("yours", gettext("Waiting for you"), found.yours),
        ("others", gettext("Waiting for a second person"), found.others),
        ("decided", gettext("Decided today"), found.decided),
        ("unanswered", gettext("Not answered"), found.unanswered),
    ]


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
    return render(request, "alerts/_card.html", {"card": _card(row, request.user)})


@post_only("alerts:alert", "pk")
@never_cache
def decision(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take down an answer; then the queue again, or with htmx the card as it is now."""
    form = DecisionForm(request.POST)
    return _answered(request, pk, form, lambda actor: decide(**_who(request, actor, pk), **form.cleaned_data))


@post_only("alerts:alert", "pk")
@never_cache
def take_back(request: HtmxRequest, pk: int) -> HttpResponse:
    """Undo one's last answer, within ten seconds."""
    return _answered(request, pk, None, lambda actor: undo(**_who(request, actor, pk)))


@post_only("alerts:alert", "pk")
@never_cache
def correction(request: HtmxRequest, pk: int) -> HttpResponse:
    """Say something else than before, with a reason."""
    form = DecisionForm(request.POST)

    def change(actor: Actor) -> object:
        given = form.cleaned_data
        return correct(**_who(request, actor, pk), answer=given["answer"], reason=given["note"])

    return _answered(request, pk, form, change, place="answers")


@post_only("alerts:alert", "pk")
@never_cache
def remark(request: HtmxRequest, pk: int) -> HttpResponse:
    """Write a note beside the answers."""
    form = RemarkForm(request.POST)
    return _answered(
        request,
        pk,
        form,
        lambda actor: remark_add(**_who(request, actor, pk), text=form.cleaned_data["note"]),
        place="answers",
    )


@require_GET
@never_cache
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """To print for somebody who was wrongly matched: what happened and what is kept; nobody's face, no other's name."""
    row, _ = _look(request, pk, action="printed the letter about")
    if row.status != Alert.Status.REJECTED:
        raise Http404(gettext("There is a letter only about a match that was wrong."))
    now = timezone.now()
    context = {"card": Card(row, request.user, now), "today": now.astimezone(row.camera.school.zone).date()}
    return render(request, "alerts/letter.html", context)


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
    row = visible_or_404(selectors.readable(Alert.objects.all(), request.user), request.user, pk=pk)
    require(request.user, LOOK)
    record = record_access(actor=Actor.from_request(request), action=action, subject=row)
    note_first_look([row])
    return row, record


def _card(row: Alert, person: Person, now: datetime | None = None) -> Card:
    """One alert's card; who is left to answer is asked only where this person has answered already."""
    card = Card(row, person, now or timezone.now())
    return replace(card, nobody_left=bool(nobody_left([row]))) if card.section == OTHERS else card


def _who(request: HttpRequest, actor: Actor, pk: int) -> dict[str, Any]:
    return {"person": request.user, "actor": actor, "alert_pk": pk}


def _answered(
    request: HtmxRequest, pk: int, form: Written | None, act: Callable[[Actor], object], *, place: str = "answer"
) -> HttpResponse:
    """Do what was asked for, and show what came of it: with htmx the card, else the page it came from.

    There the focus goes to `place`, where it is said: whoever has no mouse goes on there, not at the top of the page.
    """
    problem, status = _try(request, form, act)
    from_page = request.POST.get("from") == "page"
    if not problem and not request.htmx:
        return redirect(f"{reverse('alerts:alert', args=[pk])}#{place}" if from_page else "alerts:queue")
    row, record = _look(request, pk)
    if request.htmx and not from_page:
        context = {"card": _card(row, request.user), "problem": problem}
        return render(request, "alerts/_card.html", context, status=status)
    return _page(request, row, record, problem=problem, status=status)


def _try(request: HttpRequest, form: Written | None, act: Callable[[Actor], object]) -> tuple[str, int]:
    """What was wrong with the answer ("" for nothing) and the status to say it with."""
    if form is not None and not form.is_valid():
        return form.problem, 422
    try:
        act(Actor.from_request(request))
    except AlreadyAnswered as error:
        return str(error), 409
    except NotAccepted as error:
        return str(error), 422
    return "", 200


def _page(request: HttpRequest, row: Alert, record: AccessRecord, problem: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    card = _card(row, request.user, now)
    if card.other is not None:  # the page names this person too
        record_access(actor=Actor.from_request(request), action="looked at", subject=card.other)
    day = [Card(other, request.user, now) for other in selectors.others_of_the_day(request.user, row)]
    context = {
        "card": card,
        "day": day,
        "trail": trail_of(request.user, card, day),
        "looks": [] if card.is_blind else who_looked(row, now),
        "remarks": [] if card.is_blind else written(row, now),
        "escalations": row.escalations.select_related("to"),
        "after": selectors.latest_event(),
        "problem": problem,
        "made_at": words.dated(now, row.camera.school.zone),
        "recorded_at": words.clock(record.at, row.camera.school.zone, now=now, seconds=False),
    }
    return render(request, "alerts/alert.html", context, status=status)


def _picture(picture: FieldFile) -> HttpResponse:
    try:
        content = picture.open().read()
    except (FileNotFoundError, Unreadable, SuspiciousOperation):
        raise Http404(gettext("This picture has been destroyed.")) from None
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
