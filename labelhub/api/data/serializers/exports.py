"""What an export is asked for with, and the file that is made of it, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.serializers.jobs import JobSerializer
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


class ExportFileSerializer(JobSerializer):
    format = serializers.ChoiceField(choices=FORMATS)
    view = serializers.ChoiceField(choices=VIEWS)
    generation = serializers.IntegerField(allow_null=True)
    checkpoint = serializers.IntegerField(allow_null=True)
    source = serializers.ChoiceField(choices=Label.Source.choices, allow_null=True)  # type: ignore[assignment]  # a field of that name
    filename = serializers.CharField()
    labels = serializers.IntegerField(allow_null=True, help_text="Null until the file is whole.")
    rows = serializers.IntegerField(allow_null=True, help_text="A label may make several rows, or none.")
    left_out = serializers.IntegerField(
        allow_null=True, help_text="Labels without a row: in processbench, those whose first mistake is unknown."
    )
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField(allow_null=True, help_text="The same labels give the same digest.")
    file = serializers.CharField(allow_null=True, help_text="Where it is fetched, once it is whole.")
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    kept_until = serializers.DateTimeField(allow_null=True, help_text="Null: until somebody deletes it.")
