"""Authorisations: signed by one person, approved by another."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.desk import signed_in
from audit.services import Actor
from watchlist.authorising import authorisation_approve, authorisation_sign
from watchlist.desk.decided import DecidedAdmin
from watchlist.desk.words import badge, moment
from watchlist.forms import AuthorisationForm
from watchlist.models import Authorisation

SIGNED = _("Signed. It is in force once another person has approved it.")
IN_FORCE = _("Approved. Cameras of this school look for entries of these categories from now on.")


@admin.register(Authorisation)
class AuthorisationAdmin(DecidedAdmin):
    """What a school may look for, by which law, until when."""

    form = AuthorisationForm
    approve_template = "admin/watchlist/authorisation/approve.html"
    list_display = ["school", "law", "begins", "ends", "state"]
    list_filter = ["school"]
    list_select_related = ["school"]

    @admin.display(description=_("From"), ordering="valid_from")
    def begins(self, row: Authorisation) -> str:
        return moment(row.valid_from)

    @admin.display(description=_("Until"), ordering="valid_until")
    def ends(self, row: Authorisation) -> str:
        return moment(row.valid_until)

    @admin.display(description=_("State"))
    def state(self, row: Authorisation) -> SafeString:
        if row.approved_by_id is None:
            return badge("proposed", f"• {gettext('waiting for a second person')}")
        if row.is_in_force:
            return badge("active", f"✓ {gettext('in force')}")
        return badge("ended", f"– {gettext('not in force')}")

    def save_model(self, request: HttpRequest, obj: Authorisation, form: ModelForm, change: bool) -> None:
        categories = form.cleaned_data["categories"]
        actor = Actor.from_request(request)
        authorisation_sign(authorisation=obj, categories=categories, by=signed_in(request), actor=actor)

    def do_approve(self, request: HttpRequest, row: Authorisation) -> Any:
        authorisation_approve(authorisation=row, by=signed_in(request), actor=Actor.from_request(request))
        return IN_FORCE

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.told(request, SIGNED)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.told(request, SIGNED)
