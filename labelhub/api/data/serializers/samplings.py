"""Samplings on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.models import Problem
from labelhub.services.data.sampling import recipe


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
