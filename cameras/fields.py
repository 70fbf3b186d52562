"""Where a school lies, as the law sees it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from lockport.jurisdictions import as_code, is_code


def validate_jurisdiction(value: str) -> None:
    if not is_code(value):
        raise ValidationError(gettext("Write the code of the state, such as US-PA for Pennsylvania."))


class JurisdictionField(models.CharField):
    """The code of a state, in capitals however it was typed."""

    def to_python(self, value: object) -> str:
        return as_code(str(super().to_python(value) or ""))
