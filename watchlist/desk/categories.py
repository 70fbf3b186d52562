"""The five categories: their words, and whether the district uses them."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.desk import RecordedAdmin
from audit.services import Actor, record_access
from lockport.step_up import step_up_required
from watchlist.desk.words import badge
from watchlist.models import Category
from watchlist.particulars import needs_of


@admin.register(Category)
class CategoryAdmin(RecordedAdmin):
    """There are five categories. Their words can be changed and they can be switched off; their limits stay."""

    list_display = ["called", "in_use", "days_to_keep", "severity"]
    fields = ["name", "short", "enabled", "legal_basis", "needs", "protocol", "days_to_keep", "severity"]
    readonly_fields = ["short", "needs", "days_to_keep", "severity"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("name"), ordering="name")
    def called(self, row: Category) -> str:
        return str(row)

    @admin.display(description=_("slug"))
    def short(self, row: Category) -> SafeString:
        return format_html("<code>{}</code>", row.slug)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:  # the words as they are stored, whatever language they are in
            field.widget.attrs["translate"] = "no"
        return field

    @admin.display(description=_("In use"), ordering="enabled")
    def in_use(self, row: Category) -> SafeString:
        if row.enabled:
            return badge("active", f"✓ {gettext('in use')}")
        return badge("ended", f"– {gettext('switched off')}")

    @admin.display(description=_("An entry must state"))
    def needs(self, row: Category) -> str:
        return "; ".join(str(need.label) for need in needs_of(row.slug)) or gettext("its basis")

    @method_decorator(step_up_required)
    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().change_view(*args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Category, form: ModelForm, change: bool) -> None:
        switched = "switched on" if obj.enabled else "switched off"
        action = switched if "enabled" in form.changed_data else "changed"
        record_access(actor=Actor.from_request(request), action=action, subject=obj)
        super().save_model(request, obj, form, change)
