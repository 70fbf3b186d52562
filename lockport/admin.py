"""People in Django's admin: accounts, roles as groups, and grants on schools and categories, all recorded."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from audit.desk import RecordedAdmin
from audit.services import Actor, record_access
from cameras.models import School
from watchlist.grants import grants_give, grants_of, grants_take
from watchlist.models import Category
from watchlist.services import Refused

admin.site.site_header = admin.site.site_title = "Lockport"
admin.site.unregister(User)
admin.site.unregister(Group)  # what a role may do is written in lockport/access.py


class GrantsForm(forms.Form):
    """The schools and categories of one person."""

    schools = forms.ModelMultipleChoiceField(School.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("schools", School), ("categories", Category)):
            self.fields[name].queryset = model._default_manager.all()  # type: ignore[attr-defined]


@admin.register(User)
class PersonAdmin(RecordedAdmin, UserAdmin):
    """Accounts are switched off, not deleted: the log and every decision refer to them."""

    change_form_template = "admin/auth/user/person_change_form.html"
    list_display = ["username", "first_name", "last_name", "roles", "is_active", "is_staff"]
    list_filter = ["groups", "is_active"]
    readonly_fields = ["last_login", "date_joined"]
    own_account = ["is_staff", "groups"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.grants)
        return [path("<int:pk>/grants/", view, name="auth_user_grants"), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        rights = ["is_active", "is_staff", "groups", *(["is_superuser"] if _is_superuser(request) else [])]
        return [
            (None, {"fields": ["username", "password", "first_name", "last_name", "email"]}),
            ("Roles", {"fields": rights}),
            ("Dates", {"fields": self.readonly_fields}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        own = obj is not None and obj.pk == request.user.pk and not _is_superuser(request)
        return [*self.readonly_fields, *(self.own_account if own else [])]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False  # else a new password would make an administrator a superuser
        return super().has_change_permission(request, obj)

    @admin.display(description="Roles")
    def roles(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all())

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        record_access(actor=Actor.from_request(request), action="added", subject=obj)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        state = ["active" if obj.is_active else "switched off", *(["superuser"] if obj.is_superuser else [])]
        reason = f"roles: {self.roles(obj) or 'none'}; {', '.join(state)}"
        record_access(actor=Actor.from_request(request), action="changed", subject=obj, reason=reason)

    def grants(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show and change what one person was granted."""
        person = self.get_object(request, str(pk))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if person is None:
            raise Http404("There is no such account.")
        held = grants_of(person)
        schools, categories = ([row for row in held if isinstance(row, model)] for model in (School, Category))
        form = GrantsForm(request.POST or None, initial={"schools": schools, "categories": categories})
        if request.method == "POST" and form.is_valid():
            return self._change_grants(request, person, form)
        record_access(actor=Actor.from_request(request), action="looked at", subject=person, reason="grants")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": person, "form": form}
        return render(request, "admin/auth/user/grants.html", context | {"title": f"What {person} may see"})

    def _change_grants(self, request: HttpRequest, person: User, form: GrantsForm) -> HttpResponse:
        wanted = [*form.cleaned_data["schools"], *form.cleaned_data["categories"]]
        actor = Actor.from_request(request)
        try:
            given = grants_give(to=person, rows=wanted, actor=actor)
            unwanted = [row for row in grants_of(person) if row not in wanted]
            taken = grants_take(of=person, rows=unwanted, actor=actor)
            messages.success(request, f"{given} granted, {taken} taken away; it takes effect with the next click.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:auth_user_grants", args=[person.pk]))


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
