"""The routes of sign-in: those of django-allauth that are used here, each named, and no other.

tests/test_permission_matrix.py lists who reaches each of them.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as district
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, path

from lockport.district_sign_on import OPENID, SAML
from lockport.sign_in import SignIn
from lockport.welcome import welcome

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-in/", SignIn.as_view(), name="account_login"),  # as allauth calls it
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sign-out/", LogoutView.as_view(), name="account_logout"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/second-factor/", factors.authenticate, name="mfa_authenticate"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/welcome/<slug:uid>/<str:token>/", welcome, name="welcome"),
    path("sign-in/district/error/", login_not_required(district.login_error), name="socialaccount_login_error"),
    path("sign-in/district/cancelled/", district.login_cancelled, name="socialaccount_login_cancelled"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/second-factor/", factors.index, name="mfa_index"),
    path("account/second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-factor/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/second-factor/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/second-factor/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]


def district_urls(providers: dict[str, Any]) -> list[URLPattern]:
    """The routes of the district's own sign-on: of what is set, and of nothing else."""
    found: list[URLPattern] = []
    if providers[OPENID]["APPS"]:
        found += [
            path("sign-in/openid/<slug:provider_id>/", openid.login, name="openid_connect_login"),
            path("sign-in/openid/<slug:provider_id>/callback/", openid.callback, name="openid_connect_callback"),
        ]
    if providers[SAML]["APPS"]:
        # Here and not above: its libraries are not made for every machine, and nobody else needs them.
        from allauth.socialaccount.providers.saml import views as saml

        from lockport.saml import FinishSignOn, SignOut

        place = "sign-in/saml/<slug:organization_slug>/"
        found += [
            path(place, saml.login, name="saml_login"),
            path(f"{place}acs/", saml.acs, name="saml_acs"),
            path(f"{place}acs/finish/", FinishSignOn.as_view(), name="saml_finish_acs"),
            path(f"{place}sls/", SignOut.as_view(), name="saml_sls"),
            path(f"{place}metadata/", saml.metadata, name="saml_metadata"),
        ]
    return found


urlpatterns += district_urls(settings.SOCIALACCOUNT_PROVIDERS)
