"""Accounts, memberships and tokens on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.models import ApiToken, Membership


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class ProjectNameSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class MyMembershipSerializer(serializers.Serializer[Any]):
    project = ProjectNameSerializer()
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class MeSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    is_superuser = serializers.BooleanField()
    simulated = serializers.BooleanField(help_text="A program's account.")
    labeler = serializers.UUIDField(allow_null=True, help_text="The pseudonym that exports show.")
    memberships = MyMembershipSerializer(many=True)


class NewTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, help_text="What the token is for.")


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "created_at"]


class IssuedTokenSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    token = serializers.CharField(help_text="Shown this once.")


class MemberSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username")
    simulated = serializers.BooleanField(source="user.simulated")
    labeler = serializers.SerializerMethodField(help_text="The pseudonym; null before there is one.")

    class Meta:
        model = Membership
        fields = ["id", "username", "role", "simulated", "labeler"]

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


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
