"""A small OpenID Connect issuer on a port of its own: discovery, code flow with PKCE, signed tokens, userinfo."""

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "labelhub", "a secret between the two"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer(ThreadingHTTPServer):
    """Signs in whoever `person` says, without asking."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person: dict[str, Any] = {"sub": "1"}
        self.codes: dict[str, dict[str, str]] = {}


class Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        url = self.server.url
        if parts.path == "/.well-known/openid-configuration":
            return self.tell(
                issuer=url, authorization_endpoint=f"{url}/authorize", token_endpoint=f"{url}/token",
                userinfo_endpoint=f"{url}/userinfo", jwks_uri=f"{url}/keys",
                token_endpoint_auth_methods_supported=["client_secret_basic"],
            )  # fmt: skip
        if parts.path == "/authorize":
            return self.authorize(asked)
        if parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
            return self.tell(**self.server.person)
        if parts.path == "/keys":
            return self.tell(keys=[json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1"}])
        self.send_error(404)

    def authorize(self, asked: dict[str, str]) -> None:
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code" and "openid" in asked["scope"]
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.server.codes[code] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def do_POST(self) -> None:
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.codes.pop(body["code"][0], None)
        challenge = urlsafe_b64encode(sha256(body.get("code_verifier", [""])[0].encode()).digest()).decode().rstrip("=")
        known = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        if not (
            asked
            and known
            and challenge == asked["code_challenge"]
            and body["redirect_uri"][0] == asked["redirect_uri"]
        ):
            return self.send_error(400)
        now = int(time.time())
        claims = {"iss": self.server.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.server.person}
        self.tell(access_token="access", token_type="Bearer", id_token=jwt.encode(claims, KEY, "RS256", {"kid": "1"}))

    def tell(self, **told: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def issuer() -> Iterator[Issuer]:
    """A running issuer."""
    server = Issuer()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
