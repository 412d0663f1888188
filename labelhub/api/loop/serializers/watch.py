"""A generation's page on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.models import BatchItem, Label

STAGES = ["ahead", "launched", "scored", "selected", "labeling", "full", "training", "evaluated", "closed", "cancelled"]


class EstimateSerializer(serializers.Serializer[Any]):
    """A figure with its 95% interval, or why there is none; without an interval there is too little for one."""

    n = serializers.IntegerField(help_text="Passes it rests on.")
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField(allow_null=True, help_text="Why there is no value.")


class StageSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=STAGES)
    at = serializers.DateTimeField(allow_null=True, help_text="Null unless it was reached.")
    reach = serializers.ChoiceField(
        choices=["reached", "to_come", "not_reached"],
        help_text="Not reached: left out, or not come to before the generation failed or was cancelled.",
    )


class BurndownPointSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    left = serializers.IntegerField(help_text="Passes still wanted then.")
    passes = serializers.IntegerField(help_text="Made since the point before.")


class FinishSerializer(serializers.Serializer[Any]):
    """80 of 100 paces drawn from the time looked at end between earliest and latest."""

    earliest = serializers.DateTimeField(allow_null=True)
    likely = serializers.DateTimeField(allow_null=True)
    latest = serializers.DateTimeField(allow_null=True, help_text="Null: at the slow end it is not done in ten years.")
    passes = serializers.IntegerField(help_text="Made in the time looked at.")
    seconds = serializers.IntegerField(help_text="The time looked at: a day, or less where it opened since.")
    undefined = serializers.CharField(allow_null=True)


class BurndownSerializer(serializers.Serializer[Any]):
    left = serializers.IntegerField(help_text="Passes still wanted; once labeling is over, those withdrawn unmade.")
    made = serializers.IntegerField()
    points = BurndownPointSerializer(many=True)
    finish = FinishSerializer(allow_null=True)
    undefined = serializers.CharField(allow_null=True, help_text="Why it can't be told when the batch is full.")


class AtWorkSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    username = serializers.CharField(allow_null=True)
    simulated = serializers.BooleanField()
    passes = serializers.IntegerField()
    found_error = serializers.IntegerField()
    mean_ms = serializers.IntegerField(allow_null=True, help_text="Mean active time of a pass.")
    leases = serializers.IntegerField(help_text="Live.")
    last_at = serializers.DateTimeField(help_text="When the labeler last took or handed in something here.")


class LeaseHeldSerializer(serializers.Serializer[Any]):
    assignment = serializers.IntegerField()
    labeler = serializers.UUIDField()
    username = serializers.CharField(allow_null=True)
    solution_id = serializers.IntegerField()
    solution = serializers.CharField(help_text="Its id in the file it came from.")
    problem = serializers.CharField()
    leased_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class StratumCountsSerializer(serializers.Serializer[Any]):
    stratum = serializers.ChoiceField(choices=BatchItem.PICKED)
    planned = serializers.IntegerField()
    items = serializers.IntegerField()
    done = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    right = serializers.IntegerField()
    wrong = serializers.IntegerField()


class EndSerializer(serializers.Serializer[Any]):
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    count = serializers.IntegerField()
    share = EstimateSerializer()


class MistakesAtStepSerializer(serializers.Serializer[Any]):
    step = serializers.IntegerField(help_text="From 1.")
    count = serializers.IntegerField()


class MistakesInTenthSerializer(serializers.Serializer[Any]):
    tenth = serializers.IntegerField(help_text="Of the solution, from 1; the last step is in the tenth.")
    count = serializers.IntegerField()


class MistakesSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    steps = MistakesAtStepSerializer(many=True)
    tenths = MistakesInTenthSerializer(many=True)
    undefined = serializers.CharField(allow_null=True)


class TimesSerializer(serializers.Serializer[Any]):
    per_pass = EstimateSerializer(help_text="Median active ms of passes that ended at a mistake or at the end.")
    per_step = EstimateSerializer(help_text="Median over those passes of active ms for each rated step.")


class ReasonGivenSerializer(serializers.Serializer[Any]):
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    reason = serializers.CharField()
    count = serializers.IntegerField()


class CostSerializer(serializers.Serializer[Any]):
    ms = serializers.IntegerField(help_text="Active time of all passes.")
    time_per_label = EstimateSerializer(help_text="ms for each pass that ended at a mistake or at the end.")
    time_per_error = EstimateSerializer(help_text="ms for each mistake found.")
    currency = serializers.CharField(allow_null=True)
    total = serializers.FloatField(allow_null=True)
    per_label = EstimateSerializer()
    per_error = EstimateSerializer()


class WatchSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="When this was so.")
    timeline = StageSerializer(many=True)
    burndown = BurndownSerializer()
    people = AtWorkSerializer(many=True)
    leases = LeaseHeldSerializer(many=True, help_text="At most 200, the first to run out first.")
    leased = serializers.IntegerField(help_text="How many live leases there are.")
    composition = StratumCountsSerializer(many=True)
    mix = EndSerializer(many=True)
    mistakes = MistakesSerializer()
    times = TimesSerializer()
    reasons = ReasonGivenSerializer(many=True, help_text="At most 50, the most frequent first.")
    cost = CostSerializer()


class RevokeSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, help_text="Kept in the record.")
