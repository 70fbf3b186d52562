"""The camera's form: an address is checked before it is stored, and never shown again."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.addresses import folder_words
from cameras.hours import EVERY_DAY
from cameras.models import Camera, School
from cameras.services import check_address, shown_address
from cameras.vision.sources import AddressRefused
from lockport.inputs import ClockInput

PLACES = _(
    "Faces are never recognised in classrooms, counselling, clinics, changing rooms and toilets, whoever asks: "
    "a camera there looks for nobody."
)


class AddressInput(forms.TextInput):
    """A text field that never shows what it holds: an address may contain a password."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false", "size": 60})

    def format_value(self, value: Any) -> None:
        return None


class DaysField(forms.MultipleChoiceField):
    """Days of the week to tick; cleans to their numbers in one word, as the camera's row has them: "12345"."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[(str(day + 1), WEEKDAYS[day]) for day in range(7)], **options)

    def prepare_value(self, value: Any) -> list[str]:
        return list(value or "")

    def to_python(self, value: Any) -> list[str]:
        return sorted(set("".join(value or [])))

    def clean(self, value: Any) -> str:
        return "".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or "") != self.to_python(data)


class CameraForm(forms.ModelForm):
    """A camera; an address left blank keeps the one that is stored."""

    new_address = forms.CharField(
        required=False,
        label=_("Address"),
        max_length=500,
        widget=AddressInput,
    )

    watch_days = DaysField(
        label=_("Days"),
        initial=EVERY_DAY,
        help_text=_("On which it is watched. Nobody passing on another day would be noticed."),
        error_messages={"required": _("Tick at least one day, or switch the camera off instead.")},
    )

    class Meta:
        model = Camera
        fields = ["school", "name", "place", "enabled", "recording", "watch_days", "watch_from", "watch_until"]
        help_texts = {"place": PLACES}
        # The browser's own field: the admin's has a "Now" that fills in the office's time, and this is the school's.
        widgets = dict.fromkeys(["watch_from", "watch_until"], ClockInput)
        labels = {"watch_from": _("Watched from"), "watch_until": _("Watched until")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_address" not in self.fields:
            return
        if self.instance.pk is None:
            said = gettext("rtsp://user:password@host/path, usb:0, or the name of a video file in %(folder)s.")
            folder = folder_words(settings.LOCKPORT_VIDEO_FOLDER)
            self.fields["new_address"].help_text = said % {"folder": folder}
        else:
            said = gettext(
                "Now: %(address)s. Leave this blank to keep it; a new one has to be typed in full, with its password."
            )
            self.fields["new_address"].help_text = said % {"address": shown_address(self.instance)}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if (values.get("watch_from") is None) != (values.get("watch_until") is None):
            self.add_error("watch_until", _("Enter both when watching begins and when it ends, or neither."))
        return values

    def clean_new_address(self) -> str:
        address = self.cleaned_data["new_address"]
        if not address and self.instance.pk is not None:
            return ""
        try:
            check_address(address)
        except AddressRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return address


class SchoolForm(forms.ModelForm):
    """A school; a plan left blank keeps the one that is stored."""

    new_plan = forms.FileField(
        required=False,
        label=_("Floor plan"),
        help_text=_("PNG, JPEG or WebP. It replaces the one there is; cameras keep their places on it."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    class Meta:
        model = School
        fields = ["name", "jurisdiction", "time_zone"]
