"""Generations, their batches and what a launch would pick, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.answers import serializer_of
from labelhub.api.http.fields import ListedField, ShareField, WholeField
from labelhub.api.loop.serializers.measures import DecisionSerializer
from labelhub.models import BatchItem, Generation, Label, Solution
from labelhub.queries.jobs import JobRow
from labelhub.queries.loop import rules


class ItemCountsSerializer(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    leased = serializers.IntegerField()
    done = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class GenerationSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Generation.OF_A_ROUND)
    sentence = serializers.CharField(help_text="What the state means here and now.")
    failure = serializers.CharField(help_text="Why it failed; empty unless it did.")
    rule = serializers.CharField()
    scope = serializers.ChoiceField(choices=Generation.Scope.choices)
    k = serializers.IntegerField()
    wrong_share = ShareField()
    control_share = ShareField()
    audit_share = ShareField()
    gate_k = serializers.IntegerField()
    labels_wanted = serializers.IntegerField()
    overlap_share = ShareField()
    seed = serializers.IntegerField()
    champion = serializers.IntegerField(allow_null=True, help_text="The checkpoint pinned at launch.")
    checkpoint = serializers.IntegerField(allow_null=True, help_text="The checkpoint trained when it closed.")
    decision = DecisionSerializer(help_text="What became of its checkpoint.")
    items = ItemCountsSerializer()
    by_stratum = serializers.DictField(child=serializers.IntegerField())
    labels = serializers.IntegerField()
    jobs = serializer_of(JobRow)(many=True)
    manifest = serializers.DictField(help_text="What the picks depend on.")
    launched_at = serializers.DateTimeField()
    labeling_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class LaunchSerializer(serializers.Serializer[Any]):
    """The shares left out are the project's; the rest as given.

    Where the next one was opened ahead, control_share, gate_k, labels_wanted and overlap_share stand as its items were
    opened.
    """

    rule = ListedField(rules.names, help_text="One of the rules on offer.")
    scope = serializers.ChoiceField(choices=Generation.Scope.choices, default=Generation.Scope.PER_PROBLEM)
    k = WholeField(min_value=1)
    wrong_share = ShareField(required=False, help_text="0.8 if left out.")
    control_share = ShareField(required=False)
    audit_share = ShareField(required=False)
    gate_k = WholeField(default=0)
    labels_wanted = WholeField(required=False, min_value=1, max_value=100)
    overlap_share = ShareField(required=False, help_text="Of the items, drawn at random: these want one label more.")
    seed = WholeField(default=0)


class HistogramSerializer(serializers.Serializer[Any]):
    edges = serializers.ListField(child=serializers.FloatField(), help_text="Scores; one more than there are bins.")
    pool = serializers.ListField(child=serializers.IntegerField())
    picks = serializers.ListField(child=serializers.IntegerField())


class PicksOfProblemsSerializer(serializers.Serializer[Any]):
    picks = serializers.IntegerField()
    problems = serializers.IntegerField(help_text="That have so many picks.")


class RangeSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField(allow_null=True, help_text="Why there is no value.")


class EffortSerializer(serializers.Serializer[Any]):
    """By the mean active time of past passes here; the range by their quarters."""

    passes = serializers.IntegerField(help_text="Labels wanted of all items.")
    past = serializers.IntegerField(help_text="Past passes that this rests on, at most the latest thousand.")
    hours = RangeSerializer()
    cost = RangeSerializer()
    currency = serializers.CharField(allow_null=True)


class PreviewSerializer(serializers.Serializer[Any]):
    candidates = serializers.IntegerField(help_text="Solutions in the pool.")
    unscored = serializers.IntegerField(
        help_text="Of them, not yet scored by the champion: launching scores them first."
    )
    picks = serializers.IntegerField()
    ahead = serializers.IntegerField(help_text="Beside them: control and gate items that were opened ahead of launch.")
    right = serializers.IntegerField()
    wrong = serializers.IntegerField()
    by_stratum = serializers.DictField(child=serializers.IntegerField())
    problems = serializers.IntegerField()
    per_problem = PicksOfProblemsSerializer(many=True, help_text="Of the problems that have any.")
    shortfall = serializers.DictField(
        child=serializers.IntegerField(), help_text="By stratum: how many fewer than asked for."
    )
    histogram = HistogramSerializer(allow_null=True, help_text="Null without a champion: nothing has a score.")
    effort = EffortSerializer()


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, allow_blank=True, default="", help_text="Kept in the record.")


class OutcomeSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    mistake = serializers.IntegerField(allow_null=True, help_text="The first bad step, from 1.")


class ItemSerializer(serializers.Serializer[Any]):
    solution_id = serializers.IntegerField()
    solution = serializers.CharField(help_text="Its id in the file it came from.")
    problem = serializers.CharField()
    rank = serializers.IntegerField(help_text="Order of picking, from 1, within scope and stratum.")
    stratum = serializers.CharField()
    score = serializers.FloatField(allow_null=True, help_text="By the pinned champion, at selection.")
    log_score = serializers.FloatField(allow_null=True)
    inclusion_probability = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=BatchItem.OF_A_BATCH)
    grade = serializers.ChoiceField(choices=Solution.Grade.choices, allow_null=True)
    labels = OutcomeSerializer(many=True, help_text="What its current labels say.")


class ItemsPageSerializer(serializers.Serializer[Any]):
    results = ItemSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Give it as `after` for the next page.")


class ItemsQuerySerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(default=-1, min_value=-1, max_value=2**31 - 1)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=500)
    stratum = ListedField(rules.strata_of_a_batch, required=False)
    state = serializers.ChoiceField(choices=BatchItem.OF_A_BATCH, required=False)
    grade = serializers.ChoiceField(choices=["right", "wrong"], required=False)
    finish_reason = serializers.ChoiceField(
        choices=Label.FinishReason.choices, required=False, help_text="With a label that ends so."
    )
    mistake = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="With a label that found its first mistake at this step, from 1.",
    )
    tenth = serializers.IntegerField(
        min_value=1, max_value=10, required=False, help_text="With a first mistake in this tenth of the solution."
    )
    labeler = serializers.UUIDField(required=False, help_text="With a label by this labeler.")
