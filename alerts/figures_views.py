"""The figures page: per school, numbers as sentences first, plots second, the same in tables beside them."""

import math
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alerts.figures import DAYS, MOST_TIMED, Figures, figures_of, lasted, one_in
from alerts.plots import Bar, bars, rate
from audit.services import Actor, record_access
from cameras.models import School
from cameras.selectors import only_some_cameras, overview
from cameras.uptime import CameraUptime, uptimes_of
from lockport.access import Person, require
from lockport.saying import grouped

MOST_CAMERAS = 12  # of a school are drawn, those that were away most


def percent(share: float) -> str:
    """Rounded down, so that 100 % is said of a camera that was never away, and of no other."""
    return f"{math.floor(1000 * share) / 10:.1f} %"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One school's figures with their plots."""

    figures: Figures
    uptime: list[CameraUptime]

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
    def uptimes(self) -> SafeString:
        rows = [Bar(one.camera.name, one.share, percent(one.share)) for one in self.uptime[:MOST_CAMERAS]]
        return bars(
            rows, title=gettext("How much of their time the cameras watched; the table says the same."), top=1.0
        )

    @property
    def uptime_rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (one.camera.name, percent(one.share), lasted(60 * one.away), lasted(60 * one.unknown))
            for one in self.uptime[:MOST_CAMERAS]
        ]

    @property
    def uptime_words(self) -> str:
        """All cameras together: how much of the time that was counted, and how much of it nobody counted."""
        watching = sum(one.watching for one in self.uptime)
        wanted = watching + sum(one.away for one in self.uptime)
        return percent(watching / wanted) if wanted else ""

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
    schools = list(School.objects.within_reach_of(request.user))
    wanted = request.GET.get("school", "")
    school = next((row for row in schools if str(row.pk) == wanted), schools[0] if schools else None)
    subject = f"the figures of {school}" if school else "the figures page: no school granted"
    record_access(actor=Actor.from_request(request), action="looked at", subject=subject)
    cameras = overview(request.user)
    context = {
        "schools": schools,
        "school": school,
        "drawn": _drawn(request.user, school) if school else None,
        "most_cameras": MOST_CAMERAS,
        "days": DAYS,
        "most_timed": MOST_TIMED,
        "cameras": cameras,
        "part": only_some_cameras(request.user, school) if school else [],
        "expected": [view for view in cameras.expected if school and view.camera.school_id == school.pk],
        "watching": [view for view in cameras.watching if school and view.camera.school_id == school.pk],
    }
    return render(request, "alerts/figures.html", context)


def _drawn(person: Person, school: School) -> Drawn:
    figures = figures_of(person, school)
    return Drawn(figures, uptimes_of(person, school, figures.since.date()))
