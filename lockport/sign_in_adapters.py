"""Where django-allauth asks how things are done here: no self sign-up, sealed secrets, the district's own sign-on."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lockport.first_page import first_page_of
from lockport.second_factor import lacks_second_factor
from lockport.sign_in import record_refusal
from lockport.step_up import recently_proved
from retention.keys import Unreadable, seal, unseal

OWNER = "mfa.authenticator"


def account_named(credentials: dict[str, Any]) -> User | None:
    """Whom the typed user name means; like allauth, whatever its case."""
    return User.objects.filter(username__iexact=str(credentials.get("username", ""))[:150]).first()


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; everybody comes to the room of their role."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("This user name and password do not belong together. Both are case-sensitive."),
        "too_many_login_attempts": _(
            "Too many wrong answers for this account or from this address. Wait five minutes, then try again; if it "
            "was not you, tell your system administrator."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        # The bare address is no wish for the review room: who has another room goes there.
        return url != "/" and super().is_safe_url(url)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what went well; what did not is passed on."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts by the typed name and the Host header: both can be written in many ways for one account.
        account = account_named(credentials)
        return f"account:{account.pk}" if account else f"name:{credentials.get('username', '')}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            record_refusal(request, "too many wrong answers", account_named(credentials))
            raise

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        person = request.user
        if lacks_second_factor(person):
            return reverse("mfa_index")
        return first_page_of(person)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not recently_proved(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        """Who has a second factor proves it with that: a password alone may be known to somebody else."""
        methods = super().get_reauthentication_methods(user)
        return [each for each in methods if each["id"] != "reauthenticate"] or methods


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed in the database, under a key made from SECRET_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "This code is not right. It changes every 30 seconds: enter the newest one, and see that the telephone's "
            "clock is right."
        ),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(_key(), text.encode(), OWNER)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return unseal(_key(), base64.b64decode(encrypted_text), OWNER).decode()
        except Unreadable:
            raise PermissionDenied(
                gettext(
                    "Your second factor cannot be read: SECRET_KEY was changed. Your system administrator can have you "
                    "set up a new one (manage.py forget_second_factor)."
                )
            ) from None

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())


def _key() -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factors").derive(settings.SECRET_KEY.encode())


class DistrictAdapter(DefaultSocialAccountAdapter):
    """The district says who somebody is; what they may do here, and that they have an account, is said here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        record_refusal(request, "signed on with the district, but has no account here")
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        """A forged, changed, expired or unasked-for answer; or one that the person broke off."""
        record_refusal(request, "the district's answer was not accepted")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The first time, the account is the one active one with this e-mail address. Two of them are none."""
        address = (sociallogin.user.email if sociallogin.user else "") or ""
        if sociallogin.is_existing or not address:
            return
        found = list(User.objects.filter(email__iexact=address, is_active=True)[:2])
        if len(found) == 1:
            sociallogin.connect(request, found[0])
