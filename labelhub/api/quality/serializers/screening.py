"""Screening on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.queries.quality.screening import STANDS


class StandingsQuerySerializer(serializers.Serializer[Any]):
    stands = serializers.ChoiceField(choices=STANDS, required=False)
    after = serializers.IntegerField(default=0, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class RulingOnLabelerSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    reason = serializers.CharField(max_length=1_000)
