"""Whether labelers agree, judged as the field does: by the first mistake each one names, None where there is none.

A pass whose first mistake is unknown agrees with nothing and has no say.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from selector.labels.steps import UNKNOWN, FirstMistake

ADMISSION_SHARE = Fraction(3, 4)  # paper, appendix B: at least 75% of the screening questions


@dataclass(frozen=True, slots=True)
class Pass:
    """One labeler's finished pass: its first mistake, None where it found none, and the ratings up to there.

    A rating is null where the labeler was unsure; the first mistake is unknown then.
    """

    labeler: str
    mistake: FirstMistake
    ratings: Sequence[int | None]


Solutions = Sequence[Sequence[Pass]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `n` pairs of passes (of alpha: steps that two or more rated), or the sentence why there is none.

    `interval` covers 95%; where it is None `undefined` says why.
    """

    value: float | None
    interval: tuple[float, float] | None
    n: int
    undefined: str | None


def majority(mistakes: Sequence[FirstMistake]) -> int | None:
    """The position of the first pass that more than half agree with on the first mistake; None where no such is.

    Half of those who know: a pass whose first mistake is unknown has no vote.
    """
    votes = [mistake for mistake in mistakes if mistake is not UNKNOWN]
    if not votes:
        return None
    mistake, count = Counter(votes).most_common(1)[0]
    return mistakes.index(mistake) if 2 * count > len(votes) else None


def agrees_with_gold(mistake: FirstMistake, gold: Collection[int]) -> bool:
    """Whether a pass stops at a step that may be called the first mistake; an empty gold set means there is none."""
    return mistake in gold if gold else mistake is None


def agreements_to_admit(questions: int) -> int:
    """How many of the screening questions a labeler must agree on: 75% inclusive, so 23 of 30."""
    return math.ceil(questions * ADMISSION_SHARE)
