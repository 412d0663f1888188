"""The study's solutions in columns, and which of them the project's own measures would choose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selector.evaluation.best_of_n import CHOICES, Table, exact, ties

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solutions:
    """Solutions of several problems, whose rows stand together; (solutions,) or (solutions, steps).

    `kind` numbers the distinct steps as the model reads them, -1 beyond a solution's last step. `wrong` is the oracle's
    word on each step, `right` whether the final answer is right. `text` and `answer` number the distinct ones of a
    problem from 0; an `answer` of -1 is missing.
    """

    problem: Ints
    kind: Ints
    wrong: Flags
    right: Flags
    text: Ints
    answer: Ints

    def of(self, rows: Ints | Flags) -> "Solutions":
        return Solutions(
            self.problem[rows], self.kind[rows], self.wrong[rows], self.right[rows], self.text[rows], self.answer[rows]
        )

    @property
    def lengths(self) -> Ints:
        """How many steps each has."""
        return np.asarray((self.kind >= 0).sum(axis=1), dtype=np.int64)

    @property
    def distinct(self) -> Ints:
        """One number for each text of each problem."""
        return np.asarray(self.problem * (self.text.max() + 1) + self.text)

    def log_scores(self, step_probs: Floats) -> Floats:
        """The log of the product of its steps' P(correct), which is given by kind."""
        logs = np.append(np.log(np.maximum(step_probs, 1e-300)), 0.0)  # kind -1 finds the last
        scores: Floats = logs[self.kind].sum(axis=1)
        return scores


def best_of(solutions: Solutions, step_probs: Floats, ns: Sequence[int]) -> list[float]:
    """Best-of-N accuracy by N, the exact expectation over all draws of N; equal scores share evenly."""
    right = exact(_tables(solutions, solutions.log_scores(step_probs)), ns).right
    return [float(mean) for mean in right.mean(axis=0)]


def majority(solutions: Solutions) -> float:
    """How often the answer that most solutions give is right."""
    tables = _tables(solutions, np.zeros(len(solutions.problem)))
    vote = CHOICES["majority_vote"]
    return float(
        np.mean([vote(one, np.arange(len(one.code))[None], np.array([len(one.code)]))[0, 0] for one in tables.values()])
    )


def _tables(solutions: Solutions, scores: Floats) -> dict[str | int, Table]:
    starts = np.flatnonzero(np.diff(solutions.problem, prepend=-1, append=-1))
    tables: dict[str | int, Table] = {}
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        rank, code, right = ties(scores[begin:end]), solutions.answer[begin:end], solutions.right[begin:end]
        right_code = np.zeros(code.max() + 1, np.bool_)
        right_code[code[right]] = True
        tables[begin] = Table(rank, rank, np.ones(len(rank)), code, right, right_code)
    return tables
