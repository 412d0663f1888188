"""Signing in on the wire: credentials, second factors, sessions, tokens."""

from typing import Any

import orjson
from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.models import ApiToken, BrowserSession
from labelhub.queries.accounts import sessions
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


class DeviceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField(help_text="Of a passkey, by its owner; else empty.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class SecondFactorSerializer(serializers.Serializer[Any]):
    enrolled = serializers.BooleanField()
    required = serializers.BooleanField(  # type: ignore[assignment]  # a field named as DRF's own attribute
        help_text="This site asks one of its operators."
    )
    password = serializers.BooleanField(help_text="There is a password: it is asked for before the first device.")
    codes_left = serializers.IntegerField(help_text="Recovery codes not used yet.")
    devices = DeviceSerializer(many=True)


class PasskeyOptionsSerializer(serializers.Serializer[Any]):
    publicKey = serializers.DictField(help_text="For `PublicKeyCredential.parse…OptionsFromJSON`.")


class DeviceNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, help_text="By which its owner knows it again.")


class NewPasskeySerializer(DeviceNameSerializer):
    passkey = PasskeyField()


class NewPasswordSerializer(serializers.Serializer[Any]):
    current = serializers.CharField(max_length=1000, trim_whitespace=False)
    new = serializers.CharField(max_length=1000, trim_whitespace=False)


class BrowserSessionSerializer(serializers.ModelSerializer[BrowserSession]):
    id = serializers.SerializerMethodField(help_text="To end it by.")
    browser = serializers.SerializerMethodField(help_text="Null: none that is known.")
    system = serializers.SerializerMethodField(help_text="What it runs on; null where it doesn't say.")
    here = serializers.SerializerMethodField(help_text="The one that asks.")

    class Meta:
        model = BrowserSession
        fields = read_only_fields = ["id", "browser", "system", "address", "signed_in_at", "last_seen_at", "here"]

    def get_id(self, row: BrowserSession) -> str:
        return sessions.public_id(row)

    def get_browser(self, row: BrowserSession) -> str | None:
        return sessions.browser(row.agent)

    def get_system(self, row: BrowserSession) -> str | None:
        return sessions.system(row.agent)

    def get_here(self, row: BrowserSession) -> bool:
        here: str = self.context["here"]
        return row.session_key == here


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


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    last_used_on = serializers.DateField(read_only=True, allow_null=True, help_text="A day, in UTC.")

    class Meta:
        model = ApiToken
        fields = read_only_fields = ["id", "name", "scope", "created_at", "expires_at", "last_used_on"]


class IssuedTokenSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices)
    expires_at = serializers.DateTimeField(allow_null=True)
    token = serializers.CharField(help_text="Shown this once.")
