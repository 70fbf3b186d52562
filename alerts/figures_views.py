"""The figures page: per school, numbers as sentences first, plots second, the same in tables beside them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alerts.figures import DAYS, MOST_TIMED, Figures, figures_of, one_in
from alerts.plots import Bar, bars, rate
from audit.services import Actor, record_access
from cameras.models import School
from cameras.selectors import overview
from lockport.access import require
from lockport.saying import grouped


@dataclass(frozen=True, slots=True)
class Drawn:
    """One school's figures with their plots."""

    figures: Figures

    @property
    def outcomes(self) -> SafeString:
        rows = [Bar(row.name, row.number, grouped(row.number)) for row in self.figures.outcomes]
        return bars(
            rows,
            title=gettext("What became of the alerts at %(school)s; the table says the same.")
            % {"school": self.figures.school},
        )

    @property
    def times(self) -> SafeString:
        rows = [Bar(row.name, row.median, row.median_words, row.most) for row in self.figures.times]
        return bars(rows, title=gettext("How long people took; the table says the same."), logarithmic=True)

    @property
    def rate(self) -> SafeString:
        alarms = self.figures.false_alarms
        return rate(alarms.rate, alarms.interval, alarms.budget, title=alarms.sentence)

    @property
    def rate_rows(self) -> list[tuple[str, str]]:
        alarms = self.figures.false_alarms
        ends = dict(zip(("low", "high"), map(one_in, alarms.interval), strict=True))
        return [
            (gettext("Measured"), one_in(alarms.rate)),
            (gettext("%(percent)s interval") % {"percent": "95 %"}, gettext("%(low)s to %(high)s") % ends),
            (gettext("Budget"), one_in(alarms.budget)),
        ]


@require_GET
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of one school: the chosen one, or the first that one may see."""
    require(request.user, ["alerts.view_alert"])
    schools = list(School.objects.visible_to(request.user))
    wanted = request.GET.get("school", "")
    school = next((row for row in schools if str(row.pk) == wanted), schools[0] if schools else None)
    subject = f"the figures of {school}" if school else "the figures page: no school granted"
    record_access(actor=Actor.from_request(request), action="looked at", subject=subject)
    cameras = overview(request.user)
    context = {
        "schools": schools,
        "school": school,
        "drawn": Drawn(figures_of(request.user, school)) if school else None,
        "days": DAYS,
        "most_timed": MOST_TIMED,
        "cameras": cameras,
        "expected": [view for view in cameras.expected if school and view.camera.school_id == school.pk],
        "watching": [view for view in cameras.watching if school and view.camera.school_id == school.pk],
    }
    return render(request, "alerts/figures.html", context)
