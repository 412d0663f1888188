"""Checkpoints and their measures on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.answers import serializer_of
from labelhub.api.loop.serializers.measures import (
    CurvePointField,
    MeasuresField,
    OrmField,
    OwnMeasuresField,
    SeenField,
    StabilityField,
    StratumField,
)
from labelhub.models import Checkpoint, Project
from labelhub.queries.jobs import JobRow
from labelhub.queries.loop.checkpoints import Decision, Threshold


class CheckpointSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Checkpoint.Kind.choices)
    source = serializers.ChoiceField(choices=Checkpoint.Source.choices)  # type: ignore[assignment]  # a field of that name
    name = serializers.CharField(help_text="Of a model that was not trained here; else empty.")
    scorer = serializers.DictField(
        child=serializers.CharField(), help_text="How such a model is read: its style, endpoint and tokenizer."
    )
    state = serializers.ChoiceField(choices=Checkpoint.State.choices)
    is_champion = serializers.BooleanField()
    base_model = serializers.CharField(help_text="Empty: the embedded default.")
    config = serializers.DictField()
    threshold = serializer_of(Threshold)(
        allow_null=True, help_text="Null before it is trained, and of an outcome reward model, which judges no steps."
    )
    measures = MeasuresField(help_text="By split, gate and test; empty before it was evaluated.")
    decision = serializer_of(Decision)()
    report = serializers.DictField(help_text="Of its training.")
    labels = serializers.IntegerField(help_text="How many label revisions it saw.")
    generation = serializers.IntegerField(allow_null=True, help_text="The generation it closed, if any.")
    awaited = serializers.BooleanField(help_text="Its labels are frozen, and its generation waits until it is added.")
    jobs = serializer_of(JobRow)(many=True)
    created_at = serializers.DateTimeField()
    promoted_at = serializers.DateTimeField(allow_null=True, help_text="Last made champion; null: it never was.")


class OwnCheckpointSerializer(CheckpointSerializer):
    """A checkpoint as its own page shows it."""

    measures = OwnMeasuresField(help_text="By split, gate and test; empty before it was evaluated.")
    measured_at = serializers.DateTimeField(allow_null=True, help_text="Null: before all of this page was measured.")
    metric = serializers.ChoiceField(choices=Project.Metric.choices, help_text="What decides promotions here.")
    margin = serializers.FloatField(help_text="What a challenger may lose, as the project says now.")
    champion = serializers.IntegerField(allow_null=True, help_text="The champion of now.")
    seen = SeenField(help_text="What it learned from.")
    orm = OrmField(help_text="An outcome reward model's gate curve, to put beside.")


class RoundSerializer(serializers.Serializer[Any]):
    generation = serializers.IntegerField()
    checkpoint = serializers.IntegerField(help_text="Trained when it closed.")
    champion = serializers.IntegerField(allow_null=True, help_text="Pinned at its launch: it is what agreed.")
    labels = serializers.IntegerField(allow_null=True, help_text="How many the checkpoint saw.")
    control = StratumField(help_text="Hajek's estimate for the pool.")
    selected = StratumField(help_text="What the rule picked, as it is.")
    best_of_n = CurvePointField(help_text="The checkpoint's on gate.")
    stability = StabilityField(help_text="The checkpoint's, with the one of the generation before.")


class StoppingSerializer(serializers.Serializer[Any]):
    kappas = serializers.IntegerField(help_text="Pairs in a row, up to the newest.")
    window = serializers.IntegerField()
    threshold = serializers.FloatField()
    mean = serializers.FloatField(allow_null=True, help_text="Null: fewer pairs than the window.")
    met = serializers.BooleanField()
    f_bound = serializers.FloatField(allow_null=True)
    sentence = serializers.CharField()


class LoopSerializer(serializers.Serializer[Any]):
    rounds = RoundSerializer(many=True)
    stopping = StoppingSerializer(help_text="Whether more labels of this kind pay: stabilising predictions.")


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
    decision = serializer_of(Decision)()
