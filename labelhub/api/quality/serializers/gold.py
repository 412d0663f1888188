"""Gold labels on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.data.serializers.browse import Yes
from labelhub.api.http.fields import WholeField
from labelhub.api.labeling.serializers.assignments import MOST_STEPS, IdField
from labelhub.api.quality.serializers.mistakes import RateSerializer
from labelhub.api.serializers.jobs import RejectionSerializer
from labelhub.models import Gold, Label
from labelhub.queries.quality.mistakes import OUTCOMES


class GoldSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices)
    solution_id = serializers.IntegerField()
    solution = serializers.CharField(help_text="Its id in the file it came from.")
    problem = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    first_mistakes = serializers.ListField(
        child=serializers.IntegerField(), help_text="Steps that may be called the first mistake; empty: there is none."
    )
    explanation = serializers.CharField()
    label = serializers.IntegerField(allow_null=True, help_text="The label it was made from.")  # type: ignore[assignment]
    shown = serializers.IntegerField(help_text="Passes over it: as a screening question, as a check, in practice.")
    agreed = RateSerializer(help_text="Passes that agree with it; of practice, everybody's first try alone.")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)


class GoldAnswerSerializer(serializers.Serializer[Any]):
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    said = serializers.IntegerField(allow_null=True, help_text="The step it named, from 0.")
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    count = serializers.IntegerField()


class GoldActSerializer(serializers.Serializer[Any]):
    """Made, explained in other words (what was said `before`) or retired."""

    verb = serializers.CharField()
    actor = serializers.CharField(source="actor.username", allow_null=True)
    at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True)
    before = serializers.CharField(source="detail.before", allow_null=True)


class KnownGoldLabelSerializer(GoldSerializer):
    answers = GoldAnswerSerializer(many=True, help_text="The commonest first; of practice, everybody's first try.")
    history = GoldActSerializer(many=True, help_text="Oldest first.")


class GoldSetSerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices)
    labels = serializers.IntegerField(help_text="In use.")
    without_mistake = serializers.IntegerField()
    retired = serializers.IntegerField()
    shortcomings = serializers.ListField(child=serializers.CharField(), help_text="What it lacks, in sentences.")


class GoldPageSerializer(serializers.Serializer[Any]):
    results = GoldSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `after` for the next page.")
    sets = GoldSetSerializer(many=True)


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
    rejections = RejectionSerializer(many=True)
    more = serializers.IntegerField(help_text="Rejected lines beyond those told.")
    made = MadeGoldSerializer(many=True, help_text="The first hundred lines that came in, or would.")
    after = GoldSetSerializer(help_text="The set with what came in, or would.")


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
