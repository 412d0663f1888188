"""How problems, solutions and labels are looked through. What each parameter means stands with its queries."""

import math
from typing import Any

from rest_framework import serializers

from labelhub.api.http.fields import LARGEST, ListedField
from labelhub.models import BatchItem, Label, Problem, Solution
from labelhub.queries.data.browse import labels as browse_labels
from labelhub.queries.data.browse import problems as browse_problems
from labelhub.queries.data.browse import solutions as browse_solutions
from labelhub.queries.loop import rules

GRADES = [*Solution.Grade.values, browse_solutions.UNGRADED]
ITEM_STATES = BatchItem.State.values
REMARKS = [browse_labels.ANY, browse_labels.QUESTION]
ASKED_FOR = list(browse_labels.ASKED_FOR)
LONGEST_CURSOR = 200
ROW = 2**63 - 1


class Yes(serializers.BooleanField):
    """true or false, or left out; DRF's own takes a parameter left out of a form for false."""

    default_empty_html = serializers.empty

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})


def number(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(required=False, **{"min_value": 0, "max_value": LARGEST, **options})


def text(**options: Any) -> serializers.CharField:
    return serializers.CharField(required=False, **{"max_length": 200, **options})


class ChanceField(serializers.FloatField):
    """A probability; "nan" is a float too, and neither below 0 nor above 1."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=1)

    def to_internal_value(self, data: Any) -> float:
        if math.isnan(value := super().to_internal_value(data)):
            self.fail("invalid")
        return value


def row_id() -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=1, max_value=ROW)


class PageQuerySerializer(serializers.Serializer[Any]):
    cursor = text(max_length=LONGEST_CURSOR, help_text="A page's `next`, with the same filters and order.")
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class ProblemsQuerySerializer(PageQuerySerializer):
    split = serializers.ChoiceField(choices=Problem.Split.choices, required=False)
    retired = Yes()
    labels = Yes(help_text="Whether anything of it was labelled.")
    solutions = Yes(help_text="Whether it has any.")
    q = text(help_text="Words that its text holds.")
    key = text(help_text="Its id in a file that it came from.")
    sort = serializers.ChoiceField(choices=list(browse_problems.SORTS), default="-id")


class SolutionsQuerySerializer(PageQuerySerializer):
    problem = row_id()
    generation = number(min_value=-1)
    stratum = ListedField(rules.every_stratum, required=False, help_text="Of the generation's items.")
    state = serializers.ChoiceField(choices=ITEM_STATES, required=False, help_text="Of the generation's items.")
    checkpoint = number(min_value=0)
    score_min = ChanceField()
    score_max = ChanceField()
    gold = Yes()
    labels = Yes(help_text="Whether it was labelled.")
    grade = serializers.ChoiceField(choices=GRADES, required=False, help_text="`none`: not graded yet.")
    graded_by = serializers.ChoiceField(choices=Solution.GradedBy.choices, required=False)
    model = text(help_text="The generator that the file named.")
    steps_min = number()
    steps_max = number()
    q = text(help_text="Words that its steps, answer or id hold.")
    sort = serializers.ChoiceField(choices=list(browse_solutions.SORTS), default="-id")


class LabelsQuerySerializer(PageQuerySerializer):
    generation = number(min_value=-1, help_text="Over whose items they were made.")
    stratum = ListedField(rules.every_stratum, required=False, help_text="Of the generation's items.")
    labeler = serializers.UUIDField(required=False)
    solution = row_id()
    problem = row_id()
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    comment = serializers.ChoiceField(choices=REMARKS, required=False)
    source = serializers.ChoiceField(choices=Label.Source.choices, required=False)  # type: ignore[assignment]  # a field of that name
    finish = serializers.ChoiceField(choices=Label.FinishReason.choices, required=False)
    mistake = number(min_value=1, help_text="The step of the first mistake, from 1.")
    source_generation = number(min_value=-1, help_text="The one an imported row names.")
    revised = Yes()
    contradiction = Yes(help_text="Found no mistake in a solution graded wrong.")
    asked_for = serializers.ChoiceField(choices=ASKED_FOR, required=False)
    sort = serializers.ChoiceField(choices=list(browse_labels.SORTS), default="-submitted_at")
