"""What an export is asked for with."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Label
from labelhub.queries.data.exports import VIEWS
from labelhub.services.data.exporting import FORMATS


class ExportQuerySerializer(serializers.Serializer[Any]):
    generation = serializers.IntegerField(required=False, min_value=-1, max_value=2**31 - 1)
    checkpoint = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="Only the label revisions that it saw."
    )
    source = serializers.ChoiceField(choices=Label.Source.choices, required=False)  # type: ignore[assignment]  # a field of that name
    view = serializers.ChoiceField(choices=VIEWS, default="all", help_text="`train`: only what may train a model.")


class ExportAskedSerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=FORMATS)
    view = serializers.ChoiceField(choices=VIEWS, default="all", help_text="`train`: only what may train a model.")
    generation = serializers.IntegerField(default=None, allow_null=True, min_value=-1, max_value=2**31 - 1)
    checkpoint = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, max_value=2**31 - 1, help_text="Only the label revisions it saw."
    )
    source = serializers.ChoiceField(choices=Label.Source.choices, default=None, allow_null=True)  # type: ignore[assignment]  # a field of that name
