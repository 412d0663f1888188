"""What a labeler is given and gives back."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.models import Label

MOST_STEPS = 10_000
MOST_HELD = 100  # named in a request
LARGEST_ID = 2**63 - 1


class IdField(WholeField):
    """A row's id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_value=LARGEST_ID, **options)


class HoldingField(serializers.ListField):
    """Ids of the assignments the page still knows; another live lease comes back first."""

    child = IdField()

    def __init__(self, **options: Any) -> None:
        super().__init__(default=list, max_length=MOST_HELD, help_text=self.__class__.__doc__, **options)


class HoldingSerializer(serializers.Serializer[Any]):
    holding = HoldingField()


class LeaseSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class AlternativeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()


class PlaceSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="From 1.")
    of = serializers.IntegerField()


class AssignmentSerializer(serializers.Serializer[Any]):
    """All of it: nothing here may tell why or how the solution was picked, or what anybody thinks of it."""

    id = serializers.IntegerField()
    lease = LeaseSerializer()
    solution_id = serializers.IntegerField()
    problem = serializers.CharField()
    ground_truth_answer = serializers.CharField(allow_null=True)
    steps = serializers.ListField(child=serializers.CharField())
    alternatives = serializers.DictField(
        child=AlternativeSerializer(many=True), help_text="By the index of the step, as text, from 0."
    )
    instructions_version = serializers.IntegerField(allow_null=True)
    screening = PlaceSerializer(allow_null=True, help_text="Which question of your screening this is; else null.")


class ScreeningResultSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["passed", "failed"])
    agreed = serializers.IntegerField()
    of = serializers.IntegerField()
    needed = serializers.IntegerField()
    sentence = serializers.CharField()


class WhyNoneSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()


class NextSerializer(serializers.Serializer[Any]):
    assignment = AssignmentSerializer(allow_null=True)
    reason = WhyNoneSerializer(allow_null=True, help_text="Why there is none.")


class CommentSerializer(serializers.Serializer[Any]):
    """What the labeler remarks with a pass, or asks the reviewers."""

    text = serializers.CharField(max_length=5_000)
    is_question = serializers.BooleanField(default=False)


class LeaseTokenField(serializers.CharField):
    """The lease's token; the whole lease, as it came, says the same."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data["token"] if isinstance(data, dict) and "token" in data else data))


class RatedAlternativeSerializer(serializers.Serializer[Any]):
    id = IdField()
    rating = WholeField(min_value=-1, max_value=1, allow_null=True)
    flagged = serializers.BooleanField(default=False, help_text="Unsure; the rating is then null.")


class PassSerializer(serializers.Serializer[Any]):
    lease = LeaseTokenField(max_length=100)
    ratings = serializers.ListField(
        child=WholeField(min_value=-1, max_value=1, allow_null=True),
        max_length=MOST_STEPS,
        help_text="A prefix of the steps, to the first -1; null exactly where flagged.",
    )
    flagged = serializers.ListField(child=WholeField(), default=list, max_length=MOST_STEPS)
    alternatives = RatedAlternativeSerializer(many=True, default=list)
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    reason = serializers.CharField(max_length=10_000, default="", allow_blank=True)
    total_time = WholeField(help_text="Active time in ms.")
    comment = CommentSerializer(default=None, allow_null=True, help_text="Stays with this revision of the label.")
    holding = HoldingField()
    revises = WholeField(
        min_value=1,
        allow_null=True,
        required=False,
        help_text="The revision that this pass corrects: refused unless it is still the newest.",
    )


class LabelSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    assignment_id = serializers.IntegerField()
    solution_id = serializers.IntegerField()
    revision = serializers.IntegerField()
    source = serializers.ChoiceField(choices=Label.Source.choices)  # type: ignore[assignment]  # a field of that name
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    reason = serializers.CharField()
    total_time = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    instructions_version = serializers.IntegerField(allow_null=True)


class RefusedPassSerializer(ErrorSerializer):
    label = LabelSerializer(  # type: ignore[assignment]  # a field of that name
        required=False, allow_null=True, help_text="With `stale_revision` alone: the label as it stands."
    )


class SubmittedSerializer(serializers.Serializer[Any]):
    label = LabelSerializer()  # type: ignore[assignment]  # a field of that name
    next = AssignmentSerializer(allow_null=True)
    reason = WhyNoneSerializer(allow_null=True, help_text="Why there is no next one.")
    screening = ScreeningResultSerializer(allow_null=True, help_text="Where this pass was the last of a screening.")
