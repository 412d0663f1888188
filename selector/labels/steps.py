"""What a label's steps say: the path that was rated, its first mistake, and the examples a model learns from.

All functions read `label.steps` of PRM800K as `formats.records.LabelStep`, which is also how labels are stored.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from selector.types import BAD, Completion, Example, LabelStep


class Unknown(Enum):
    """The ratings don't tell: a step was left unrated before any -1, or they end before the solution does."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
FirstMistake = int | None | Unknown  # the index of a step, None where every step is rated and none is -1, or UNKNOWN


def first_mistake(ratings: Sequence[int | None], step_count: int) -> FirstMistake:
    """The first mistake of a solution of `step_count` steps, by the ratings of a prefix of them: the first -1.

    Null is not "no mistake": an unrated step before any -1 may be the first mistake itself, and so may a step behind
    the last rating.
    """
    for step, rating in enumerate(ratings):
        if rating is None:
            return UNKNOWN
        if rating == BAD:
            return step
    return None if len(ratings) >= step_count else UNKNOWN


def main_path(steps: Sequence[LabelStep]) -> list[str]:
    """The texts that were followed: the chosen completion, or the labeler's own step, or where it ended the original.

    Shorter than `steps` where a pass was given up before its last step had any text.
    """
    return [text for text, _ in _walk(steps)]


def main_ratings(steps: Sequence[LabelStep]) -> list[int | None]:
    """The ratings along `main_path`; None where a step is flagged, unrated or the labeler's own."""
    return [rating for _, rating in _walk(steps)]


def mistake_on_path(steps: Sequence[LabelStep], step_count: int) -> FirstMistake:
    """The first mistake that a label names in a solution of `step_count` steps."""
    return first_mistake(main_ratings(steps), step_count)


def training_examples(problem: str, steps: Sequence[LabelStep]) -> list[Example]:
    """The main path up to its first mistake, then each rated alternative behind the steps before it.

    An alternative's prefix is masked, as the main path teaches it already (paper 2.6, appendix D).
    """
    main, *branches = labelled_paths(problem, steps)
    masked = [Example(b.problem, b.steps, (None,) * (len(b.steps) - 1) + b.ratings[-1:], True) for b in branches]
    return [example for example in (main, *masked) if any(rating is not None for rating in example.ratings)]


def labelled_paths(problem: str, steps: Sequence[LabelStep]) -> list[Example]:
    """The main path, then prefix + alternative for each rated alternative, with the prefix's own ratings."""
    texts, ratings = main_path(steps), main_ratings(steps)
    end = ratings.index(BAD) + 1 if BAD in ratings else len(texts)
    branches = [
        Example(problem, (*texts[:i], other["text"]), (*ratings[:i], other["rating"]))
        for i, step in enumerate(steps[:end])
        for other in _alternatives(step)
    ]
    return [Example(problem, tuple(texts[:end]), tuple(ratings[:end])), *branches]


def rated_paths(problem: str, steps: Sequence[LabelStep]) -> list[Example]:
    """`labelled_paths` for formats that cannot mask a step: each cut before its first one, the empty left out."""
    cut = [_until_masked(path) for path in labelled_paths(problem, steps)]
    return list(dict.fromkeys(path for path in cut if path.steps))


def _until_masked(path: Example) -> Example:
    end = path.ratings.index(None) if None in path.ratings else len(path.ratings)
    return Example(path.problem, path.steps[:end], path.ratings[:end])


def _walk(steps: Sequence[LabelStep]) -> Iterator[tuple[str, int | None]]:
    """Text and rating of each step that the path goes through, up to the first that has no text."""
    for step in steps:
        human = step["human_completion"]
        if (completion := _original(step)) is not None:
            yield completion["text"], _rating(completion)
        elif human is not None:
            yield human["text"], None if human["flagged"] else human.get("corrected_rating")
        else:
            return


def _original(step: LabelStep) -> Completion | None:
    """The completion on the main path; completions[0] where the pass ended here, as at a first mistake."""
    if not step["completions"] or (step["chosen_completion"] is None and step["human_completion"] is not None):
        return None
    return step["completions"][step["chosen_completion"] or 0]


def _alternatives(step: LabelStep) -> Iterator[Completion]:
    original = _original(step)
    others = [each for each in step["completions"] or () if each is not original]
    return (each for each in others if _rating(each) is not None)


def _rating(completion: Completion) -> int | None:
    return None if completion["flagged"] else completion["rating"]
