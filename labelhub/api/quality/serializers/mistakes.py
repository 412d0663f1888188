"""What goes wrong in passes over gold labels: what may be asked."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Gold


class MistakesQuerySerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices, required=False)
