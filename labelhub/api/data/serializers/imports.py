"""What an import is asked for with."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Problem
from labelhub.services.data.importing import FORMATS


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="JSON Lines, UTF-8.")
    format = serializers.ChoiceField(choices=FORMATS, default="auto", help_text="`auto` goes by the fields.")
    split = serializers.ChoiceField(
        choices=Problem.Split.choices, allow_null=True, default=None, help_text="Left out: by the rows, else by hash."
    )
