"""The form by which a hold is requested."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms

from lockport.access import Person
from retention.holds import sees_as
from retention.registry import Span, holding_of


class HoldForm(forms.Form):
    alert = forms.IntegerField(required=False, min_value=1, label="Alert number")
    # A select whose number is examined where the hold is requested: what is not in the list is refused there, in words.
    camera = forms.IntegerField(required=False, min_value=1, label="Camera", widget=forms.Select)
    start = forms.DateTimeField(
        required=False, label="From (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    end = forms.DateTimeField(
        required=False, label="To (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    instrument = forms.CharField(max_length=300, label="Court order, subpoena or preservation letter")
    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recordings = holding_of("recordings/")
        choices = recordings.choices(sees_as(person)) if recordings and recordings.choices else []
        self.fields["camera"].widget.choices = [("", "–"), *choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        period = [given.get("camera"), given.get("start"), given.get("end")]
        if given.get("alert") and any(period):
            raise forms.ValidationError("Name an alert or a camera with a period, not both.")
        if not given.get("alert") and not all(period):
            raise forms.ValidationError("Name an alert, or a camera with the period's beginning and end.")
        return given

    @property
    def span(self) -> Span | None:
        given = self.cleaned_data
        return None if given["alert"] else Span(given["camera"], given["start"], given["end"])

    @property
    def until(self) -> datetime:
        """The end of the last day (UTC)."""
        return datetime.combine(self.cleaned_data["last_day"] + timedelta(days=1), time(), UTC)
