"""Checkpoints and their measures on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.serializers.jobs import JobSerializer
from labelhub.api.serializers.measures import DecisionSerializer, MeasuresField
from labelhub.models import Checkpoint, Project


class CheckpointSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Checkpoint.Kind.choices)
    state = serializers.ChoiceField(choices=Checkpoint.State.choices)
    is_champion = serializers.BooleanField()
    base_model = serializers.CharField(help_text="Empty: the embedded default.")
    config = serializers.DictField()
    measures = MeasuresField(help_text="By split, gate and test; empty before it was evaluated.")
    decision = DecisionSerializer()
    report = serializers.DictField(help_text="Of its training.")
    labels = serializers.IntegerField(help_text="How many label revisions it saw.")
    generation = serializers.IntegerField(allow_null=True, help_text="The generation it closed, if any.")
    jobs = JobSerializer(many=True)
    created_at = serializers.DateTimeField()
    promoted_at = serializers.DateTimeField(allow_null=True)


class NewCheckpointSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Checkpoint.Kind.choices, default=Checkpoint.Kind.PRM)


class PromotionSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, help_text="Why; kept in the record.")


class EvaluationSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Checkpoint.State.choices)
    is_champion = serializers.BooleanField()
    metric = serializers.ChoiceField(choices=Project.Metric.choices, help_text="What decides promotions here.")
    measures = MeasuresField(help_text="By split, gate and test; empty before it was evaluated.")
    decision = DecisionSerializer()
