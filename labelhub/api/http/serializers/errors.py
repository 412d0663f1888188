"""The one shape of every refusal."""

from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[dict[str, object]]):
    code = serializers.CharField(help_text="The refusal's name, such as `lease_lost`.")
    detail = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(  # type: ignore[assignment]  # the shape's own name wins over the attribute's
        child=serializers.ListField(child=serializers.CharField()), help_text="Sentences by field of the body."
    )
