"""The form with which people say where they want to be told, and of what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.models import School
from lockport.access import Person
from lockport.inputs import ClockInput
from watchlist.models import Category


class CategoryField(forms.ModelChoiceField):
    """A category by its name in the reader's language."""

    def label_from_instance(self, obj: Category) -> str:
        return gettext(obj.name)


class CategoriesField(forms.ModelMultipleChoiceField):
    """The same for several."""

    def label_from_instance(self, obj: Category) -> str:
        return gettext(obj.name)


class DestinationForm(forms.Form):
    """Offers the schools and categories that were granted; chosen or not, nobody is told of others."""

    name = forms.CharField(label=_("What you call it"), max_length=60)
    address = forms.CharField(
        label=_("Address"), max_length=2000, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    schools = forms.ModelMultipleChoiceField(School.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    categories = CategoriesField(Category.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=ClockInput)
    quiet_until = forms.TimeField(label=_("until"), required=False, widget=ClockInput)

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "schools": School.objects.within_reach_of(person),
            "categories": Category.objects.visible_to(person),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("quiet_from")) != bool(given.get("quiet_until")):
            raise ValidationError(_("Say when quiet hours begin and when they end, or leave both empty."))
        return given
