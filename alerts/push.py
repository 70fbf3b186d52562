"""Web push: a message encrypted for one browser (RFC 8291) and handed to its maker's push service (RFC 8030).

The service learns that a message of this installation went to this browser, and its length; it cannot read it. The
encryption is apprise's, the signature (VAPID, RFC 8292) PyJWT's. The address of the service comes from the browser, so
it is checked like every other address that people enter, and redirects are not followed.
"""

import base64
import binascii
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt
import requests
from apprise.utils.pem import ApprisePEMController
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alerts.hosts import check
from cameras.addresses import AddressRefused
from lockport.keyfiles import key_from

KIND = "webpush"
TIMEOUT = 10.0  # seconds to connect, and again to be answered
KEPT = 60 * 60  # seconds for which the service keeps a message for a browser that is not running
TOKEN_LASTS = 12 * 60 * 60  # seconds; RFC 8292 allows a day
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256 (FIPS 186-4, D.1.2.3)
NOT_WHOLE = gettext_noop("This browser's answer could not be read. Reload the page and try again.")


class Gone(Exception):
    """The push service knows this browser no more: it was reset, or its owner took the permission back."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where one browser is reached, the key to encrypt for it, and the secret it shares with us."""

    endpoint: str
    key: ec.EllipticCurvePublicKey
    secret: bytes

    @property
    def origin(self) -> str:
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"


def is_push(address: str) -> bool:
    return address.startswith(f"{KIND}:")


def subscription(address: str) -> Subscription:
    """What follows "webpush:" is what the browser's PushSubscription says of itself, as JSON. Raises AddressRefused."""
    try:
        said = json.loads(address.removeprefix(f"{KIND}:"))
        endpoint, keys = said["endpoint"], said["keys"]
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(keys["p256dh"]))
        found = Subscription(endpoint, key, _bytes(keys["auth"]))
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises ValueError where it is no port
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise AddressRefused(_(NOT_WHOLE)) from None
    schemes = {"https", "http"} if settings.LOCKPORT_DEVELOPMENT else {"https"}
    if parts.scheme not in schemes or parts.username or len(found.secret) != 16:
        raise AddressRefused(_(NOT_WHOLE))
    check(host)
    return found


def send(to: Subscription, words: dict[str, str]) -> str:
    """Hand a message to the push service; return what went wrong, or "". Raises Gone and requests' errors."""
    content = ApprisePEMController("").encrypt_webpush(json.dumps(words), to.key, to.secret)
    headers = {
        "TTL": str(KEPT),
        "Urgency": "high",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": f"vapid t={_token(to.origin)}, k={public_key()}",
    }
    answer = requests.post(to.endpoint, data=content, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    if answer.status_code in {404, 410}:
        raise Gone
    return "" if answer.status_code in {200, 201, 202, 204} else f"The push service answered {answer.status_code}."


def public_key() -> str:
    """What a browser must be told before it subscribes: the uncompressed point, in base64url. Raises KeyProblem."""
    point = _private_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _private_key() -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(key_from("LOCKPORT_PUSH_KEY", settings.LOCKPORT_PUSH_KEY_FILE))
    return ec.derive_private_key(number % (ORDER - 1) + 1, ec.SECP256R1())


def _token(origin: str) -> str:
    # Whom the service may turn to: RFC 8292 wants an address of ours, by https or mail.
    secure = settings.LOCKPORT_URL.startswith("https://")
    contact = settings.LOCKPORT_URL if secure else f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    claims = {"aud": origin, "exp": int(time.time()) + TOKEN_LASTS, "sub": contact}
    return jwt.encode(claims, _private_key(), algorithm="ES256")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
