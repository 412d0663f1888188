"""A security key made of software: it signs as the devices do (WebAuthn level 2, 6.1 and 6.5; packed as `none`)."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, KEY_INCLUDED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.AT


@dataclass
class Key:
    """One credential of one site; `count` goes up with each use, as in a real key."""

    site: str = "testserver"
    origin: str = "https://testserver"
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, Any], *, present: bool = True) -> dict[str, Any]:
        """The browser's `navigator.credentials.create(options)`, as JSON."""
        client = self._client("webauthn.create", options["publicKey"]["challenge"])
        public = CoseKey.for_alg(ES256.ALGORITHM).from_cryptography_key(self.secret.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = self._data(KEY_INCLUDED | (PRESENT if present else AuthenticatorData.FLAG(0)), credential)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(client, attestationObject=websafe_encode(attestation))

    def signed(self, options: dict[str, Any]) -> dict[str, Any]:
        """The browser's `navigator.credentials.get(options)`, as JSON."""
        self.count += 1
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(PRESENT)
        signature = self.secret.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(client, authenticatorData=websafe_encode(data), signature=websafe_encode(signature))

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: AuthenticatorData.FLAG, credential: bytes = b"") -> AuthenticatorData:
        site = sha256(self.site.encode()).digest()
        data: AuthenticatorData = AuthenticatorData.create(site, flags, self.count, credential)
        return data

    def _answer(self, client: bytes, **response: str) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": websafe_encode(client), **response},
        }
