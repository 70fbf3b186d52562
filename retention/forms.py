"""The form by which a hold is requested."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lockport.access import Person
from retention.holds import sees_as
from retention.registry import Span, holding_of


class HoldForm(forms.Form):
    alert = forms.IntegerField(required=False, min_value=1, label=_("Alert number"))
    # A select whose number is examined where the hold is requested: what is not in the list is refused there, in words.
    camera = forms.IntegerField(required=False, min_value=1, label=_("Camera"), widget=forms.Select)
    start = forms.DateTimeField(
        required=False, label=_("From (UTC)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    end = forms.DateTimeField(
        required=False, label=_("To (UTC)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    instrument = forms.CharField(max_length=300, label=_("Court order, subpoena or preservation letter"))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recordings = holding_of("recordings/")
        rows = recordings.visible(sees_as(person)) if recordings and recordings.visible else []
        self.fields["camera"].widget.choices = [("", "–"), *((row.pk, str(row)) for row in rows)]

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
        return None if given["alert"] else Span(given["camera"], given["start"], given["end"])

    @property
    def until(self) -> datetime:
        """The end of the last day (UTC)."""
        return datetime.combine(self.cleaned_data["last_day"] + timedelta(days=1), time(), UTC)
