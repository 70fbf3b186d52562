"""A SAML identity provider of the tests' own: its metadata over HTTP, and answers that are really signed."""

import base64
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from lockport.district_sign_on import SAML_EMAIL

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its certificate, both PEM."""

    key: str
    certificate: str


@cache
def pair(name: str) -> Pair:
    """The key pair of that name, made once in a run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return Pair(pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service provider asked: the number of its request, where to answer, and who it is."""

    id: str
    answer_to: str
    audience: str

    @classmethod
    def read(cls, place: str) -> "Asked":
        """From the address that the browser was sent to (HTTP-Redirect binding: deflated, base64)."""
        packed = parse_qs(urlsplit(place).query)["SAMLRequest"][0]
        request = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
        issuer = request.find("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer").text
        return cls(request.get("ID"), request.get("AssertionConsumerServiceURL"), issuer)


@dataclass(slots=True)
class IdentityProvider:
    """Says of everybody that they are `address`. What a test changes makes the answer a wrong one."""

    entity: str
    address: str = "maria@example.org"
    subject: str = "17"
    signs_with: str = "the district"
    lasts: timedelta = timedelta(minutes=5)
    audience: str = ""
    signed: bool = True
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> str:
        certificate = "".join(pair("the district").certificate.splitlines()[1:-1])
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity}">'
            '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
            f"<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            f'<md:SingleLogoutService Binding="{REDIRECT}" Location="{self.entity}/out"/>'
            f'<md:SingleSignOnService Binding="{REDIRECT}" Location="{self.entity}/ask"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def answer(self, asked: Asked) -> str:
        """The form's field SAMLResponse: a response with one assertion, which alone is signed."""
        assertion = self._assertion(asked)
        if self.signed:
            keys = pair(self.signs_with)
            assertion = OneLogin_Saml2_Utils.add_sign(assertion, keys.key, keys.certificate).decode()
        return base64.b64encode(self._response(asked, assertion).encode()).decode()

    def log_out(self, place: str) -> dict[str, str]:
        """What stands in the address to which a log-out sends the browser (HTTP-Redirect binding)."""
        request = (
            '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_out" Version="2.0" '
            f'IssueInstant="{_at(timedelta())}" Destination="{place}">'
            f'<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{self.entity}</saml:Issuer>'
            f'<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{self.subject}</saml:NameID>'
            "</samlp:LogoutRequest>"
        )
        said = {"SAMLRequest": base64.b64encode(zlib.compress(request.encode())[2:-4]).decode(), "SigAlg": RSA_SHA256}
        if self.signed:
            key = serialization.load_pem_private_key(pair(self.signs_with).key.encode(), None)
            signature = key.sign(urlencode(said).encode(), padding.PKCS1v15(), hashes.SHA256())
            said["Signature"] = base64.b64encode(signature).decode()
        return said

    def _response(self, asked: Asked, assertion: str) -> str:
        return (
            '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0" '
            f'IssueInstant="{_at(timedelta())}" Destination="{asked.answer_to}" InResponseTo="{asked.id}">'
            f'<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{self.entity}</saml:Issuer>'
            f'<samlp:Status><samlp:StatusCode Value="{SUCCESS}"/></samlp:Status>{assertion}</samlp:Response>'
        )

    def _assertion(self, asked: Asked) -> str:
        since, until = _at(min(self.lasts, timedelta()) - timedelta(minutes=5)), _at(self.lasts)
        told = {"urn:oasis:names:tc:SAML:attribute:subject-id": self.subject, SAML_EMAIL: self.address}
        attributes = "".join(
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{escape(value)}</saml:AttributeValue></saml:Attribute>'
            for name, value in (told | self.attributes).items()
            if value
        )
        return (
            '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" Version="2.0" '
            f'IssueInstant="{_at(timedelta())}"><saml:Issuer>{self.entity}</saml:Issuer>'
            f'<saml:Subject><saml:NameID Format="{PERSISTENT}">{self.subject}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData NotOnOrAfter="{until}" '
            f'Recipient="{asked.answer_to}" InResponseTo="{asked.id}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>'
            f"<saml:Audience>{self.audience or asked.audience}</saml:Audience></saml:AudienceRestriction>"
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{_at(timedelta())}"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{PASSWORD}</saml:AuthnContextClassRef></saml:AuthnContext>"
            f"</saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        )


def _at(later: timedelta) -> str:
    return f"{datetime.now(UTC) + later:%Y-%m-%dT%H:%M:%SZ}"


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """One that runs, at the address that is also its name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/samlmetadata+xml")
            self.end_headers()
            self.wfile.write(provider.metadata.encode())

        def log_message(self, *_: object) -> None:
            """Not in the output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
