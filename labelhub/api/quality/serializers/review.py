"""A case for review, and what is decided on it, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.api.labeling.serializers.assignments import MOST_STEPS, IdField
from labelhub.models import Gold, Ruling, Solution
from labelhub.queries.quality.review import QUEUES


class QueueQuerySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=QUEUES, required=False, help_text="Without one: the first that has any.")


class DecisionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Ruling.Kind.choices)
    seen = WholeField(default=0, help_text="Id of the newest ruling on your page: a newer one is a conflict.")
    reason = serializers.CharField(default="", allow_blank=True, max_length=10_000, help_text="Or the answer.")
    label = IdField(allow_null=True, default=None)  # type: ignore[assignment]  # a field of that name
    ratings = serializers.ListField(
        child=WholeField(min_value=-1, max_value=1, allow_null=True), default=list, max_length=MOST_STEPS
    )
    grade = serializers.ChoiceField(choices=Solution.Grade.choices, allow_blank=True, default="")
    ground_truth_answer = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices, allow_blank=True, default="")
    to_instructions = serializers.BooleanField(default=False)
