"""Members and invitations on the wire."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.api.http.answers import serializer_of
from labelhub.api.http.fields import WholeField
from labelhub.models import Invitation, Membership
from labelhub.queries.accounts import two_factor
from labelhub.queries.accounts.invitations import STATES
from labelhub.queries.accounts.people import ProjectName
from labelhub.services.accounts import invitations


class MemberSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username")
    simulated = serializers.BooleanField(source="user.simulated")
    labeler = serializers.SerializerMethodField(help_text="The pseudonym; null before there is one.")
    second_factor = serializers.SerializerMethodField(
        help_text="Whether there is one; null where this site asks none of its operators."
    )

    class Meta:
        model = Membership
        fields = read_only_fields = ["id", "username", "role", "simulated", "labeler", "second_factor", "suspended_at"]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_labeler(self, membership: Membership) -> str | None:
        labeler = getattr(membership.user, "labeler", None)
        return str(labeler.pk) if labeler else None

    def get_second_factor(self, membership: Membership) -> bool | None:
        if not settings.TWO_FACTOR_FOR_OPERATORS:
            return None
        known: bool | None = getattr(membership, "enrolled", None)
        return two_factor.enrolled(membership.user) if known is None else known


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
    secret = serializers.CharField(max_length=100, allow_blank=True)  # a link cut short is no open invitation either


class JoinSerializer(SecretSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class InvitedSerializer(serializers.Serializer[Any]):
    """What the link says to whoever holds it."""

    project = serializer_of(ProjectName)()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    invited_by = serializers.CharField(source="created_by.username")
    expires_at = serializers.DateTimeField()


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
