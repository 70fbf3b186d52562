"""The door: who signs in, with what, and into which room. django-allauth does the work; the rules are here."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from allauth.core import context as allauth_context
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.socialaccount.adapter import get_adapter as district_adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from redis.exceptions import RedisError

from audit.models import AccessRecord
from audit.services import Actor, record_access


class SignInForm(LoginForm):
    """allauth's form; the field is called what it holds."""

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("username" if field_name == "login" else field_name)


class SignIn(LoginView):
    """User name and password; a second factor is asked for on the next page."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            demonstration=settings.LOCKPORT_DEVELOPMENT,
            district=district_adapter().list_providers(self.request),
            next=self.request.POST.get("next") or self.request.GET.get("next", ""),
        )


class _Recorded:
    """A passkey that does not open the door is written down, like a wrong password."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            record_refusal(allauth_context.request, "a passkey that does not fit", getattr(self, "user", None))
            raise


class PasskeySignInForm(_Recorded, LoginWebAuthnForm):
    pass


class PasskeySecondFactorForm(_Recorded, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Recorded, ReauthenticateWebAuthnForm):
    pass


def record_refusal(request: HttpRequest, reason: str, subject: Any = None) -> None:
    record_access(
        actor=Actor.from_request(request),
        action="signed in",
        subject=subject or "an account that was not named",
        reason=reason,
        result=AccessRecord.Result.REFUSED,
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: so many tries came from one address that it has to wait."""
    record_refusal(request, "too many tries from this address")
    return render(request, "429.html", status=429)


class CounterMiddleware(MiddlewareMixin):
    """Tries are counted in Redis. While that is away nobody can try: better a closed door than an uncounted one."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not isinstance(exception, RedisError) or not match or not match.route.startswith(("sign-in/", "account/")):
            return None
        return render(request, "account/not_now.html", status=503)
