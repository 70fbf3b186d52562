"""The forms of the watchlist desk: whatever is wrong is said at its field, with what to do better."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from watchlist.authorising import refuse_jurisdiction
from watchlist.enrolment import Enrolment, EnrolmentProblem, examine
from watchlist.gallery import readable_templates
from watchlist.models import Authorisation, Entry, Photograph
from watchlist.services import Refused, refuse_age, refuse_days, refuse_stranger

MOST_AT_ONCE = 10


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotographsField(forms.FileField):
    """Several files, each examined; cleans to a list of `Enrolment`."""

    widget = SeveralFilesInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Enrolment]:
        files = [file for file in (data or []) if file]
        if not files and self.required:
            raise forms.ValidationError("Add at least one photograph: nobody can be looked for without.")
        if len(files) > MOST_AT_ONCE:
            raise forms.ValidationError(f"Add at most {MOST_AT_ONCE} photographs at a time.")
        found, problems = [], []
        for file in files:
            try:
                found.append(self._examined(file))
            except (EnrolmentProblem, forms.ValidationError) as problem:
                words = problem.messages[0] if isinstance(problem, forms.ValidationError) else str(problem)
                problems.append(f"{file.name}: {words}")
        if problems:
            raise forms.ValidationError(problems)
        return found

    def _examined(self, file: UploadedFile) -> Enrolment:
        return examine(super().clean(file).read())


class PhotographChoices(forms.ModelMultipleChoiceField):
    """The photographs an entry has, shown as pictures that can be ticked."""

    def label_from_instance(self, photograph: Any) -> SafeString:
        return format_html(
            '<img src="{}" alt="Photograph {}" class="desk-face"> added {}',
            reverse("watchlist:photograph", args=[photograph.pk]),
            photograph.pk,
            f"{photograph.added_at:%Y-%m-%d}",
        )


class EntryForm(forms.ModelForm):
    """An entry with its photographs, to be proposed or changed."""

    new_photographs = PhotographsField(
        help_text="JPEG, PNG or WebP; one face, from the front, sharp and evenly lit. Several, from different days, "
        "make mistakes rarer. Place, time and camera in the files are not kept.",
    )
    remove_photographs = PhotographChoices(
        Photograph.objects.none(),
        required=False,
        label="Photographs",
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick those to be destroyed.",
    )

    class Meta:
        model = Entry
        fields = ["name", "birth_date", "category", "schools", "basis", "expires_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["expires_at"].initial = timezone.now().replace(second=0, microsecond=0) + timedelta(days=30)
            self.fields.pop("remove_photographs", None)
        elif "new_photographs" in self.fields:
            self.fields["new_photographs"].required = False
            choices = cast(PhotographChoices, self.fields["remove_photographs"])
            choices.queryset = self.instance.photographs.all()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("category") and values.get("expires_at"):
            self._refuse("expires_at", lambda: refuse_days(values["category"], values["expires_at"]))
        if values.get("category") and "birth_date" in values:
            self._refuse("birth_date", lambda: refuse_age(values["category"], values["birth_date"]))
        if "new_photographs" in values:
            self._check_photographs(values["new_photographs"], list(values.get("remove_photographs") or []))
        return values

    def _check_photographs(self, new: list[Enrolment], removed: list[Photograph]) -> None:
        kept = [row for row in self._present() if row not in removed]
        if removed and not kept and not new:
            self.add_error("remove_photographs", "One photograph must stay: add another, or withdraw the entry.")
        templates = readable_templates(self.instance.pk or 0, [str(row.template.name) for row in kept])
        for enrolment in new:
            if not self._refuse("new_photographs", lambda: refuse_stranger(enrolment.template, templates)):  # noqa: B023
                templates.append(enrolment.template)

    def _present(self) -> list[Photograph]:
        return [] if self.instance.pk is None else list(self.instance.photographs.all())

    def _refuse(self, field: str, check: Any) -> bool:
        try:
            check()
        except Refused as refusal:
            self.add_error(field, str(refusal))
            return True
        return False


class AuthorisationForm(forms.ModelForm):
    """An authorisation to be signed."""

    class Meta:
        model = Authorisation
        fields = ["school", "categories", "law", "valid_from", "valid_until"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("school"):
            try:
                refuse_jurisdiction(values["school"])
            except Refused as refusal:
                self.add_error("school", str(refusal))
        return values


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Why, for the access log. Do not name anybody: the log outlives the entry.",
    )
