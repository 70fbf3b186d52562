"""Pages about who may see what: with names, without names, and the glass that can be broken."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from audit.desk import signed_in
from audit.lists import in_runs, record_list
from audit.services import Actor
from cameras.models import School
from lockport.access import require
from lockport.break_glass import glass_seen, officers
from lockport.mail import can_mail
from lockport.models import BrokenGlass
from lockport.posting import post_only
from lockport.step_up import step_up_required
from retention.checks import policy
from retention.policy import ACCESS_LOG_YEARS
from retention.selectors import holds_in_force, last_certificate
from watchlist.glass import SHORTEST_REASON, glass_break
from watchlist.models import Category
from watchlist.who import numbers_and_posts, who_can_see


class GlassForm(forms.Form):
    school = forms.ModelChoiceField(School.objects.all(), empty_label=None, label=_("School"))
    reason = forms.CharField(
        label=_("What has happened?"),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"min_length": _("Say it in a sentence: the privacy officer reads it.")},
    )


@require_GET
@never_cache
def who(request: HttpRequest) -> HttpResponse:
    """For the privacy officer: every account that can see a face, by name."""
    require(request.user, ["audit.view_accessrecord"])
    sights = who_can_see()
    accounts = in_runs(sight.person.pk for sight in sights)
    record_list(actor=Actor.from_request(request), what="who can see what, accounts", numbers=accounts)
    context = {
        "sights": sights,
        "now": timezone.now(),
        "can_mail": can_mail(),
        "not_mailed": [person for person in officers() if not person.email],
    }
    return render(request, "watchlist/who.html", context)


@login_not_required
@require_GET
def who_public(request: HttpRequest) -> HttpResponse:
    """For everybody: numbers and posts. No name, no account, nothing about anybody who was seen."""
    schools, keepers = numbers_and_posts()
    return render(request, "watchlist/who_public.html", {"schools": schools, "keepers": keepers, "now": timezone.now()})


@login_not_required
@require_GET
def how_long(request: HttpRequest) -> HttpResponse:
    """For everybody: the retention schedule as it is set, and how many legal holds there are."""
    context = {
        "policy": policy(),
        "log_years": ACCESS_LOG_YEARS,
        "categories": Category.objects.filter(enabled=True).order_by("name"),
        "holds": holds_in_force(),
        "certificate": last_certificate(),
        "now": timezone.now(),
    }
    return render(request, "watchlist/how_long.html", context)


@step_up_required
@require_http_methods(["GET", "POST"])
@never_cache
def break_glass(request: HttpRequest) -> HttpResponse:
    """Ask at which school and why; then let this person see everything there for an hour."""
    require(request.user, ["alerts.view_alert"])
    form = GlassForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        glass_break(person=signed_in(request), actor=Actor.from_request(request), **form.cleaned_data)
        return redirect("alerts:queue")
    return render(request, "watchlist/break_glass.html", {"form": form}, status=422 if form.is_bound else 200)


@post_only("watchlist:who")
def seen_glass(request: HttpRequest, pk: int) -> HttpResponse:
    """A privacy officer has seen who broke the glass and why."""
    require(request.user, ["audit.view_accessrecord"])
    glass = get_object_or_404(BrokenGlass.objects.exclude(person=signed_in(request)), pk=pk)
    glass_seen(glass=glass, by=signed_in(request), actor=Actor.from_request(request))
    return redirect("watchlist:who")
