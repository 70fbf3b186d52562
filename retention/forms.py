"""The form by which a hold is requested."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lockport.access import Person
from lockport.inputs import DayInput, MomentInput
from lockport.years import refuse_year
from retention.holds import sees_as
from retention.registry import Span, holding_of
from retention.zones import moments, zone_of


class WallClockField(forms.DateTimeField):
    """A day and a time as a clock on the wall shows them, without a zone: the form knows whose wall it is."""

    widget = MomentInput
    default_validators = [refuse_year]

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else timezone.make_naive(found)


class HoldForm(forms.Form):
    alert = forms.IntegerField(required=False, min_value=1, label=_("Alert number"))
    # A select whose number is examined where the hold is requested: what is not in the list is refused there, in words.
    camera = forms.IntegerField(required=False, min_value=1, label=_("Camera"), widget=forms.Select)
    start = WallClockField(required=False, label=_("From"))
    end = WallClockField(required=False, label=_("To"))
    instrument = forms.CharField(max_length=300, label=_("Court order, subpoena or preservation letter"))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    last_day = forms.DateField(label=_("Last day"), validators=[refuse_year], widget=DayInput)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seer = sees_as(person)
        recordings = holding_of("recordings/")
        rows = list(recordings.visible(self.seer)) if recordings and recordings.visible else []
        zones = {row.pk: recordings.zone(row) for row in rows} if recordings and recordings.zone else {}
        several = len(set(zones.values())) > 1
        names = [(row.pk, f"{row} ({zones[row.pk]})" if several else str(row)) for row in rows]
        self.fields["camera"].widget.choices = [("", "–"), *names]
        self.fields["start"].help_text = _clock(set(zones.values()))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        period = [given.get("camera"), given.get("start"), given.get("end")]
        if given.get("alert") and any(period):
            raise forms.ValidationError(_("Name an alert or a camera with a period, not both."))
        if not given.get("alert") and not all(period):
            raise forms.ValidationError(_("Name an alert, or a camera with the period's beginning and end."))
        return given

    @property
    def span(self) -> Span | None:
        given = self.cleaned_data
        return None if given["alert"] else Span(given["camera"], *moments(given["start"], given["end"], self.zone))

    @property
    def zone(self) -> ZoneInfo:
        """That of the school."""
        alert, camera = self.cleaned_data["alert"], self.cleaned_data["camera"]
        return zone_of("alerts", alert, self.seer) if alert else zone_of("recordings", camera, self.seer)

    @property
    def until(self) -> datetime:
        """The end of the last day at the school."""
        return datetime.combine(self.cleaned_data["last_day"] + timedelta(days=1), time(), self.zone)


def _clock(zones: set[ZoneInfo]) -> str:
    if len(zones) == 1:
        return gettext("This form goes by the clock of the school: %(zone)s.") % {"zone": next(iter(zones))}
    return gettext("This form goes by the clock of the school, which is named beside each camera.") if zones else ""
