"""Who is told when alerts are not decided in time, in Django's admin."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.escalation import EscalationRule
from alerts.notify_forms import CategoryField
from audit.desk import RecordedAdmin
from audit.services import Actor, record_access
from lockport.saying import in_storage_language


@admin.register(EscalationRule)
class EscalationRuleAdmin(RecordedAdmin):
    list_display = ["school", "category_words", "minutes", "to"]
    list_filter = ["school"]
    list_select_related = ["school", "category", "to"]

    @admin.display(description=_("category"), ordering="category__name")
    def category_words(self, row: EscalationRule) -> str:
        return gettext(row.category.name) if row.category else gettext("every category")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        if db_field.name == "category":
            more["form_class"] = CategoryField
        return super().formfield_for_foreignkey(db_field, request, **more)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("alerts.delete_escalationrule")

    def save_model(self, request: HttpRequest, obj: EscalationRule, form: ModelForm, change: bool) -> None:
        words = _words(obj)
        record_access(actor=Actor.from_request(request), action="changed" if change else "added", subject=words)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: EscalationRule) -> None:
        record_access(actor=Actor.from_request(request), action="removed", subject=_words(obj))
        super().delete_model(request, obj)

    def log_deletions(self, request: HttpRequest, queryset: object) -> None:  # type: ignore[override]
        """Written to the access log above."""


def _words(rule: EscalationRule) -> str:
    """As the access log keeps it."""
    with in_storage_language():
        return f"escalation: {rule}"
