"""The answer to the one question of a card."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.deciding import CHOOSE, LONGEST_NOTE
from alerts.models import ANSWERS

CHOICES = [(answer.value, answer.label) for answer in ANSWERS]
TOO_LONG = _("The note is too long: at most 1,000 characters. Nothing was saved.")


class DecisionForm(forms.Form):
    """Without one of the three answers it says which there are."""

    answer = forms.ChoiceField(
        choices=CHOICES,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    note = forms.CharField(
        max_length=LONGEST_NOTE,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )

    @property
    def problem(self) -> str:
        return first_problem(self)


class RemarkForm(forms.Form):
    """A note by itself."""

    note = forms.CharField(max_length=LONGEST_NOTE, required=False, error_messages={"max_length": TOO_LONG})

    @property
    def problem(self) -> str:
        return first_problem(self)


def first_problem(form: forms.Form) -> str:
    """The first thing that is wrong, in a sentence."""
    return next((str(message) for messages in form.errors.values() for message in messages), "")
