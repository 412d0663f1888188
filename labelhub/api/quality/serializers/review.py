"""A case for review, and what is decided on it, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.api.labeling.serializers.assignments import MOST_STEPS, IdField
from labelhub.api.labeling.serializers.mine import RemarkSerializer
from labelhub.models import Gold, Label, Problem, Ruling, Solution
from labelhub.queries.quality.review import GAPS, KINDS

QUEUES = [*KINDS, GAPS]


class QueueQuerySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=QUEUES, required=False, help_text="Without one: the first that has any.")


class QueueCountSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=QUEUES)
    count = serializers.IntegerField(help_text="At most 1,000.")


class QueueSerializer(serializers.Serializer[Any]):
    counts = QueueCountSerializer(many=True)
    kind = serializers.ChoiceField(choices=QUEUES, allow_null=True, help_text="Whose cases these are.")
    solutions = serializers.ListField(child=serializers.IntegerField(), help_text="At most fifty, the first first.")


class RatedTextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    rating = serializers.IntegerField(allow_null=True)
    flagged = serializers.BooleanField(allow_null=True)


class CaseLabelSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    labeler = serializers.UUIDField()
    username = serializers.CharField(allow_null=True)
    source = serializers.ChoiceField(choices=Label.Source.choices)  # type: ignore[assignment]  # a field of that name
    generation = serializers.IntegerField(allow_null=True)
    revision = serializers.IntegerField()
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    reason = serializers.CharField()
    ratings = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    flagged = serializers.ListField(child=serializers.IntegerField())
    alternatives = RatedTextSerializer(many=True)
    comment = RemarkSerializer(allow_null=True)
    total_time = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()


class RulingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Ruling.Kind.choices)
    label_id = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    detail = serializers.JSONField()
    decided_by = serializers.CharField(source="username", allow_null=True)
    decided_at = serializers.DateTimeField()


class CaseProblemSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    ground_truth_answer = serializers.CharField(allow_null=True)
    ground_truth_solution = serializers.CharField(allow_null=True)
    split = serializers.ChoiceField(choices=Problem.Split.choices)
    retired_at = serializers.DateTimeField(allow_null=True)


class CaseSolutionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    answer = serializers.CharField(allow_null=True)
    grade = serializers.ChoiceField(choices=Solution.Grade.choices, allow_null=True)
    graded_by = serializers.ChoiceField(choices=Solution.GradedBy.choices, allow_null=True)


class CaseSerializer(serializers.Serializer[Any]):
    problem = CaseProblemSerializer()
    solution = CaseSolutionSerializer()
    solutions = serializers.IntegerField(help_text="Of the problem.")
    same_answer = serializers.IntegerField(help_text="Of them, those that end in the same answer.")
    step_probs = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="By the champion.")
    labels = CaseLabelSerializer(many=True)
    rulings = RulingSerializer(many=True)


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
