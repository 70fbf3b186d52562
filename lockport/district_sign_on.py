"""The district's own sign-on, OpenID Connect or SAML, from the environment. Where nothing is set there is none."""

from typing import Any

OPENID = "openid_connect"
SAML = "saml"
# Under which attribute a SAML provider tells the address of a person, unless LOCKPORT_SAML_EMAIL_ATTRIBUTE says so.
SAML_EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


def sign_on_providers(env: Any) -> dict[str, Any]:
    """What django-allauth calls SOCIALACCOUNT_PROVIDERS. `env` is an `environ.Env`."""
    return {OPENID: {"APPS": _openid(env)}, SAML: {"APPS": _saml(env)}}


def _openid(env: Any) -> list[dict[str, Any]]:
    server = env.str("LOCKPORT_OPENID_SERVER", default="")
    if not server:
        return []
    return [
        {
            "provider_id": "district",
            "name": env.str("LOCKPORT_OPENID_NAME", default="the district's sign-on"),
            "client_id": env.str("LOCKPORT_OPENID_CLIENT_ID"),
            "secret": env.str("LOCKPORT_OPENID_SECRET"),
            "settings": {"server_url": server, "oauth_pkce_enabled": True},
        }
    ]


def _saml(env: Any) -> list[dict[str, Any]]:
    metadata = env.str("LOCKPORT_SAML_METADATA_URL", default="")
    if not metadata:
        return []
    entity = env.str("LOCKPORT_SAML_ENTITY_ID")
    email = env.str("LOCKPORT_SAML_EMAIL_ATTRIBUTE", default=SAML_EMAIL)
    return [
        {
            "provider_id": entity,
            "name": env.str("LOCKPORT_SAML_NAME", default="the district's sign-on"),
            "client_id": "district",
            "settings": {
                "attribute_mapping": {"uid": "urn:oasis:names:tc:SAML:attribute:subject-id", "email": email},
                "use_nameid_for_email": False,
                "idp": {"entity_id": entity, "metadata_url": metadata},
                "advanced": {"want_assertion_signed": True, "reject_idp_initiated_sso": True},
            },
        }
    ]
