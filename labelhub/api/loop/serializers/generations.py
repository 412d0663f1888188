"""Generations, their batches and what a launch would pick, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import ListedField, ShareField, WholeField
from labelhub.models import BatchItem, Generation, Label
from labelhub.queries.loop import rules


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


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, allow_blank=True, default="", help_text="Kept in the record.")


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
