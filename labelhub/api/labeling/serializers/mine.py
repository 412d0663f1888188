"""A labeler's own page on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.answers import serializer_of
from labelhub.api.labeling.serializers.assignments import AssignmentSerializer
from labelhub.queries.labeling.mine import RatedPass


class MyPassesQuerySerializer(serializers.Serializer[Any]):
    before = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class PassOfMineSerializer(serializers.Serializer[Any]):
    assignment = AssignmentSerializer()
    label = serializer_of(RatedPass)()  # type: ignore[assignment]  # a field of that name
