"""The browser's own fields for days and times. Their values are written as HTML wants them, whatever the page's
language: in another form the browser shows an empty field."""

from django import forms


class DayInput(forms.DateInput):
    """A day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time of the day; with its `seconds` where they count."""

    input_type = "time"

    def __init__(self, *, seconds: bool = False) -> None:
        super().__init__({"step": 1} if seconds else None, "%H:%M:%S" if seconds else "%H:%M")


class MomentInput(forms.DateTimeInput):
    """A day with a time, without a zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")
