"""What says how far labels can be trusted, on the wire."""

from typing import Any

from rest_framework import serializers


class PageQuerySerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(default=0, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=500)
