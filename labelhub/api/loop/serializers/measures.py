"""What was measured of a checkpoint and decided by it, on the wire.

The measures leave as the evaluation wrote them: the serializers here say what they hold, and a test compares the two.
"""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers


class UndefinedSerializer(serializers.Serializer[Any]):
    undefined = serializers.CharField(help_text="Why this can't be told.")


class GainSerializer(serializers.Serializer[Any]):
    difference = serializers.FloatField()
    low = serializers.FloatField(help_text="Lower end of the 95% interval, over problems.")
    high = serializers.FloatField(help_text="Upper end.")
    detectable = serializers.FloatField(help_text="The smallest true difference that this set would have shown.")
    problems = serializers.IntegerField()


class ComparisonSerializer(GainSerializer):
    """Checkpoint minus champion."""

    n = serializers.IntegerField(help_text="What was compared, counted in `unit`.")
    unit = serializers.ChoiceField(choices=["problems", "solutions", "steps"])


class CurvePointSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField(help_text="Solutions to choose from.")
    mean = serializers.FloatField(help_text="Share of problems whose chosen answer is right.")
    sd = serializers.FloatField(help_text="Of one trial's share.")
    low = serializers.FloatField(allow_null=True, help_text="Lower end of the 95% interval, over problems.")
    high = serializers.FloatField(allow_null=True, help_text="Upper end.")
    trials = serializers.IntegerField(allow_null=True, help_text="Null where it is exact.")
    problems = serializers.IntegerField()


class CurvesSerializer(serializers.Serializer[Any]):
    best_of_n = CurvePointSerializer(many=True)
    majority_vote = CurvePointSerializer(many=True)
    weighted_vote = CurvePointSerializer(many=True, help_text="Majority voting, each vote with its score.")
    oracle = CurvePointSerializer(many=True)


class BestOfNSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField(help_text="Solutions that a problem usually has.")
    problems = serializers.IntegerField()
    accuracy = serializers.FloatField(help_text="Of the answer with the highest score.")
    majority_vote = serializers.FloatField()
    oracle = serializers.FloatField(help_text="Share of problems with a right answer to choose.")
    pass_at_1 = serializers.FloatField(help_text="Any one solution.")
    curves = CurvesSerializer()


def span() -> Any:
    return serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True)


class FirstErrorIntervalsSerializer(serializers.Serializer[Any]):
    """95% intervals over problems, low and high."""

    f1 = span()
    erroneous = span()
    correct = span()


class FirstErrorSerializer(serializers.Serializer[Any]):
    f1 = serializers.FloatField(help_text="Harmonic mean of the next two (ProcessBench).")
    erroneous = serializers.FloatField(help_text="Of solutions with a mistake: its very step was named.")
    correct = serializers.FloatField(help_text="Of solutions without one: none was named.")
    n_erroneous = serializers.IntegerField()
    n_correct = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Labelled solutions whose first mistake is known.")
    n_unknown = serializers.IntegerField(help_text="Left out: a step before any Bad was left unsure.")
    threshold = serializers.FloatField(help_text="The first step below it is the predicted mistake.")
    tuned = serializers.BooleanField(help_text="Whether training tuned the threshold; otherwise it is 0.5.")
    intervals = FirstErrorIntervalsSerializer(allow_null=True, help_text="Null where it was evaluated before.")


class CalibrationBinSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()
    predicted = serializers.FloatField(allow_null=True, help_text="P(correct) on average; null in an empty bin.")
    correct = serializers.FloatField(allow_null=True, help_text="The share that was.")
    correct_low = serializers.FloatField(allow_null=True, help_text="Of its 95% interval, by problem.")
    correct_high = serializers.FloatField(allow_null=True)


class CalibrationSerializer(serializers.Serializer[Any]):
    """Intervals are null in what was evaluated before they were measured."""

    ece = serializers.FloatField(help_text="Expected calibration error.")
    ece_low = serializers.FloatField(allow_null=True, help_text="Of its 95% interval; noise only adds to an ECE.")
    ece_high = serializers.FloatField(allow_null=True)
    problems = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField()
    bins = CalibrationBinSerializer(many=True)


class StepsSerializer(serializers.Serializer[Any]):
    auc = serializers.FloatField(help_text="Of P(correct), over rated steps.")
    position_only = serializers.FloatField(help_text="AUC of knowing a step's position alone.")
    gain = GainSerializer(help_text="The first minus the second.")
    n = serializers.IntegerField(help_text="Rated steps.")
    calibration = CalibrationSerializer()


class ToldField(serializers.Field[Any, Any, Any, Any]):
    """A measure, or the sentence alone why it can't be told."""

    def to_representation(self, value: Any) -> Any:
        return {"undefined": value["undefined"]} if "undefined" in value else value


def _or_undefined(name: str, measure: type[serializers.Serializer[Any]]) -> Any:
    told = PolymorphicProxySerializer(name, [measure, UndefinedSerializer], resource_type_field_name=None)
    return extend_schema_field(told)


@_or_undefined("BestOfNTold", BestOfNSerializer)
class BestOfNField(ToldField):
    pass


@_or_undefined("FirstErrorTold", FirstErrorSerializer)
class FirstErrorField(ToldField):
    pass


@_or_undefined("StepsTold", StepsSerializer)
class StepsField(ToldField):
    pass


class ComparisonsField(serializers.DictField):
    def to_representation(self, value: Any) -> Any:
        return value


class SplitMeasuresSerializer(serializers.Serializer[Any]):
    best_of_n = BestOfNField()
    first_error = FirstErrorField()
    steps = StepsField()
    champion = serializers.IntegerField(allow_null=True, help_text="The checkpoint it was compared with.")
    comparison = ComparisonsField(
        child=ComparisonSerializer(),
        help_text="By metric, and step_auc beside first_error, which decides nothing; empty without a champion.",
    )


class MeasuredSerializer(serializers.Serializer[Any]):
    best_of_n = BestOfNField()
    first_error = FirstErrorField()
    steps = StepsField()


@_or_undefined("Beside", MeasuredSerializer)
class BesideField(ToldField):
    pass


class OwnSplitMeasuresSerializer(SplitMeasuresSerializer):
    """With the same measures of the checkpoint that it was compared with, on the same problems and labels."""

    beside = BesideField()


class MeasuresField(serializers.DictField):
    """By split (gate, test); empty before the evaluation."""

    of_a_split: type[serializers.Serializer[Any]] = SplitMeasuresSerializer

    def __init__(self, **options: Any) -> None:
        super().__init__(child=self.of_a_split(), **options)


class OwnMeasuresField(MeasuresField):
    """The same, beside the checkpoint that it was compared with."""

    of_a_split = OwnSplitMeasuresSerializer


class SeenAtSerializer(serializers.Serializer[Any]):
    generation = serializers.IntegerField(allow_null=True, help_text="Null: outside of any.")
    labels = serializers.IntegerField()


class SeenSerializer(serializers.Serializer[Any]):
    labels = serializers.IntegerField()
    digest = serializers.CharField(help_text="SHA-256 of which label revisions: equal for the same ones.")
    solutions = serializers.IntegerField()
    problems = serializers.IntegerField()
    by_source = serializers.DictField(child=serializers.IntegerField())
    by_finish_reason = serializers.DictField(child=serializers.IntegerField())
    by_generation = SeenAtSerializer(many=True)


@_or_undefined("SeenTold", SeenSerializer)
class SeenField(ToldField):
    pass


class OrmSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    same_labels = serializers.BooleanField(help_text="Whether it saw the very labels that this checkpoint saw.")
    problems = serializers.IntegerField()
    curve = CurvePointSerializer(many=True)


@_or_undefined("OrmTold", OrmSerializer)
class OrmField(ToldField):
    pass


class ShareSerializer(serializers.Serializer[Any]):
    share = serializers.FloatField()
    low = serializers.FloatField(allow_null=True, help_text="Of its 95% interval, over problems.")
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    problems = serializers.IntegerField()


@_or_undefined("ShareTold", ShareSerializer)
class ShareField(ToldField):
    pass


class StratumLabelsSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField(help_text="Labelled solutions.")
    unknown = serializers.IntegerField(help_text="Of these left out below: a step before any Bad was left unsure.")
    items = serializers.IntegerField(help_text="That were put up.")
    mistakes = ShareField(help_text="Of solutions in which labelers found a mistake.")
    agreement = ShareField(help_text="Of solutions whose first mistake the champion of the launch had named.")


@_or_undefined("StratumLabelsTold", StratumLabelsSerializer)
class StratumField(ToldField):
    pass


class StabilitySerializer(serializers.Serializer[Any]):
    previous = serializers.IntegerField(help_text="The checkpoint before.")
    kappa = serializers.FloatField(help_text="Cohen's, over the steps of the gate problems that both scored.")
    low = serializers.FloatField()
    high = serializers.FloatField()
    error = serializers.FloatField(help_text="Its standard error were the steps independent (Fleiss et al., 1969).")
    agreed = serializers.FloatField(help_text="Share of steps that both call the same.")
    steps = serializers.IntegerField()
    problems = serializers.IntegerField()
    f_bound = serializers.FloatField(allow_null=True, help_text="The most by which their F-measures can differ.")


@_or_undefined("StabilityTold", StabilitySerializer)
class StabilityField(ToldField):
    pass


@_or_undefined("CurvePointTold", CurvePointSerializer)
class CurvePointField(ToldField):
    pass
