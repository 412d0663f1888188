"""Signing in on the wire: credentials, second factors, sessions, tokens."""

from typing import Any

import orjson
from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.models import ApiToken
from labelhub.services.accounts import people

LARGEST_ANSWER = 20_000  # bytes; with a long attestation it is about five thousand
KINDS = [("totp", "An authenticator that shows codes."), ("webauthn", "A passkey or security key.")]


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20, help_text="From the device, or a recovery code; each works once.")


class PasskeyField(serializers.DictField):
    """What `PublicKeyCredential.toJSON()` gives, whatever the device; read by the WebAuthn library."""

    def to_internal_value(self, data: Any) -> Any:
        answer = super().to_internal_value(data)
        if len(orjson.dumps(answer)) > LARGEST_ANSWER:
            raise serializers.ValidationError("This is larger than a passkey's answer.")
        return answer


class ProofSerializer(serializers.Serializer[Any]):
    """That it is the person: a code or a passkey's answer where there is a second factor, else the password."""

    code = serializers.CharField(max_length=20, required=False, help_text="From the device, or a recovery code.")
    passkey = PasskeyField(required=False, help_text="The answer to a challenge.")
    password = serializers.CharField(max_length=1000, trim_whitespace=False, required=False)


class PasskeyOptionsSerializer(serializers.Serializer[Any]):
    publicKey = serializers.DictField(help_text="For `PublicKeyCredential.parse…OptionsFromJSON`.")


class DeviceNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, help_text="By which its owner knows it again.")


class NewPasskeySerializer(DeviceNameSerializer):
    passkey = PasskeyField()


class NewPasswordSerializer(serializers.Serializer[Any]):
    current = serializers.CharField(max_length=1000, trim_whitespace=False)
    new = serializers.CharField(max_length=1000, trim_whitespace=False)


class NewTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, help_text="What the token is for.")
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices, default=ApiToken.Scope.OPERATE)
    days = WholeField(
        min_value=1,
        max_value=3650,
        allow_null=True,
        default=people.TOKEN_DAYS,
        help_text="Until it expires; null is never, where the site allows it.",
    )
