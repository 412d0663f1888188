"""Taking a lease back, on the wire."""

from typing import Any

from rest_framework import serializers


class RevokeSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, help_text="Kept in the record.")
