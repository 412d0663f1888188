"""Practice on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import WholeField
from labelhub.api.labeling.serializers.assignments import MOST_STEPS


class PracticePassSerializer(serializers.Serializer[Any]):
    ratings = serializers.ListField(
        child=WholeField(min_value=-1, max_value=1, allow_null=True),
        max_length=MOST_STEPS,
        help_text="Of the steps to the first -1, or of all; null exactly where flagged.",
    )
    flagged = serializers.ListField(child=WholeField(), default=list, max_length=MOST_STEPS)
