"""What somebody has to say before a recording is shown: which time, and why."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import dateformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera
from cameras.recording.timeline import Day, NoSuchTime, moment_at
from lockport.inputs import ClockInput, DayInput
from lockport.years import refuse_year

LONGEST_MINUTES = 60


class PeriodForm(forms.Form):
    """A time of day at the school, a length and a reason; afterwards `start` and `end` are moments."""

    date = forms.DateField(label=_("Date"), validators=[refuse_year], widget=DayInput)
    clock = forms.TimeField(label=_("From"), widget=ClockInput(seconds=True))
    second = forms.BooleanField(
        required=False, label=_("The second time the clock showed this: it was set back an hour that night")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=LONGEST_MINUTES, initial=5)
    reason = forms.CharField(label=_("Why you need to see it"), min_length=5, max_length=300)

    def __init__(self, *args: Any, camera: Camera, day: Day, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.camera = camera
        self.start: datetime | None = None
        self.end: datetime | None = None
        if not day.has_hour_twice:
            self.fields["second"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"date", "clock", "minutes"} <= cleaned.keys():
            try:
                self.start = moment_at(
                    cleaned["date"], cleaned["clock"], self.camera.school.zone, second=cleaned.get("second", False)
                )
            except NoSuchTime:
                raise forms.ValidationError(_no_such_time(cleaned["date"], cleaned["clock"])) from None
            self.end = self.start + timedelta(minutes=cleaned["minutes"])
        return cleaned


WHY = _("Who needs it and why; this is written into every picture")
UNBLURRED = _("Leave faces as they are: a second person has to agree before the file is made")


class ExportForm(PeriodForm):
    """The same for a file that may leave the building."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=10, initial=1)
    reason = forms.CharField(label=WHY, min_length=5, max_length=300)
    unblurred = forms.BooleanField(required=False, label=UNBLURRED)


class ClipExportForm(forms.Form):
    """For an alert's clip, whose time is given."""

    reason = forms.CharField(label=WHY, min_length=5, max_length=300)
    unblurred = forms.BooleanField(required=False, label=UNBLURRED)


def _no_such_time(day: date, clock: time) -> str:
    said = gettext("On %(day)s there was no %(time)s: the clocks went forward. Choose another time.")
    return said % {"day": dateformat.format(day, gettext("j F Y")), "time": f"{clock:%H:%M}"}
