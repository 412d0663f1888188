"""Where a project stands, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.answers import serializer_of
from labelhub.api.loop.serializers.generations import GenerationSerializer, ItemCountsSerializer
from labelhub.queries.jobs import JobRow


class SplitCountsSerializer(serializers.Serializer[Any]):
    train = serializers.IntegerField()
    gate = serializers.IntegerField()
    test = serializers.IntegerField()


class GradeCountsSerializer(serializers.Serializer[Any]):
    right = serializers.IntegerField()
    wrong = serializers.IntegerField()
    unknown = serializers.IntegerField()
    ungraded = serializers.IntegerField()


class SourceCountsSerializer(serializers.Serializer[Any]):
    human = serializers.IntegerField()
    simulated = serializers.IntegerField()
    imported = serializers.IntegerField()
    model = serializers.IntegerField()
    reviewed = serializers.IntegerField(help_text="Merged by a reviewer out of others' labels.")


class MineSerializer(serializers.Serializer[Any]):
    today = serializers.IntegerField(help_text="Passes finished since midnight UTC.")
    median_ms = serializers.IntegerField(allow_null=True, help_text="Active time of the latest hundred passes.")


class WorkerSerializer(serializers.Serializer[Any]):
    alive = serializers.BooleanField()
    sentence = serializers.CharField()


class NeedsSerializer(serializers.Serializer[Any]):
    failed_jobs = serializer_of(JobRow)(many=True)
    contradictions = serializers.IntegerField()
    paused = serializers.IntegerField(help_text="Labelers whom running checks paused, or whose labels are held back.")


class ProgressSerializer(serializers.Serializer[Any]):
    """A labeler gets `my` and `batch` alone: how many solutions are wrong, and how they were picked, would bias."""

    my = MineSerializer()
    batch = ItemCountsSerializer(allow_null=True, help_text="Items of the generation in labeling; null without one.")
    problems = serializers.IntegerField(allow_null=True)
    solutions = serializers.IntegerField(allow_null=True)
    by_split = SplitCountsSerializer(allow_null=True)
    grades = GradeCountsSerializer(allow_null=True)
    labels = SourceCountsSerializer(allow_null=True)
    labels_today = serializers.IntegerField(allow_null=True)
    generation = GenerationSerializer(allow_null=True, help_text="The active one.")
    worker = WorkerSerializer(allow_null=True)
    needs = NeedsSerializer(allow_null=True)
