"""A text column that is sealed under the master key, so that a copy of the database does not give it away."""

from typing import Any

from django.db import models

from retention.keys import master_seal, master_unseal


class SealedTextField(models.BinaryField):
    """Text for Python, ciphertext for the database. It cannot be searched, and does not appear in a query's text."""

    _pyi_private_set_type: str
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    @property
    def owner(self) -> str:
        """What the ciphertext is bound to: the table and column."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_db_prep_value(self, value: str | None, connection: Any, prepared: bool = False) -> Any:
        sealed = None if value is None else master_seal(value.encode(), self.owner)
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else master_unseal(bytes(value), self.owner).decode()

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return "(sealed)"  # a serialised copy (dumpdata, logs) never shows it

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return models.Field.formfield(self, form_class=forms.CharField, **kwargs)
