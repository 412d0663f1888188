"""The arms: which solutions are labelled next. Every pick is made by the product's own rules."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from selector.selection import strata
from selector.selection.pool import CODE, Pool
from selector.selection.rules import Terms
from selector.selection.uncertain import uncertainty
from selector.types import Candidate, Grade
from studies.active_learning.solutions import Flags, Floats, Ints, Solutions

NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Arm:
    """A rule as the product knows it, or that rule on the wrong answers alone."""

    name: str
    rule: str
    wrong_share: Fraction = Fraction(1)
    only_wrong: bool = False


UNIFORM = Arm("uniform", "uniform")
CONVINCING = Arm("80/20 convincing", "convincing", Fraction(4, 5))
UNCERTAIN = Arm("uncertain", "uncertain")
ARMS = (
    CONVINCING,
    Arm("convincing only", "convincing"),
    Arm("random among wrong", "uniform", only_wrong=True),
    UNCERTAIN,
)


@dataclass(frozen=True)
class Picker:
    """A frozen pool, from which every arm takes. Texts that are labelled, and duplicates of them, are out of it."""

    solutions: Solutions
    pool: Pool
    seed: int

    @classmethod
    def of(cls, solutions: Solutions, graded_right: Flags, seed: int) -> "Picker":
        rows = zip(solutions.problem.tolist(), graded_right.tolist(), solutions.text.tolist(), strict=True)
        grades = {True: Grade.RIGHT, False: Grade.WRONG}
        pool = Pool.of(
            [Candidate(problem, at, grades[right], None, str(text)) for at, (problem, right, text) in enumerate(rows)]
        )
        return cls(solutions, pool, seed)

    @property
    def place(self) -> Ints:
        """The solution in each row of the pool."""
        return self.pool.place.astype(np.int64)

    def free(self, arm: Arm, labelled: Ints, heads: Floats | None = None) -> Pool:
        """What an arm may take from, ranked by what an ensemble says of it, (HEADS, kinds)."""
        grade = self.pool.grade.copy()
        taken = np.isin(self.solutions.distinct, self.solutions.distinct[labelled])
        grade[taken[self.place]] = CODE[Grade.UNKNOWN]  # no rule selects what has no grade
        if arm.only_wrong:
            grade[grade == CODE[Grade.RIGHT]] = CODE[Grade.UNKNOWN]
        if heads is None:
            return replace(self.pool, grade=grade)
        scores = self.solutions.log_scores(heads.mean(axis=0))[self.place]
        unsure = self._uncertainty(heads, ~taken)[self.place] if arm.rule == "uncertain" else None
        return replace(self.pool, grade=grade, log_score=scores, uncertainty=unsure)

    def pick(self, arm: Arm, k: int, free: Pool) -> Ints:
        """`k` solutions of each problem, or as many as there are."""
        taken = strata.train(free, arm.rule, Terms(k, "per_problem", arm.wrong_share, self.seed), NONE, NONE)
        return np.concatenate([self.place[stratum.rows] for stratum in taken])

    def _uncertainty(self, heads: Floats, free: Flags) -> Floats:
        """ActPRM's, once for each distinct text that is free."""
        rows = np.flatnonzero(free)
        _, first, again = np.unique(self.solutions.distinct[rows], return_index=True, return_inverse=True)
        kinds, lengths = self.solutions.kind[rows[first]], self.solutions.lengths[rows[first]]
        found = [uncertainty(heads[:, kind[:length]].tolist()) for kind, length in zip(kinds, lengths, strict=True)]
        values = np.full(len(free), np.nan)
        values[rows] = np.array(found)[again]
        return values
