"""Who is told when alerts are not decided in time, in Django's admin."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from alerts.escalation import EscalationRule
from audit.desk import RecordedAdmin
from audit.services import Actor, record_access


@admin.register(EscalationRule)
class EscalationRuleAdmin(RecordedAdmin):
    list_display = ["school", "category", "minutes", "to"]
    list_filter = ["school"]
    list_select_related = ["school", "category", "to"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("alerts.delete_escalationrule")

    def save_model(self, request: HttpRequest, obj: EscalationRule, form: ModelForm, change: bool) -> None:
        words = f"escalation: {obj}"
        record_access(actor=Actor.from_request(request), action="changed" if change else "added", subject=words)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: EscalationRule) -> None:
        record_access(actor=Actor.from_request(request), action="removed", subject=f"escalation: {obj}")
        super().delete_model(request, obj)

    def log_deletions(self, request: HttpRequest, queryset: object) -> None:  # type: ignore[override]
        """Written to the access log above."""
