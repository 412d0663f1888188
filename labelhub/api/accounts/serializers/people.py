"""Members and invitations on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.models import Membership
from labelhub.services.accounts import invitations


class NewMemberSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, required=False, help_text="Of a new account; generated if left out."
    )


class WhySerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, help_text="For the record.")


class TransferSerializer(serializers.Serializer[Any]):
    to = serializers.IntegerField(help_text="The member who operates from now on.")
    role = serializers.ChoiceField(
        choices=[each for each in Membership.Role.choices if each[0] != Membership.Role.OPERATOR],
        default=Membership.Role.REVIEWER,
        help_text="What the one who hands over goes on as.",
    )


class NewInvitationSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    days = WholeField(min_value=1, max_value=90, default=invitations.DAYS, help_text="Until the link closes.")
    uses = WholeField(min_value=1, max_value=1000, default=1, help_text="How many people may come by it.")


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(max_length=100, allow_blank=True)  # a link cut short is no open invitation either


class JoinSerializer(SecretSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
