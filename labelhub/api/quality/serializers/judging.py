"""Running checks on the wire: records, quarantines and what is decided on them, and the checks themselves."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.models import Label, QuarantineDecision


class RecordSerializer(serializers.Serializer[Any]):
    agreed = serializers.IntegerField()
    asked = serializers.IntegerField(help_text="Since they began, or were last brought back.")
    low = serializers.FloatField(help_text="Of the middle 95% of the posterior of their agreement rate.")
    high = serializers.FloatField()
    below = serializers.FloatField(help_text="The probability that the rate is below the project's `check_bar`.")


class QuarantinedLabelSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    solution_id = serializers.IntegerField()
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    submitted_at = serializers.DateTimeField()


class QuarantineDecisionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=QuarantineDecision.Kind.choices)
    reason = serializers.CharField()
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True)
    decided_at = serializers.DateTimeField()


class QuarantineSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    labeler = serializers.UUIDField(source="labeler_id")
    username = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    checks = RecordSerializer(help_text="As it stood when the pause came.")
    labels = serializers.IntegerField()
    to_give_back = serializers.IntegerField(help_text="Labels whose items a discard would give back to the queue.")
    sample = QuarantinedLabelSerializer(many=True, help_text="The newest ten.")
    is_paused = serializers.BooleanField(help_text="Until somebody brings the labeler back.")
    is_suspended = serializers.BooleanField()
    stands = serializers.ChoiceField(
        choices=QuarantineDecision.Kind.choices, allow_null=True, help_text="What counts for the labels; null: held."
    )
    decisions = QuarantineDecisionSerializer(many=True)


class QuarantineRulingSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=QuarantineDecision.Kind.choices)
    reason = serializers.CharField(max_length=10_000)
    seen = WholeField(default=0, help_text="Id of the newest decision on your page: a newer one is a conflict.")


class CheckSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    solution_id = serializers.IntegerField()
    problem = serializers.CharField()
    first_mistakes = serializers.ListField(child=serializers.IntegerField())
    asked = serializers.IntegerField(help_text="Labelers who met it.")
    agreed = serializers.IntegerField()
    good_asked = serializers.IntegerField(help_text="Of them, those who reach the bar over at least five others.")
    good_agreed = serializers.IntegerField()
    suggestion = serializers.CharField(allow_null=True, help_text="Why it might be retired.")
