"""Fields for files: photographs that are examined at once, documents that are what they say."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from watchlist.documents import kind_of
from watchlist.enrolment import Enrolment, EnrolmentProblem, examine
from watchlist.refusals import Refused

MOST_AT_ONCE = 10


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotographsField(forms.FileField):
    """Several files, each examined; cleans to a list of `Enrolment`."""

    widget = SeveralFilesInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Enrolment]:
        files = [file for file in (data or []) if file]
        if not files and self.required:
            raise forms.ValidationError(_("Add at least one photograph: nobody can be looked for without."))
        if len(files) > MOST_AT_ONCE:
            too_many = _("Add at most %(most)s photographs at a time.")
            raise forms.ValidationError(too_many, params={"most": MOST_AT_ONCE})
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


class DocumentField(forms.FileField):
    """One file; cleans to its content, or None."""

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        file = super().clean(data, initial)
        if not file:
            return None
        content = file.read()
        try:
            kind_of(content)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return content


class PhotographChoices(forms.ModelMultipleChoiceField):
    """The photographs an entry has, shown as pictures that can be ticked."""

    def label_from_instance(self, photograph: Any) -> SafeString:
        return format_html(
            '<img src="{}" alt="{}" class="desk-face"> {}',
            reverse("watchlist:photograph", args=[photograph.pk]),
            gettext("Photograph %(number)s") % {"number": photograph.pk},
            gettext("added %(day)s") % {"day": f"{photograph.added_at:%Y-%m-%d}"},
        )
