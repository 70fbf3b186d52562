"""A browser that subscribed, and a real push service on this machine that takes what is meant for it.

The browser's half is written here from RFC 8291, section 3, and RFC 8188; test_push.py checks it by the RFC's own
example before it is used to check ours.
"""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass(slots=True)
class Browser:
    """Its keys, and the messages that it could read."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes !!"

    def subscription(self, endpoint: str) -> str:
        """As PushSubscription.toJSON() says it, behind our own prefix."""
        keys = {"p256dh": to_text(point(self.key)), "auth": to_text(self.secret)}
        return "webpush:" + json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})

    def read(self, body: bytes) -> bytes:
        """The words of an encrypted message of one record."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = derive(self.secret, b"WebPush: info\x00" + point(self.key) + sender, 32, shared)
        key = derive(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
        nonce = derive(salt, b"Content-Encoding: nonce\x00", 12, secret)
        words, mark = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00"), b"\x02"
        assert words.endswith(mark), "the last record ends with a 2"
        return words[: -len(mark)]


def derive(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


@dataclass(slots=True)
class PushService:
    """What arrived, as (headers, body); `status` is what it answers with."""

    port: int
    arrived: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 201

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/push/some-browser"

    def signed_by(self, number: int) -> tuple[str, dict]:
        """The public key and the claims of a message's signature, verified. Raises jwt's errors."""
        kind, _, rest = self.arrived[number][0]["Authorization"].partition(" ")
        assert kind == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(parts["k"]))
        origin = f"http://127.0.0.1:{self.port}"
        return parts["k"], jwt.decode(parts["t"], key, algorithms=["ES256"], audience=origin)


@contextlib.contextmanager
def push_service() -> Iterator[PushService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.arrived.append((dict(self.headers), body))
            self.send_response(service.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The test's output stays readable."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
