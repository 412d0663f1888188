"""Where a project stands, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.answers import serializer_of
from labelhub.api.loop.serializers.generations import GenerationSerializer, ItemCountsSerializer
from labelhub.api.loop.serializers.watch import EstimateSerializer, FinishSerializer
from labelhub.queries.jobs import JobRow
from labelhub.queries.quality.review import QueueCount


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


class BegunSerializer(serializers.Serializer[Any]):
    instructions = serializers.BooleanField(help_text="They were changed from those that every project begins with.")
    labelers = serializers.IntegerField(help_text="Members whose role it is, and who aren't suspended.")
    links = serializers.IntegerField(help_text="Invitations that still open.")


class RoundChangeSerializer(serializers.Serializer[Any]):
    """By the project's metric, on the same gate problems, paired; with its interval."""

    difference = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class RoundFoundSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    found_errors = serializers.IntegerField(help_text="Current labels that name a first mistake.")
    found = EstimateSerializer(help_text="The same as a share of those that name one or none.")
    agreement = EstimateSerializer(help_text="Items that several finished, and on whose first mistake all agree.")
    active_ms = serializers.IntegerField(help_text="Active time of all current labels.")
    change = RoundChangeSerializer(allow_null=True, help_text="Its checkpoint against the champion it met.")


class OverviewSerializer(serializers.Serializer[Any]):
    review = serializer_of(QueueCount)(many=True)
    shut_out = serializers.IntegerField(help_text="Labelers who failed the open screening and have no retake left.")
    begun = BegunSerializer()
    finish = FinishSerializer(allow_null=True, help_text="When the batch in labeling may be full; null without one.")
    rounds = RoundFoundSerializer(many=True, help_text="The latest five, newest first.")
