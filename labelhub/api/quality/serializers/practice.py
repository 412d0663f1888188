"""Practice on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.api.labeling.serializers.assignments import MOST_STEPS


class PracticeStandingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    passes = serializers.IntegerField(help_text="How often you went over it.")
    agreed = serializers.BooleanField(
        allow_null=True, help_text="Whether your last pass agreed; null before the first."
    )


class PracticeItemSerializer(serializers.Serializer[Any]):
    """A solution to practise on, shown as an assignment is; what the team says of it comes with the feedback."""

    id = serializers.IntegerField()
    problem = serializers.CharField()
    ground_truth_answer = serializers.CharField(allow_null=True)
    steps = serializers.ListField(child=serializers.CharField())


class PracticePassSerializer(serializers.Serializer[Any]):
    ratings = serializers.ListField(
        child=WholeField(min_value=-1, max_value=1, allow_null=True),
        max_length=MOST_STEPS,
        help_text="Of the steps to the first -1, or of all; null exactly where flagged.",
    )
    flagged = serializers.ListField(child=WholeField(), default=list, max_length=MOST_STEPS)


class FeedbackSerializer(serializers.Serializer[Any]):
    agreed = serializers.BooleanField()
    first_mistake = serializers.IntegerField(allow_null=True, help_text="The step you called the first mistake.")
    unsure = serializers.BooleanField(help_text="A step before was left unsure, so your first mistake is unknown.")
    first_mistakes = serializers.ListField(
        child=serializers.IntegerField(), help_text="The steps that may be called so; empty: there is no mistake."
    )
    explanation = serializers.CharField()
