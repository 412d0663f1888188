"""Checkpoints that were not trained here: what may be added, and what is asked for, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Checkpoint


class StyleSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    sentence = serializers.CharField(help_text="What kind of model it reads, and how.")
    public = serializers.BooleanField(help_text="A worker can load such a model; all can be served.")


class ScorerOptionsSerializer(serializers.Serializer[Any]):
    """What may be added here, by the deployment's settings."""

    models = serializers.ListField(child=serializers.CharField(), help_text="By BASE_MODELS.")
    endpoints = serializers.ListField(child=serializers.CharField(), help_text="By SCORING_ENDPOINTS.")
    styles = StyleSerializer(many=True)
    aggregates = serializers.ListField(child=serializers.CharField())


def _generation() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        allow_null=True,
        default=None,
        help_text="The generation that waits for this checkpoint, where the project trains elsewhere.",
    )


def _threshold() -> serializers.FloatField:
    return serializers.FloatField(
        min_value=0,
        max_value=1,
        allow_null=True,
        default=None,
        help_text="Published P(correct) below which a step is a mistake; left out, it is tuned on training labels.",
    )


class NewScorerSerializer(serializers.Serializer[Any]):
    source = serializers.ChoiceField(choices=Checkpoint.ADDED)  # type: ignore[assignment]  # a field of that name
    model = serializers.CharField(max_length=200, help_text="One of BASE_MODELS; of a served one its name there.")
    style = serializers.CharField(max_length=40, help_text="How it is read: one of the styles.")  # type: ignore[assignment]  # a field of that name
    endpoint = serializers.CharField(
        max_length=40, default="", allow_blank=True, help_text="Of a served one: a name, never an address."
    )
    tokenizer = serializers.CharField(
        max_length=300, default="", allow_blank=True, help_text="Of a served one: one of BASE_MODELS; a judge has none."
    )
    threshold = _threshold()
    generation = _generation()


class ScoreFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="JSON Lines of solution_id (or id) and step_probs.")


class NewScoresSerializer(ScoreFileSerializer):
    name = serializers.CharField(max_length=200, help_text="Of the model that gave them.")
    aggregate = serializers.CharField(max_length=20, default="product", help_text="How its steps make a score.")
    threshold = _threshold()
    generation = _generation()
