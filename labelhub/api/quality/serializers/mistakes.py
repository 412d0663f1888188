"""What goes wrong in passes over gold labels, on the wire."""

from typing import Any

from rest_framework import serializers

from labelhub.models import Gold, Label


class RateSerializer(serializers.Serializer[Any]):
    """So many of n, with Wilson's 95% interval; null where n is 0."""

    hits = serializers.IntegerField()
    n = serializers.IntegerField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class OutcomesSerializer(serializers.Serializer[Any]):
    """Each of the passes in which it could have happened: those over a mistake, over none, or all."""

    agreed = RateSerializer(help_text="Of all.")
    said_none = RateSerializer(help_text="Found no mistake where there is one.")
    too_late = RateSerializer(help_text="Passed the first mistake and named a later step.")
    too_early = RateSerializer(help_text="Named a step before the first mistake.")
    false_alarm = RateSerializer(help_text="Named a step where there is no mistake.")
    unsure = RateSerializer(help_text="Left a step unsure before any Bad, so named no first mistake; of all.")
    not_finished = RateSerializer(help_text="Given up, or called a bad problem; of all.")
    missed = RateSerializer(help_text="Said none or too late.")
    alarmed = RateSerializer(help_text="Too early or a false alarm; of all.")


class OffsetSerializer(serializers.Serializer[Any]):
    steps = serializers.IntegerField(help_text="Off an acceptable step, negative too early; 3 is 3 or more.")
    count = serializers.IntegerField()


class PartSerializer(RateSerializer):
    part = serializers.ChoiceField(choices=["first", "middle", "last"], help_text="Third of the solution.")


class LabelerMistakesSerializer(serializers.Serializer[Any]):
    labeler = serializers.UUIDField()
    username = serializers.CharField(allow_null=True)
    passes = serializers.IntegerField()
    outcomes = OutcomesSerializer()


class CommonestSerializer(serializers.Serializer[Any]):
    finish_reason = serializers.ChoiceField(choices=Label.FinishReason.choices)
    said = serializers.IntegerField(allow_null=True, help_text="The step it named, from 0.")
    unsure = serializers.BooleanField(help_text="A step before any Bad was left unsure, so no step is named.")
    count = serializers.IntegerField()


class MissedGoldSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices)
    solution_id = serializers.IntegerField()
    problem = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    first_mistakes = serializers.ListField(child=serializers.IntegerField())
    explanation = serializers.CharField()
    wrong = RateSerializer()
    commonest = CommonestSerializer(help_text="The wrong answer given most.")


class CommonMistakesSerializer(serializers.Serializer[Any]):
    passes = serializers.IntegerField(help_text="Of practice, everybody's first try alone.")
    newest = serializers.IntegerField(help_text="At most so many handed in, and so many of practice, are told of.")
    outcomes = OutcomesSerializer()
    offsets = OffsetSerializer(many=True)
    parts = PartSerializer(many=True, help_text="Mistakes missed, by where the first acceptable one lies.")
    labelers = LabelerMistakesSerializer(many=True)
    golds = MissedGoldSerializer(many=True, help_text="Most surely answered wrong first.")


class MistakesQuerySerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=Gold.Purpose.choices, required=False)


class MyMistakesSerializer(serializers.Serializer[Any]):
    """Of practice everybody's first try, of screening what is decided."""

    practice = OutcomesSerializer()
    screening = OutcomesSerializer()
