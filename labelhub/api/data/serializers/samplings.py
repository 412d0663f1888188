"""Samplings on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.api.serializers.jobs import JobSerializer
from labelhub.models import Problem
from labelhub.services.data.sampling import recipe
from labelhub.services.data.sampling.reading import Reason

REASONS = [each.value for each in Reason if each is not Reason.UNAVAILABLE]


def bounds(name: str) -> dict[str, Any]:
    return dict(zip(("min_value", "max_value"), recipe.BOUNDS[name], strict=True))


class EndpointSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.CharField(help_text="Where its requests go, as the deployment lists it.")


class PriceField(serializers.FloatField):
    def __init__(self) -> None:
        super().__init__(min_value=0, max_value=1e6, allow_null=True, default=None, help_text="Per million tokens.")


class SamplingParametersSerializer(serializers.Serializer[Any]):
    what = serializers.ChoiceField(choices=recipe.KINDS, default=recipe.SOLUTIONS)
    endpoint = serializers.CharField(max_length=40, help_text="A name of samplings/endpoints; never an address.")
    model = serializers.CharField(
        max_length=recipe.LONGEST_MODEL, help_text="The name under which the server has the model."
    )
    n = WholeField(**bounds("n"), default=8, help_text="For each problem, or for each step with a first mistake.")
    temperature = serializers.FloatField(**bounds("temperature"), default=1.0)
    max_tokens = WholeField(**bounds("max_tokens"), default=1024, help_text="Of one answer.")
    split = serializers.ChoiceField(choices=Problem.Split.choices, default=Problem.Split.TRAIN)
    seed = WholeField(default=0, help_text="The n of a seed are drawn once; another seed draws others.")
    at_once = WholeField(**bounds("at_once"), default=8, help_text="Requests in flight.")
    price_prompt = PriceField()
    price_completion = PriceField()


class SamplingRecipeSerializer(serializers.Serializer[Any]):
    """What was asked for, as it was filled in."""

    what = serializers.ChoiceField(choices=recipe.KINDS)
    endpoint = serializers.CharField()
    model = serializers.CharField()
    n = serializers.IntegerField()
    temperature = serializers.FloatField()
    max_tokens = serializers.IntegerField()
    split = serializers.ChoiceField(choices=Problem.Split.choices)
    seed = serializers.IntegerField()
    at_once = serializers.IntegerField()
    price_prompt = serializers.FloatField(allow_null=True)
    price_completion = serializers.FloatField(allow_null=True)


class FailureSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=REASONS)
    count = serializers.IntegerField()
    example = serializers.CharField(help_text="The newest one's sentence.")


class SamplingSerializer(JobSerializer):
    parameters = SamplingRecipeSerializer()
    created = serializers.IntegerField(help_text="Solutions, or alternatives, that came in.")
    duplicates = serializers.IntegerField(help_text="Texts that were there already, not stored again.")
    there = serializers.IntegerField(
        help_text="Already made by an earlier sampling with the same recipe; not requested again."
    )
    failures = FailureSerializer(many=True, help_text="Answers that could not be kept, the most frequent reason first.")
    unanswered = serializers.IntegerField(help_text="Requests without an answer, which a retry makes again.")
    last_unanswered = serializers.CharField(help_text="The newest one's sentence.")
    answers = serializers.IntegerField(help_text="That the server gave, kept or not.")
    prompt_tokens = serializers.IntegerField(help_text="Of all answers, kept or not, as the server counts.")
    completion_tokens = serializers.IntegerField()
    untold = serializers.IntegerField(help_text="Answers without a count of tokens: these cost more than is told.")
    cost = serializers.FloatField(allow_null=True, help_text="By the prices given; null without any.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
