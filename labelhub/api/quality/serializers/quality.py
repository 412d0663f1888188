"""What says how far labels can be trusted, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.quality.serializers.judging import RecordSerializer
from labelhub.models import Label, Solution


class FigureSerializer(serializers.Serializer[Any]):
    """A figure with its 95% interval, by percentile bootstrap over solutions."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Pairs of passes; of alpha, steps that two or more labelers rated.")
    undefined = serializers.CharField(allow_null=True, help_text="Why there is no figure, or no interval around it.")


class AgreementSerializer(serializers.Serializer[Any]):
    solutions = serializers.IntegerField(help_text="That several labelers finished, the newest of them.")
    unknown = serializers.IntegerField(
        help_text="Passes over them with a step left unsure before any Bad: alpha alone counts what they rate."
    )
    newest = serializers.IntegerField(help_text="At most so many are measured.")
    resamples = serializers.IntegerField(help_text="Of the solutions, for each interval.")
    measured_at = serializers.DateTimeField(help_text="At most five minutes ago.")
    exact = FigureSerializer(help_text="Share of pairs that name the same first mistake, or both find none.")
    within_one = FigureSerializer(help_text="The same, or first mistakes one step apart.")
    alpha = FigureSerializer(help_text="Krippendorff's ordinal alpha over steps; what nobody rated is missing.")
    kappa = FigureSerializer(help_text="Cohen's kappa over pairs: whether each found a mistake.")


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
    checks = RecordSerializer()
    paused_at = serializers.DateTimeField(allow_null=True)
    suspended = serializers.BooleanField()


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
