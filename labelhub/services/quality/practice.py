"""Practice: a pass over a solution whose first mistake is known, answered at once; it trains and counts for nothing."""

from dataclasses import dataclass
from typing import Annotated

from labelhub.errors import InvalidLabel
from labelhub.models import Gold, Labeler, PracticePass
from selector.labels import passes
from selector.labels.steps import UNKNOWN, first_mistake
from selector.quality import gold as rules
from selector.types import BAD, FinishReason


@dataclass(frozen=True)
class PracticeItem:
    """A solution to practise on, shown as an assignment is; what the team says of it comes with the feedback."""

    id: int
    problem: str
    ground_truth_answer: str | None
    steps: list[str]


@dataclass(frozen=True)
class Feedback:
    agreed: bool
    first_mistake: Annotated[int | None, "The step you called the first mistake."]
    unsure: Annotated[bool, "A step before was left unsure, so your first mistake is unknown."]
    first_mistakes: Annotated[list[int], "The steps that may be called so; empty: there is no mistake."]
    explanation: str


def shown(gold: Gold) -> PracticeItem:
    problem, steps = gold.solution.problem, gold.solution.steps
    return PracticeItem(gold.pk, problem.text, problem.ground_truth_answer, steps)


def hand_in(*, gold: Gold, labeler: Labeler, ratings: list[int | None], flagged: list[int]) -> Feedback:
    """Judge a finished pass. Raises InvalidLabel where it breaks a rule or isn't finished."""
    steps = len(gold.solution.steps)
    finish: FinishReason = "found_error" if BAD in ratings else "solution"
    try:
        passes.check_pass(
            step_count=steps,
            ratings=ratings,
            flagged=flagged,
            alternatives=[],
            finish_reason=finish,
            reason="",
        )
    except passes.InvalidPass as error:
        raise InvalidLabel(str(error), fields={error.field: [str(error)]}) from error
    agreed = rules.agrees(finish, ratings, steps, gold.first_mistakes)
    PracticePass.objects.create(gold=gold, labeler=labeler, ratings=ratings, agreed=agreed)
    mistake = first_mistake(ratings, steps)
    unsure = mistake is UNKNOWN
    return Feedback(agreed, None if mistake is UNKNOWN else mistake, unsure, gold.first_mistakes, gold.explanation)
