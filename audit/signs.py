"""Signing in, failing to, signing out, and every change of a password or second factor are recorded, wherever."""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from audit.models import AccessRecord
from audit.services import Actor, record_access
from lockport.saying import in_storage_language


def connect() -> None:
    """Listen from now on; calling it again changes nothing."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit.signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.signed-out")
    user_login_failed.connect(_failed, dispatch_uid="audit.sign-in-failed")
    authentication_step_completed.connect(_proved_again, dispatch_uid="audit.proved-again")
    authentication_failed.connect(_wrong_code, dispatch_uid="audit.wrong-code")
    password_changed.connect(_password_changed, dispatch_uid="audit.password-changed")
    for signal, what in (
        (authenticator_added, "added a second factor to"),
        (authenticator_removed, "removed a second factor from"),
        (authenticator_reset, "made new recovery codes for"),
    ):
        signal.connect(_changed_factor(what), dispatch_uid=f"audit.{what}", weak=False)


def _signed_in(request: HttpRequest, user: AbstractUser, **_: object) -> None:
    record_access(actor=_actor(request, user), action="signed in", subject=user)


def _signed_out(request: HttpRequest, user: AbstractUser | None, **_: object) -> None:
    if user is not None:
        record_access(actor=_actor(request, user), action="signed out", subject=user)


def _failed(credentials: dict[str, object], request: HttpRequest | None = None, **_: object) -> None:
    if request is None:
        return  # a check of a password by a program, not somebody at the door
    # A name nobody has may be a password typed into the wrong box: it is not written down.
    user = get_user_model().objects.filter(username__iexact=str(credentials.get("username", ""))[:150]).first()
    record_access(
        actor=Actor.from_request(request),
        action="signed in",
        subject=user or "a name that nobody has",
        result=AccessRecord.Result.REFUSED,
    )


def _wrong_code(request: HttpRequest, user: AbstractUser, **_: object) -> None:
    record_access(
        actor=Actor.from_request(request),
        action="signed in",
        subject=user,
        reason="a wrong code",
        result=AccessRecord.Result.REFUSED,
    )


def _proved_again(request: HttpRequest, user: AbstractUser, reauthenticated: bool = False, **_: object) -> None:
    if reauthenticated:
        record_access(actor=_actor(request, user), action="proved again to be", subject=user)


def _password_changed(request: HttpRequest, user: AbstractUser, **_: object) -> None:
    record_access(actor=_actor(request, user), action="set a new password for", subject=user)


def _changed_factor(action: str) -> Any:
    def changed(request: HttpRequest, user: AbstractUser, authenticator: Any, **_: object) -> None:
        with in_storage_language():
            kind = str(authenticator.get_type_display()).lower()
        record_access(actor=_actor(request, user), action=action, subject=user, reason=kind)

    return changed


def _actor(request: HttpRequest, user: AbstractUser) -> Actor:
    return Actor.from_request(request) if getattr(request, "user", None) == user else Actor.from_person(user)
