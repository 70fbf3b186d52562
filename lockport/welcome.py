"""A link by which somebody sets their own password, once, within an hour. Nobody chooses a password for another."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from audit.services import Actor, record_access


class WelcomeToken(PasswordResetTokenGenerator):
    """Good for PASSWORD_RESET_TIMEOUT seconds, and only until the password changes or its owner signs in."""

    key_salt = "lockport.welcome"


tokens = WelcomeToken()


def welcome_path(person: User) -> str:
    uid = urlsafe_base64_encode(str(person.pk).encode())
    return reverse("welcome", args=[uid, tokens.make_token(person)])


def _owner(uid: str, token: str) -> User | None:
    try:
        person = User.objects.filter(pk=int(force_str(urlsafe_base64_decode(uid))), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return person if person and tokens.check_token(person, token) else None


@login_not_required
@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
def welcome(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Ask for a new password twice. Then one signs in with it as always: with the second factor, where there is one."""
    person = _owner(uid, token)
    if person is None:
        return render(request, "account/welcome_over.html", status=404)
    form: forms.Form = SetPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        record_access(actor=Actor.from_person(person), action="set a new password for", subject=person)
        form.save()  # type: ignore[attr-defined]
        return redirect("sign-in")
    return render(request, "account/welcome.html", {"form": form, "person": person})
