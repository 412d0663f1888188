"""What the study's labelers say: the oracle's word up to the first mistake, and what they overlook and misjudge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studies.active_learning.solutions import Flags, Floats, Ints, Solutions


@dataclass(frozen=True, slots=True)
class Labels:
    """The label each solution would get: `said_wrong` is (solutions, steps), `ends` how many steps are rated."""

    solutions: Solutions
    said_wrong: Flags
    ends: Ints

    @classmethod
    def of(cls, solutions: Solutions, overlooked: Flags | None = None) -> "Labels":
        """Rated up to and including the first mistake that is not overlooked."""
        wrong = solutions.wrong if overlooked is None else solutions.wrong & ~overlooked
        return cls(solutions, wrong, np.where(wrong.any(axis=1), wrong.argmax(axis=1) + 1, solutions.lengths))

    def counts(self, rows: Ints, kinds: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How often each kind of step is rated right and wrong in these solutions' labels."""
        rated = np.arange(self.said_wrong.shape[1]) < self.ends[rows, None]
        kind, wrong = self.solutions.kind[rows], self.said_wrong[rows]
        right, bad = (np.bincount(kind[rated & is_so], minlength=kinds) for is_so in (~wrong, wrong))
        return right.astype(np.float32), bad.astype(np.float32)

    def steps(self, rows: Ints) -> int:
        """What the labels of these solutions cost: each rated step is one."""
        return int(self.ends[rows].sum())

    @property
    def all_right(self) -> Flags:
        """The outcome by the same oracle: whether nothing is said to be wrong."""
        return np.asarray(~self.said_wrong.any(axis=1))


def overlooked(solutions: Solutions, step_probs: Floats, rate: float, chance: np.random.Generator) -> Flags:
    """Which mistakes a labeler takes for right steps: the share `rate`, rising with how right the step looks.

    The chance is 2 `rate` times the step's rank by P(correct) among all mistakes, from 0 for the least convincing to 1
    for the most; equal ones share their mean rank.
    """
    missed = np.zeros_like(solutions.wrong)
    convincing = step_probs[solutions.kind[solutions.wrong]]
    _, place, times = np.unique(convincing, return_inverse=True, return_counts=True)
    rank = (np.cumsum(times) - times / 2) / max(1, times.sum())
    missed[solutions.wrong] = chance.random(len(place)) < 2 * rate * rank[place]
    return missed


def graded(solutions: Solutions, false_negatives: float, chance: np.random.Generator) -> Flags:
    """What the grader says of the answers: of the right ones this share is called wrong, equal texts alike."""
    texts, place = np.unique(solutions.distinct, return_inverse=True)
    said: Flags = solutions.right & (chance.random(len(texts)) >= false_negatives)[place]
    return said
