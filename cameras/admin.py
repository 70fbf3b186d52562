"""Schools and cameras in Django's admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.desk import RecordedAdmin
from audit.services import Actor
from cameras.aiming import plan_set
from cameras.forms import PLACES, CameraForm, SchoolForm
from cameras.models import Camera, School
from cameras.services import camera_delete, camera_save, school_save
from cameras.vision.sources import AddressRefused


@admin.register(School)
class SchoolAdmin(RecordedAdmin):
    form = SchoolForm
    list_display = ["name", "jurisdiction", "time_zone"]
    search_fields = ["name"]

    def save_model(self, request: HttpRequest, obj: School, form: ModelForm, change: bool) -> None:
        actor = Actor.from_request(request)
        school_save(school=obj, actor=actor)
        if file := form.cleaned_data.get("new_plan"):
            try:
                plan_set(school=obj, file=file, actor=actor)
            except ValidationError as error:
                said = gettext("The plan was not kept, everything else was.")
                messages.error(request, f"{said} {' '.join(error.messages)}")


@admin.register(Camera)
class CameraAdmin(RecordedAdmin):
    """Cameras can be deleted while they have no alerts and no recordings; afterwards they are switched off."""

    form = CameraForm
    fieldsets = [
        (None, {"fields": ["school", "name", "place", "new_address"]}),
        (_("What it is for"), {"fields": ["enabled", "recording"]}),
        (_("Hours"), {"fields": ["watch_days", ("watch_from", "watch_until")]}),
    ]
    list_display = ["name", "school", "place", "enabled", "recognises", "aim"]
    list_filter = ["school", "enabled", "place"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        return super().get_queryset(request).select_related("school").defer("address")

    @admin.display(description=_("Recognition"), boolean=True)
    def recognises(self, row: Camera) -> bool:
        return not row.recognition_refused

    @admin.display(description=_("Picture"))
    def aim(self, row: Camera) -> str:
        return format_html('<a href="{}">{}</a>', reverse("cameras:aim", args=[row.pk]), gettext("Aim and mask"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and (obj.alerts.exists() or obj.segments.exists() or obj.exports.exists()):
            return False
        return request.user.has_perm("cameras.delete_camera")

    def changeform_view(self, request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *arguments, **more)
        except AddressRefused as refusal:  # what the form accepted leads elsewhere a moment later
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Camera, form: ModelForm, change: bool) -> None:
        camera_save(camera=obj, address=form.cleaned_data["new_address"], actor=Actor.from_request(request))
        if obj.recognition_refused:
            messages.warning(request, PLACES)

    def delete_model(self, request: HttpRequest, obj: Camera) -> None:
        camera_delete(camera=obj, actor=Actor.from_request(request))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """The service has written to the access log."""
