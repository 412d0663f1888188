"""The rules of a labeler's pass over a solution, and the label that a pass makes.

`ratings` covers a prefix of the steps: -1, 0 or 1 each, and null exactly at the flagged ones ("unsure" is a flag with
no rating, not a fourth number). Nothing follows the first -1 but alternatives to that very step.
"""

from collections.abc import Collection, Sequence

from selector.types import BAD, RATINGS, Completion, FinishReason, LabelStep

WITH_REASON = ("bad_problem", "give_up")


class InvalidPass(ValueError):
    """A pass that breaks a rule; its message is one sentence, `field` the name of what is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def check_pass(
    *,
    step_count: int,
    ratings: Sequence[int | None],
    flagged: Collection[int],
    alternatives: Sequence[Completion],
    finish_reason: FinishReason,
    reason: str,
) -> None:
    """Raise InvalidPass unless the pass could have been made by rating one step after the other and then stopping."""
    _check_ratings(step_count, ratings, flagged)
    _check_alternatives(ratings, alternatives)
    _check_finish(step_count, ratings, finish_reason, reason)


def label_steps(
    steps: Sequence[str],
    ratings: Sequence[int | None],
    flagged: Collection[int] = (),
    alternatives: Sequence[Completion] = (),
) -> list[LabelStep]:
    """PRM800K's `label.steps` of a valid pass: the rated prefix, and the step it was given up at, unrated.

    Alternatives follow the original in the completions of the first mistake. Chosen is null where the pass ended early.
    """
    originals = [_original(text, ratings[i], i in flagged) for i, text in enumerate(steps[: len(ratings)])]
    made = [_step([original], 0) for original in originals]
    if _found_mistake(ratings):
        made[-1] = _step([originals[-1], *map(_alternative, alternatives)], None)
    elif len(ratings) < len(steps):
        made.append(_step([_original(steps[len(ratings)], None, False)], None))
    return made


def _original(text: str, rating: int | None, is_flagged: bool) -> Completion:
    """A step of the solution itself: unlike an alternative's, its flag is null unless raised."""
    return Completion(text=text, rating=rating, flagged=True if is_flagged else None)


def _alternative(rated: Completion) -> Completion:
    return Completion(text=rated["text"], rating=rated["rating"], flagged=bool(rated.get("flagged")))


def _step(completions: list[Completion], chosen: int | None) -> LabelStep:
    return LabelStep(completions=completions, human_completion=None, chosen_completion=chosen)


def _found_mistake(ratings: Sequence[int | None]) -> bool:
    return bool(ratings) and ratings[-1] == BAD


def _check_ratings(step_count: int, ratings: Sequence[int | None], flagged: Collection[int]) -> None:
    if len(ratings) > step_count:
        raise InvalidPass("ratings", f"There are {len(ratings)} ratings for {step_count} steps.")
    if any(not _is_rating(each) for each in ratings):
        raise InvalidPass("ratings", "A rating is -1, 0 or 1, or null where the step is flagged.")
    if BAD in ratings[:-1]:
        raise InvalidPass("ratings", "Nothing is rated after the first -1.")
    unrated = [i for i, each in enumerate(ratings) if each is None]
    if len(set(flagged)) != len(flagged) or set(unrated) != set(flagged):
        raise InvalidPass("flagged", "The flagged steps are exactly those whose rating is null.")


def _check_alternatives(ratings: Sequence[int | None], alternatives: Sequence[Completion]) -> None:
    if alternatives and not _found_mistake(ratings):
        raise InvalidPass("alternatives", "Alternatives are rated only where a step was rated -1.")
    for each in alternatives:
        if not _is_rating(each["rating"]) or (each.get("flagged") and each["rating"] is not None):
            raise InvalidPass("alternatives", "An alternative is rated -1, 0 or 1, or has null where it is flagged.")


def _check_finish(step_count: int, ratings: Sequence[int | None], finish_reason: FinishReason, reason: str) -> None:
    if finish_reason == "found_error" and not _found_mistake(ratings):
        raise InvalidPass("finish_reason", "A pass that found an error ends with a step rated -1.")
    if finish_reason == "solution" and (len(ratings) < step_count or _found_mistake(ratings)):
        raise InvalidPass("finish_reason", "A solution has every step rated 0 or 1, or flagged.")
    if finish_reason in WITH_REASON and not reason.strip():
        raise InvalidPass("reason", "Say in a few words why.")


def _is_rating(value: int | None) -> bool:
    return value is None or (value in RATINGS and type(value) is int)
