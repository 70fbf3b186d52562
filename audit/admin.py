from django.contrib import admin
from django.http import HttpRequest

from audit.desk import RecordedAdmin
from audit.models import AccessRecord


@admin.register(AccessRecord)
class AccessRecordAdmin(RecordedAdmin):
    """Read only, for everybody, and reading it is recorded, too."""

    list_display = ["at", "actor_name", "role", "action", "subject", "result"]
    list_filter = ["action", "result", "actor_kind"]
    search_fields = ["actor_name", "subject"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessRecord | None = None) -> bool:
        return False
