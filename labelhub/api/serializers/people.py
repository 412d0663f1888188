"""Accounts, memberships and tokens on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.api.fields import WholeField
from labelhub.models import ApiToken, Invitation, Membership
from labelhub.queries.invitations import STATES
from labelhub.services import invitations, people


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class ProjectNameSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class MyMembershipSerializer(serializers.Serializer[Any]):
    project = ProjectNameSerializer()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    suspended = serializers.SerializerMethodField(help_text="Shut out until an operator ends it.")

    def get_suspended(self, membership: Membership) -> bool:
        return membership.suspended_at is not None


class MeSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    is_superuser = serializers.BooleanField()
    simulated = serializers.BooleanField(help_text="A program's account.")
    labeler = serializers.UUIDField(allow_null=True, help_text="The pseudonym that exports show.")
    memberships = MyMembershipSerializer(many=True)
    enrolment_due = serializers.BooleanField(
        help_text="A second factor is required and not set up: nothing else works."
    )


class DoorsSerializer(serializers.Serializer[Any]):
    oidc = serializers.CharField(allow_null=True, help_text="The issuer's name on the page; null where there is none.")


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20, help_text="From the device, or a recovery code; each works once.")


class SecondFactorSerializer(serializers.Serializer[Any]):
    enrolled = serializers.BooleanField()
    required = serializers.BooleanField(  # type: ignore[assignment]  # a field named as DRF's own attribute
        help_text="This site asks one of its operators."
    )
    codes_left = serializers.IntegerField(help_text="Recovery codes not used yet.")


class TotpSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="To type into the authenticator.")
    url = serializers.CharField(help_text="otpauth://, as the picture says it.")
    svg = serializers.CharField(help_text="The QR code.")


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(child=serializers.CharField(), help_text="Shown this once.")


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


class MemberSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username")
    simulated = serializers.BooleanField(source="user.simulated")
    labeler = serializers.SerializerMethodField(help_text="The pseudonym; null before there is one.")

    class Meta:
        model = Membership
        fields = read_only_fields = ["id", "username", "role", "simulated", "labeler", "suspended_at"]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_labeler(self, membership: Membership) -> str | None:
        labeler = getattr(membership.user, "labeler", None)
        return str(labeler.pk) if labeler else None


class NewMemberSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, required=False, help_text="Of a new account; generated if left out."
    )


class AddedMemberSerializer(MemberSerializer):
    password = serializers.CharField(allow_null=True, help_text="Generated for the new account; shown this once.")

    class Meta(MemberSerializer.Meta):
        fields = [*MemberSerializer.Meta.fields, "password"]


class WhySerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, help_text="For the record.")


class TransferSerializer(serializers.Serializer[Any]):
    to = serializers.IntegerField(help_text="The member who operates from now on.")
    role = serializers.ChoiceField(
        choices=[each for each in Membership.Role.choices if each[0] != Membership.Role.OPERATOR],
        default=Membership.Role.REVIEWER,
        help_text="What the one who hands over goes on as.",
    )


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    state = serializers.ChoiceField(choices=STATES, read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True, allow_null=True)

    class Meta:
        model = Invitation
        fields = ["id", "role", "note", "uses", "used", "state", "created_by", "created_at", "expires_at"]
        read_only_fields = fields


class NewInvitationSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    days = WholeField(min_value=1, max_value=90, default=invitations.DAYS, help_text="Until the link closes.")
    uses = WholeField(min_value=1, max_value=1000, default=1, help_text="How many people may come by it.")


class IssuedInvitationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    secret = serializers.CharField(help_text="Shown this once; the link is /invited#secret.")


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(max_length=100)


class JoinSerializer(SecretSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class InvitedSerializer(serializers.Serializer[Any]):
    """What the link says to whoever holds it."""

    project = ProjectNameSerializer()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    invited_by = serializers.CharField(source="created_by.username")
    expires_at = serializers.DateTimeField()


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
