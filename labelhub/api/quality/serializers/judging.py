"""Running checks on the wire: records, quarantines and what is decided on them, and the checks themselves."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.models import QuarantineDecision


class QuarantineRulingSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=QuarantineDecision.Kind.choices)
    reason = serializers.CharField(max_length=10_000)
    seen = WholeField(default=0, help_text="Id of the newest decision on your page: a newer one is a conflict.")
