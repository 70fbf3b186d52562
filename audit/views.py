"""The privacy officer's room. Whoever reads the log is written in it, before the first sentence is shown."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from audit import room
from audit.acts import ACTS, KINDS, actions_of
from audit.desk import signed_in
from audit.export import FORMATS, sent
from audit.filters import WORKERS, Filter, FilterForm
from audit.lists import in_runs, record_list
from audit.models import AccessRecord, WeeklyReview
from audit.places import Zones, usual_zone, zones
from audit.reviews import NotSigned, bounds, review_sign, to_tick, weeks_to_review, worth_a_look
from audit.rows import Link, hint, row
from audit.sentences import clock
from audit.services import Actor, record_access
from audit.state import log_state
from audit.stored import shown
from audit.unusual import RULES
from lockport.access import require
from lockport.step_up import step_up_required

SEE = ["audit.view_accessrecord"]
HINTS = 8
DRAFT = "review_draft"


@require_GET
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    """The log in sentences, newest first, as far as the filter asks for."""
    require(request.user, SEE)
    by_school, people = zones(), room.people()
    form = _form(request, by_school)
    if not form.is_valid():
        return render(request, "audit/log.html", _choices(form, people, by_school), status=422)
    wanted, before = form.cleaned(), _before(request)
    name = dict(people).get(wanted.who, "")
    record = _record(request, "looked at", wanted.words(name))
    page, opened, hints = room.page(wanted, before), room.glass_broken(), worth_a_look(HINTS)
    numbers = in_runs(found.pk for found in [*page.records, *opened])
    record_list(actor=Actor.from_request(request), what="the access log, records", numbers=numbers)
    context = {
        "rows": [row(found, wanted, by_school) for found in page.records],
        "page": page,
        "older": wanted.query(before=str(page.following)) if page.following else "",
        "looked_back_to": page.looked_back_to,
        "is_first": before is None,
        "asked": [Link(text, wanted.widened(field).query()) for field, text in wanted.asked(name)],
        "recorded_at": clock(record.at, wanted.zone),
        "hints": [hint(found, wanted.zone, RULES) for found in hints],
        "opened": [row(found, Filter(zone=wanted.zone), by_school) for found in opened],
        **_summary(wanted, before),
    }
    return _page(request, "audit/log.html", _choices(form, people, by_school, wanted) | context, zone=wanted.zone)


@require_GET
@never_cache
@step_up_required
def export(request: HttpRequest) -> Any:
    """The same as a file, of any length, without an end in memory."""
    require(request.user, SEE)
    form = _form(request, zones())
    kind = request.GET.get("format", "")
    if not form.is_valid() or kind not in FORMATS:
        raise Http404(gettext("There is no such export. Choose CSV or JSON in the access log."))
    wanted = form.cleaned()
    record = _record(request, "exported", f"{kind.upper()} of {wanted.words()}")
    content_type, lines = FORMATS[kind]
    pieces = room.everything(wanted, until=room.Cursor(record.at, record.pk))
    response = StreamingHttpResponse(sent(lines(pieces)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="access-log-{record.at:%Y-%m-%d}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@never_cache
def reviews(request: HttpRequest) -> HttpResponse:
    """The weeks, and who has signed them."""
    require(request.user, SEE)
    record_access(actor=Actor.from_request(request), action="looked at", subject="the list of weekly reviews")
    zone = usual_zone()
    names = weeks_to_review(zone)
    signed = list(WeeklyReview.objects.filter(week__in=names))
    context = {
        "weeks": [
            {
                "name": name,
                "begins": bounds(name, zone)[0],
                "signed": (officers := [review.officer_name for review in signed if review.week == name]),
                "signed_by": ", ".join(officers),
                "to_tick": to_tick(name, zone).count(),
            }
            for name in names
        ]
    }
    return _page(request, "audit/reviews.html", context, zone=zone)


@require_http_methods(["GET", "POST"])
@never_cache
def review(request: HttpRequest, week: str) -> HttpResponseBase:
    """One week: what was pointed out, to tick; a note; a signature. Signing asks for a recent sign-in."""
    require(request.user, SEE)
    try:
        bounds(week, usual_zone())
    except ValueError:
        raise Http404(gettext("There is no such week.")) from None
    if request.method == "POST":
        # Kept over the way to the sign-in page and back, so that what was written is not lost.
        request.session[DRAFT] = {
            "week": week,
            "ticked": request.POST.getlist("ticked")[:10_000],
            "note": request.POST.get("note", "")[:2000],
        }
        return _sign(request, week)
    record_access(actor=Actor.from_request(request), action="looked at", subject=f"the review of week {week}")
    return _review_page(request, week)


@step_up_required
def _sign(request: HttpRequest, week: str) -> HttpResponse:
    draft = request.session[DRAFT]
    try:
        review_sign(
            week=week,
            zone=usual_zone(),
            officer=signed_in(request),
            ticked=draft["ticked"],
            note=draft["note"],
            actor=Actor.from_request(request),
        )
    except NotSigned as problem:
        return _review_page(request, week, problem=str(problem), status=422)
    del request.session[DRAFT]
    return redirect("audit:review", week)


def _review_page(request: HttpRequest, week: str, problem: str = "", status: int = 200) -> HttpResponse:
    zone = usual_zone()
    begins, ends = bounds(week, zone)
    officer = signed_in(request)
    draft = request.session.get(DRAFT, {})
    context = {
        "week": week,
        "begins": begins,
        "last_day": ends - timedelta(days=1),
        "is_over": ends <= timezone.now(),
        "zone": zone,
        "own": WeeklyReview.objects.filter(week=week, officer=officer.pk).first(),
        "others": WeeklyReview.objects.filter(week=week).exclude(officer=officer.pk),
        "hints": [hint(found, zone, RULES) for found in to_tick(week, zone)],
        "draft": draft if draft.get("week") == week else {},
        "problem": problem,
        "log_state": log_state(),
    }
    return _page(request, "audit/review.html", context, zone=zone, status=status)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, zone: ZoneInfo, status: int = 200
) -> HttpResponse:
    """The page with every time in one zone, which it names."""
    with timezone.override(zone):
        return render(request, template, context, status=status)


def _form(request: HttpRequest, by_school: Zones) -> FilterForm:
    known = {str(zone) for zone in by_school.values()} | {"UTC"}
    return FilterForm(request.GET, zones=known, usual=usual_zone(by_school))


def _before(request: HttpRequest) -> room.Cursor | None:
    """The place that the address names. What is no place is the beginning: only a broken link says such a thing."""
    try:
        return room.Cursor.parse(request.GET["before"]) if request.GET.get("before") else None
    except ValueError:
        return None


def _record(request: HttpRequest, action: str, reason: str) -> AccessRecord:
    return record_access(actor=Actor.from_request(request), action=action, subject="the access log", reason=reason)


def _summary(wanted: Filter, before: room.Cursor | None) -> dict[str, Any]:
    """Who has seen this person, or whom this account has seen: asked for alone, and on the first page only."""
    asked = [name for name in ("who", "about", "subject", "school", "act", "result") if getattr(wanted, name)]
    if before or len(asked) != 1:
        return {}
    if asked[0] in {"about", "subject"}:
        title = gettext("Who has seen %(what)s?") % {"what": shown(wanted.about or wanted.subject)}
        tallies, field = room.seen_by(wanted), "who"
    elif asked[0] == "who" and wanted.who not in WORKERS:
        title = gettext("Which enrolled people has this account looked at?")
        tallies, field = room.has_seen(wanted), "about"
    else:
        return {}
    lines = [(shown(tally.name), tally, wanted.narrowed(field, tally.value).query()) for tally in tallies]
    return {"summary_title": title, "summary": lines}


def _choices(
    form: FilterForm, people: list[tuple[str, str]], by_school: Zones, wanted: Filter | None = None
) -> dict[str, Any]:
    """What the filter's form offers."""
    return {
        "form": form,
        "wanted": wanted,
        "query": wanted.query() if wanted else "",
        # Rendered once for both lists: hundreds of options cost a template more than the log itself.
        "people": format_html_join("", '<option value="{}">{}</option>', people),
        "chosen": dict(people).get(wanted.who, "") if wanted else "",
        "workers": WORKERS.items(),
        "schools": sorted({*by_school, *([wanted.school] if wanted and wanted.school else [])}),
        "zones": sorted(form.zones),
        "kinds": [(kind, label, _acts_of(kind)) for kind, label in KINDS.items()],
        "log_state": log_state(),
    }


def _acts_of(kind: str) -> list[tuple[str, str]]:
    return [(action, ACTS[action].done) for action in actions_of(kind)]
