"""The forms of the watchlist desk: whatever is wrong is said at its field, with what to do better."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.models import School
from lockport.years import refuse_year
from watchlist.ages import refuse_age
from watchlist.authorising import refuse_jurisdiction
from watchlist.enrolment import Enrolment
from watchlist.fields import DocumentField, PhotographChoices, PhotographsField
from watchlist.gallery import readable_templates
from watchlist.models import Authorisation, Category, Entry, Photograph
from watchlist.papers import Appeal
from watchlist.particulars import LONGEST, NAMES, NEEDS, Particular, last_moment_of, problems, stated
from watchlist.proposals import refuse_category
from watchlist.refusals import Refused
from watchlist.services import refuse_days, refuse_stranger


def particular_fields() -> dict[str, forms.Field]:
    """A form field for each fact that some category needs; none is required here, `EntryForm.clean` knows which are."""
    return {need.name: _field_of(need) for needs in NEEDS.values() for need in needs}


def _field_of(need: Particular) -> forms.Field:
    words: dict[str, Any] = {"label": need.label, "help_text": need.help, "required": False}
    if need.choices:
        return forms.ChoiceField(choices=[("", "---------"), *need.choices], **words)
    if need.is_day:
        return forms.DateField(widget=AdminDateWidget(), **words)
    return forms.CharField(max_length=LONGEST, widget=forms.TextInput(attrs={"class": "vTextField"}), **words)


class NamedParts(forms.BaseForm):
    """A form in which the two halves of a moment say which they are, and by whose clock: Django says neither."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, AdminSplitDateTime):
                label = field.label or name.replace("_", " ")
                for part, words in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                    part.attrs["aria-label"] = f"{label}: {words}"
                zone = gettext("The time is in %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
                field.help_text = f"{field.help_text} {zone}".strip()


class EntryForm(NamedParts, forms.ModelForm):
    """An entry with its photographs, to be proposed or changed."""

    where = forms.ChoiceField(
        label=_("Where"),
        choices=[("every", _("Every school of the district")), ("some", _("Only the schools chosen below"))],
        widget=forms.RadioSelect,
        help_text=_("Say it outright: looking for somebody everywhere is a decision, not a default."),
    )
    new_photographs = PhotographsField(
        label=_("New photographs"),
        help_text=_(
            "JPEG, PNG or WebP; one face, from the front, sharp and evenly lit. Several, from different days, "
            "make mistakes rarer. Place, time and camera in the files are not kept."
        ),
    )
    remove_photographs = PhotographChoices(
        Photograph.objects.none(),
        required=False,
        label=_("Photographs"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick those to be destroyed."),
    )
    document = DocumentField(
        label=_("Document"),
        required=False,
        help_text=_(
            "The order, decision or finding, as PDF, JPEG or PNG. It is kept encrypted and destroyed with the entry."
        ),
    )

    class Meta:
        model = Entry
        fields = ["name", "birth_date", "category", "schools", "basis", "expires_at"]
        widgets = {"schools": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "expires_at" not in self.fields:
            return  # the entry has ended: everything is only shown
        for name, value in self.instance.particulars.items():
            self.initial[name] = value
        self.fields["expires_at"].required = False  # a suspension says itself when it is over
        student = gettext("For a suspended student leave it empty: the suspension's end counts.")
        self.fields["expires_at"].help_text = f"{student} {self.fields['expires_at'].help_text}"
        if self.instance.pk is None:
            self.fields["expires_at"].initial = timezone.now().replace(second=0, microsecond=0) + timedelta(days=30)
            self.fields.pop("remove_photographs", None)
            return
        self.initial["where"] = "every" if self.instance.every_school else "some"
        self.fields["new_photographs"].required = False
        choices = cast(PhotographChoices, self.fields["remove_photographs"])
        choices.queryset = self.instance.photographs.all()

    @property
    def words_changed(self) -> bool:
        """Whether anything was changed that a second person has to approve, other than photographs."""
        return bool(set(self.changed_data) & {*EntryForm.Meta.fields, *NAMES, "where"})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if category := values.get("category"):
            self._refuse("category", lambda: refuse_category(category))
            self._clean_particulars(category, values)
        if "birth_date" in values and category:
            self._refuse("birth_date", lambda: refuse_age(category, values["birth_date"]))
        self._clean_where(values)
        if "new_photographs" in values:
            self._check_photographs(values["new_photographs"], list(values.get("remove_photographs") or []))
        if values.get("expires_at") is None:
            values.pop("expires_at", None)  # the entry keeps its day while the form is shown again
        return values

    def _clean_particulars(self, category: Category, values: dict[str, Any]) -> None:
        particulars = stated(category.slug, values)
        wrong = problems(category.slug, particulars)
        for name, words in wrong.items():
            if name not in self.errors:
                self.add_error(name, words)
        self.instance.particulars = particulars
        ends = None if wrong else last_moment_of(category.slug, particulars)
        values["expires_at"] = ends or values.get("expires_at")
        if values["expires_at"]:
            self._refuse(
                "expires_at" if ends is None else "suspension_ends", lambda: refuse_days(category, values["expires_at"])
            )
        elif "expires_at" not in self.errors and not wrong:
            self.add_error("expires_at", gettext("Say until when: no entry stays without end."))

    def _clean_where(self, values: dict[str, Any]) -> None:
        if "where" not in values:
            return
        self.instance.every_school = values["where"] == "every"
        if self.instance.every_school:
            values["schools"] = School.objects.none()
        elif not values.get("schools"):
            self.add_error("schools", gettext("Choose at least one school, or say “every school”."))

    def _check_photographs(self, new: list[Enrolment], removed: list[Photograph]) -> None:
        kept = [row for row in self._present() if row not in removed]
        if removed and not kept and not new:
            words = gettext("One photograph must stay: add another, or withdraw the entry.")
            self.add_error("remove_photographs", words)
        templates = readable_templates(self.instance.pk or 0, [str(row.template.name) for row in kept])
        names = [file.name for file in self.files.getlist("new_photographs")]
        for name, enrolment in zip(names, new, strict=False):
            try:
                refuse_stranger(enrolment.template, templates)
                templates.append(enrolment.template)
            except Refused as refusal:
                self.add_error("new_photographs", f"{name}: {refusal}")

    def _present(self) -> list[Photograph]:
        return [] if self.instance.pk is None else list(self.instance.photographs.all())

    def _refuse(self, field: str, check: Any) -> bool:
        try:
            check()
        except Refused as refusal:
            self.add_error(field, str(refusal))
            return True
        return False


# Declared after the class, because they are made from the table of what categories need.
EntryForm.declared_fields.update(particular_fields())
EntryForm.base_fields.update(particular_fields())


class AuthorisationForm(NamedParts, forms.ModelForm):
    """An authorisation to be signed."""

    class Meta:
        model = Authorisation
        fields = ["school", "categories", "law", "valid_from", "valid_until"]
        widgets = {"categories": forms.CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in {"valid_from", "valid_until"} & values.keys():
            try:
                refuse_year(values[name])
            except ValidationError as refusal:
                self.add_error(name, refusal)
        if values.get("school"):
            try:
                refuse_jurisdiction(values["school"])
            except Refused as refusal:
                self.add_error("school", str(refusal))
        return values


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("Why, for the access log. Do not name anybody: the log outlives the entry."),
    )


class KeepForm(forms.Form):
    kept_because = forms.CharField(
        label=_("Why the entry stays"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("For the access log. Do not name anybody: the log outlives the entry."),
    )


class RenewForm(NamedParts, forms.Form):
    until = forms.SplitDateTimeField(
        label=_("Until"),
        widget=AdminSplitDateTime(),
        help_text=_("The new last moment, within the category's limit from today."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("Why the entry is still needed: what whoever approves goes by."),
    )


class AppealForm(NamedParts, forms.Form):
    received_at = forms.SplitDateTimeField(
        label=_("Received"),
        validators=[refuse_year],
        widget=AdminSplitDateTime(),
        initial=timezone.now,
        help_text=_("When it arrived: 7 days to acknowledge and 30 to answer are counted from here."),
    )
    statement = forms.CharField(
        label=_("Statement"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 70}),
        help_text=_(
            "What the person says is wrong, and how they can be reached. It is kept sealed, and forgotten once "
            "the appeal is answered and the entry has ended."
        ),
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Appeal.Outcome,
        widget=forms.RadioSelect,
        help_text=_(
            "If it is upheld, the entry and what the person said are destroyed at once. Write down first where the "
            "reasons are to be sent."
        ),
    )
    answer = forms.CharField(
        label=_("Reasons"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 70}),
        help_text=_("The reasons the person is given. Do not name anybody: this outlives the entry."),
    )
