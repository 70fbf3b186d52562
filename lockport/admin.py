"""People in Django's admin: accounts, roles as groups, and grants on schools, cameras and categories, recorded."""

from collections.abc import Iterator
from datetime import UTC
from itertools import groupby
from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, SetUnusablePasswordMixin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.desk import RecordedAdmin
from audit.services import Actor, record_access
from cameras.models import Camera, School
from lockport.access import role_words
from lockport.inputs import MomentInput
from lockport.step_up import step_up_required
from lockport.welcome import welcome_path
from lockport.years import refuse_year
from watchlist.desk.words import moment
from watchlist.grants import Grant, grantable, grants_give, grants_held, grants_take
from watchlist.models import Category
from watchlist.services import Refused

admin.site.site_url = "/start/"  # "View site": not everybody at the desk may open the review room
admin.site.site_header = admin.site.site_title = "Lockport"
admin.site.unregister(User)
admin.site.unregister(Group)  # what a role may do is written in lockport/access.py
for room in ("account", "mfa", "socialaccount"):  # second factors are their owner's; providers are settings
    for model in apps.get_app_config(room).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)
# One door for everybody: with its second factor, its lock-out and its records.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def own_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """One page to change one's password on, which counts wrong answers; the admin's own does not."""
    return HttpResponseRedirect(reverse("account_change_password"))


admin.site.password_change = own_password  # type: ignore[method-assign,assignment]


class HeldChoices(forms.ModelMultipleChoiceField):
    """Rows to tick, each with the end of the grant there is already."""

    ends: dict[Any, Any] = {}

    def label_from_instance(self, obj: Any) -> str:
        until, what = self.ends.get(obj), self.name_of(obj)
        if not until:
            return what
        return gettext("%(what)s (until %(until)s)") % {"what": what, "until": moment(until)}

    def name_of(self, obj: Any) -> str:
        return str(obj)


class CamerasBySchool(forms.models.ModelChoiceIterator):
    """Cameras under the names of their schools."""

    def __iter__(self) -> Iterator[Any]:
        for school, cameras in groupby(self.queryset, key=lambda camera: camera.school.name):
            yield school, [self.choice(camera) for camera in cameras]


class CameraChoices(HeldChoices):
    iterator = CamerasBySchool

    def name_of(self, obj: Any) -> str:
        return str(obj.name)


class GrantsForm(forms.Form):
    """The schools, single cameras and categories of one person."""

    schools = HeldChoices(
        School.objects.none(), required=False, label=_("Schools"), widget=forms.CheckboxSelectMultiple
    )
    cameras = CameraChoices(
        Camera.objects.none(), required=False, label=_("Single cameras"), widget=forms.CheckboxSelectMultiple
    )
    categories = HeldChoices(
        Category.objects.none(), required=False, label=_("Categories"), widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateTimeField(
        required=False,
        label=_("Until"),
        help_text=_(
            "For what is newly ticked; empty means until somebody takes it away. To change an end, untick, save, "
            "and tick again."
        ),
        validators=[refuse_year],
        widget=MomentInput,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    reason = forms.CharField(
        required=False, max_length=300, label=_("Reason"), help_text=_("Such as the incident. It is recorded.")
    )

    def __init__(self, *args: Any, held: list[Grant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = {grant.row: grant.until for grant in held}
        zone = gettext("The time is in %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
        self.fields["until"].help_text = f"{self.fields['until'].help_text} {zone}"
        for name, model in (("schools", School), ("cameras", Camera), ("categories", Category)):
            field: Any = self.fields[name]
            field.queryset, field.ends = grantable(model), ends
            self.initial[name] = [row for row in ends if isinstance(row, model)]

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise forms.ValidationError(_("This moment is past. A grant must end in the future."))
        return until.astimezone(UTC) if until else None


class RolesFilter(admin.RelatedFieldListFilter):
    """Roles by the names that pages give them."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(number, role_words(str(name))) for number, name in super().field_choices(field, request, model_admin)]


class PasswordForm(AdminPasswordChangeForm):
    """Django puts its help together when it is imported, in English."""

    usable_password_help_text = format_lazy(  # type: ignore[assignment]
        '{}<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        SetUnusablePasswordMixin.usable_password_help_text,
        _("If disabled, the current password for this user will be lost."),
    )


class RoleChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return role_words(obj.name)


@admin.register(User)
class PersonAdmin(RecordedAdmin, UserAdmin):
    """Accounts are switched off, not deleted: the log and every decision refer to them."""

    change_password_form = PasswordForm
    change_form_template = "admin/auth/user/person_change_form.html"
    list_display = ["username", "first_name", "last_name", "roles", "is_active", "is_staff"]
    list_filter = [("groups", RolesFilter), "is_active"]
    readonly_fields = ["signed_in", "joined"]
    own_account = ["is_staff", "groups"]

    def get_urls(self) -> list[URLPattern]:
        own = [("grants", self.grants), ("welcome", self.welcome)]
        return [
            *(
                path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"auth_user_{name}")
                for name, view in own
            ),
            *super().get_urls(),
        ]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            # Six boxes: Django's two lists with arrows between them break the rules of WAI-ARIA.
            kwargs |= {"form_class": RoleChoices, "widget": forms.CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        rights = ["is_active", "is_staff", "groups", *(["is_superuser"] if _is_superuser(request) else [])]
        return [
            (None, {"fields": ["username", "first_name", "last_name", "email"]}),
            (_("Roles"), {"fields": rights}),
            (_("Dates"), {"fields": self.readonly_fields}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        own = obj is not None and obj.pk == request.user.pk and not _is_superuser(request)
        return [*self.readonly_fields, *(self.own_account if own else [])]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False  # else a new password would make an administrator a superuser
        return super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("Roles"))
    def roles(self, person: User) -> str:
        return ", ".join(role_words(group.name) for group in person.groups.all())

    @admin.display(description=_("Last sign-in"))
    def signed_in(self, person: User) -> str:
        return moment(person.last_login) if person.last_login else "–"

    @admin.display(description=_("Account since"))
    def joined(self, person: User) -> str:
        return moment(person.date_joined)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        record_access(actor=Actor.from_request(request), action="added", subject=obj)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        state = ["active" if obj.is_active else "switched off", *(["superuser"] if obj.is_superuser else [])]
        roles = ", ".join(group.name for group in obj.groups.all())
        reason = f"roles: {roles or 'none'}; {', '.join(state)}"
        record_access(actor=Actor.from_request(request), action="changed", subject=obj, reason=reason)

    @method_decorator(step_up_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(step_up_required)
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        return super().user_change_password(request, id, form_url)

    @method_decorator(step_up_required)
    def welcome(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A link by which a person sets their own password: POST only, and shown once."""
        person = self._person(request, pk)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))
        record_access(actor=Actor.from_request(request), action="made a welcome link for", subject=person)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": person}
        context |= {
            "title": gettext("A link for %(person)s") % {"person": person},
            "link": request.build_absolute_uri(welcome_path(person)),
        }
        return render(request, "admin/auth/user/welcome.html", context)

    def _person(self, request: HttpRequest, pk: int) -> User:
        person = self.get_object(request, str(pk))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if person is None:
            raise Http404(gettext("There is no such account."))
        return person

    @method_decorator(step_up_required)
    def grants(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show and change what one person was granted."""
        person = self._person(request, pk)
        held = grants_held(person)
        form = GrantsForm(request.POST or None, held=held)
        if request.method == "POST" and form.is_valid():
            return self._change_grants(request, person, form, held)
        record_access(actor=Actor.from_request(request), action="looked at", subject=person, reason="grants")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": person, "form": form}
        title = gettext("What %(person)s may see") % {"person": person}
        return render(request, "admin/auth/user/grants.html", context | {"title": title})

    def _change_grants(self, request: HttpRequest, person: User, form: GrantsForm, held: list[Grant]) -> HttpResponse:
        wanted = [row for kind in ("schools", "cameras", "categories") for row in form.cleaned_data[kind]]
        had = [grant.row for grant in held]
        actor, until, reason = Actor.from_request(request), form.cleaned_data["until"], form.cleaned_data["reason"]
        try:
            new = [row for row in wanted if row not in had]
            given = grants_give(to=person, rows=new, actor=actor, until=until, reason=reason)
            taken = grants_take(of=person, rows=[row for row in had if row not in wanted], actor=actor)
            words = _("%(given)s granted, %(taken)s taken away; it takes effect with the next click.")
            messages.success(request, words % {"given": given, "taken": taken})
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:auth_user_grants", args=[person.pk]))


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
