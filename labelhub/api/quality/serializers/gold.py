"""Gold labels on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.data.serializers.browse import Yes
from labelhub.api.http.answers import serializer_of
from labelhub.api.http.fields import WholeField
from labelhub.api.labeling.serializers.assignments import MOST_STEPS, IdField
from labelhub.models import Gold
from labelhub.services.data.importing.report import RejectionRow
from labelhub.services.quality.gold.sets import GoldSet


class GoldQuerySerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices, required=False)
    retired = Yes(help_text="Those in use, or those that are not.")
    after = serializers.IntegerField(default=0, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=500)


class ExplanationSerializer(serializers.Serializer[Any]):
    explanation = serializers.CharField(max_length=10_000, allow_blank=True)


class GoldUploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="JSON Lines, UTF-8.")
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices)
    check = serializers.BooleanField(default=False, help_text="Only say what would become of it; nothing is kept.")


class MadeGoldSerializer(serializers.Serializer[Any]):
    """How one line is understood."""

    line = serializers.IntegerField()
    problem = serializers.CharField(source="gold.solution.problem.text")
    steps = serializers.ListField(child=serializers.CharField(), source="gold.solution.steps")
    first_mistakes = serializers.ListField(child=serializers.IntegerField(), source="gold.first_mistakes")
    explanation = serializers.CharField(source="gold.explanation", allow_blank=True)


class GoldReportSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField(help_text="Gold labels.")
    solutions = serializers.IntegerField(help_text="That came in with them.")
    problems = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Lines that are gold for this purpose already.")
    rejected = serializers.IntegerField()
    rejections = serializer_of(RejectionRow)(many=True)
    more = serializers.IntegerField(help_text="Rejected lines beyond those told.")
    made = MadeGoldSerializer(many=True, help_text="The first hundred lines that came in, or would.")
    after = serializer_of(GoldSet)(help_text="The set with what came in, or would.")


class NewGoldSerializer(serializers.Serializer[Any]):
    """Of a label (`first_mistakes` then are its own unless given), or of a solution with its `first_mistakes`."""

    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices)
    label = IdField(default=None, allow_null=True)  # type: ignore[assignment]  # a field of that name
    solution_id = IdField(default=None, allow_null=True)
    first_mistakes = serializers.ListField(
        child=WholeField(), default=None, allow_null=True, max_length=MOST_STEPS, help_text="Indices from 0."
    )
    explanation = serializers.CharField(max_length=10_000, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["label"] is None) == (attrs["solution_id"] is None):
            raise serializers.ValidationError({"label": "Name either a label or a solution."})
        if attrs["label"] is None and attrs["first_mistakes"] is None:
            raise serializers.ValidationError({"first_mistakes": "Say which steps; an empty list means no mistake."})
        return attrs
