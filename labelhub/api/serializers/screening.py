"""Screening on the wire."""

from typing import Any

from rest_framework import serializers

STATES = ["none", "to_take", "open", "passed", "failed", "admitted"]


class ScreeningSerializer(serializers.Serializer[Any]):
    """How a labeler stands with the screening."""

    state = serializers.ChoiceField(choices=STATES, help_text="none: nobody is screened; admitted: let in by somebody.")
    attempt = serializers.IntegerField(allow_null=True)
    answered = serializers.IntegerField(allow_null=True)
    agreed = serializers.IntegerField(allow_null=True, help_text="Null until it is decided.")
    of = serializers.IntegerField(allow_null=True)
    may_retake = serializers.BooleanField()


class AttemptSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    username = serializers.CharField(allow_null=True)
    attempt = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["open", "passed", "failed"])
    agreed = serializers.IntegerField(allow_null=True)
    of = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    admitted = serializers.BooleanField(help_text="May label: it was passed, or somebody let the labeler in.")


class SetSerializer(serializers.Serializer[Any]):
    is_open = serializers.BooleanField()
    questions = serializers.IntegerField(help_text="That stand in the set.")
    attempts = AttemptSerializer(many=True)


class AdmitSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    reason = serializers.CharField(max_length=1_000)
