"""Screening on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Membership
from labelhub.queries.quality.screening import STANDS

STATES = ["none", "to_take", "open", "passed", "failed", "admitted"]


class ScreeningSerializer(serializers.Serializer[Any]):
    """How a labeler stands with the screening."""

    state = serializers.ChoiceField(choices=STATES, help_text="none: nobody is screened; admitted: let in by somebody.")
    attempt = serializers.IntegerField(allow_null=True)
    answered = serializers.IntegerField(allow_null=True)
    agreed = serializers.IntegerField(allow_null=True, help_text="Null until it is decided.")
    of = serializers.IntegerField(allow_null=True)
    may_retake = serializers.BooleanField()


class ByStandingSerializer(serializers.Serializer[Any]):
    to_take = serializers.IntegerField()
    open = serializers.IntegerField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    admitted = serializers.IntegerField(help_text="Let in by somebody, with a reason.")


class SetSerializer(serializers.Serializer[Any]):
    is_open = serializers.BooleanField()
    questions = serializers.IntegerField(help_text="That stand in the set.")
    unfit = serializers.CharField(allow_null=True, help_text="Why the gold labels for it make no set; null: they do.")
    labelers = ByStandingSerializer(help_text="How many stand how.")


class StandingSerializer(serializers.Serializer[Any]):
    """A labeler, with their newest attempt."""

    id = serializers.IntegerField()
    labeler = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    stands = serializers.ChoiceField(choices=STANDS)
    attempts = serializers.IntegerField()
    answered = serializers.IntegerField(allow_null=True)
    agreed = serializers.IntegerField(allow_null=True, help_text="Null until it is decided.")
    of = serializers.IntegerField(allow_null=True)
    needed = serializers.IntegerField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    retakes_left = serializers.IntegerField(allow_null=True, help_text="Of somebody who failed.")
    admitted_by = serializers.CharField(allow_null=True)
    admitted_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why somebody was let in.")


class StandingsPageSerializer(serializers.Serializer[Any]):
    results = StandingSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `after` for the next page.")


class StandingsQuerySerializer(serializers.Serializer[Any]):
    stands = serializers.ChoiceField(choices=STANDS, required=False)
    after = serializers.IntegerField(default=0, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class RulingOnLabelerSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    reason = serializers.CharField(max_length=1_000)
