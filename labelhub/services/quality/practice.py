"""Practice: a pass over a solution whose first mistake is known, answered at once; it trains and counts for nothing."""

from dataclasses import dataclass

from labelhub.errors import InvalidLabel
from labelhub.models import Gold, Labeler, PracticePass
from selector.labels import passes
from selector.labels.steps import UNKNOWN, first_mistake
from selector.quality import gold as rules
from selector.types import BAD, FinishReason


@dataclass(frozen=True)
class Feedback:
    """What the team says: the acceptable first mistakes (none: there is no mistake), why, and whether the pass agrees.

    `first_mistake` is the step that the labeler called it; it is unknown where the pass is `unsure` of a step before.
    """

    agreed: bool
    first_mistake: int | None
    unsure: bool
    first_mistakes: list[int]
    explanation: str


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
