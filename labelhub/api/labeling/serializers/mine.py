"""A labeler's own page on the wire: no field here may differ between a check and any other item."""

from typing import Any

from rest_framework import serializers

from labelhub.api.labeling.serializers.assignments import AssignmentSerializer
from labelhub.api.quality.serializers.mistakes import MyMistakesSerializer
from labelhub.api.quality.serializers.screening import ScreeningSerializer
from labelhub.models import Label


class MyPracticeSerializer(serializers.Serializer[Any]):
    solutions = serializers.IntegerField()
    done = serializers.IntegerField()
    agreed = serializers.IntegerField(help_text="Where your last pass agreed.")


class OwnPageSerializer(serializers.Serializer[Any]):
    passes = serializers.IntegerField()
    today = serializers.IntegerField(help_text="Since midnight UTC.")
    median_ms = serializers.IntegerField(allow_null=True, help_text="Active time of your latest hundred passes.")
    practice = MyPracticeSerializer()
    screening = ScreeningSerializer()
    mistakes = MyMistakesSerializer()


class RemarkSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    is_question = serializers.BooleanField()


class AnswerSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    answered_at = serializers.DateTimeField()
    instructions_version = serializers.IntegerField(
        allow_null=True, help_text="Since which it stands in the instructions; null: it was said to you alone."
    )


class MyAlternativeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    rating = serializers.IntegerField(allow_null=True)
    flagged = serializers.BooleanField()


class MyPassSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    assignment_id = serializers.IntegerField()
    solution_id = serializers.IntegerField()
    problem = serializers.CharField()
    revision = serializers.IntegerField()
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    reason = serializers.CharField()
    total_time = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    comment = RemarkSerializer(allow_null=True)
    answer = AnswerSerializer(allow_null=True, help_text="What a reviewer answered to your question.")
    open = serializers.BooleanField(help_text="Whether it can still be changed.")


class MyPassesSerializer(serializers.Serializer[Any]):
    results = MyPassSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `before` for the next page.")


class MyPassesQuerySerializer(serializers.Serializer[Any]):
    before = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class RatedPassSerializer(MyPassSerializer):
    ratings = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    flagged = serializers.ListField(child=serializers.IntegerField())
    alternatives = MyAlternativeSerializer(many=True)


class PassOfMineSerializer(serializers.Serializer[Any]):
    assignment = AssignmentSerializer()
    label = RatedPassSerializer()  # type: ignore[assignment]  # a field of that name
