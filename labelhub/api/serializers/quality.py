"""What says how far labels can be trusted, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Label, Solution


class AgreementSerializer(serializers.Serializer[Any]):
    pairs = serializers.IntegerField(help_text="Pairs of labelers who finished the same solution.")
    agreed = serializers.IntegerField(help_text="Of them, those who name the same first mistake.")
    share = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField(allow_null=True, help_text="Why there is no share.")


class LabelerSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    username = serializers.CharField(allow_null=True, help_text="Null for a pseudonym that came in by a file.")
    simulated = serializers.BooleanField(allow_null=True)
    labels = serializers.IntegerField()
    last_at = serializers.DateTimeField()
    median_ms = serializers.IntegerField()
    found_error = serializers.IntegerField(source="found_error_count")
    solution = serializers.IntegerField(source="solution_count")
    bad_problem = serializers.IntegerField(source="bad_problem_count")
    give_up = serializers.IntegerField(source="give_up_count")


class ContradictionSerializer(serializers.Serializer[Any]):
    label = serializers.IntegerField()  # type: ignore[assignment]  # a field of that name
    labeler = serializers.UUIDField()
    source = serializers.ChoiceField(choices=Label.Source.choices)  # type: ignore[assignment]  # a field of that name
    submitted_at = serializers.DateTimeField()
    generation = serializers.IntegerField(allow_null=True)
    solution_id = serializers.IntegerField()
    solution = serializers.CharField(help_text="Its id in the file it came from.")
    problem = serializers.CharField()
    answer = serializers.CharField(allow_null=True)
    ground_truth_answer = serializers.CharField(allow_null=True)
    graded_by = serializers.ChoiceField(choices=Solution.GradedBy.choices)


class ContradictionsPageSerializer(serializers.Serializer[Any]):
    results = ContradictionSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `after` for the next page.")


class PageQuerySerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(default=0, min_value=0, max_value=2**63 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=500)
