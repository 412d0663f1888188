"""The pool a batch is selected from, in columns, so that selecting is a few array operations on millions of rows.

A candidate takes 29 bytes, 37 with an uncertainty.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from selector.selection.columns import Grouping, Mask, Rows, hashed, pieces, scrambled
from selector.types import Candidate, Grade

Key = Callable[[Rows], NDArray[Any]]

GRADES = (Grade.UNKNOWN, Grade.WRONG, Grade.RIGHT)
CODE = {grade: code for code, grade in enumerate(GRADES)}


@dataclass(frozen=True, eq=False)
class Pool:
    """Candidates as they were when the pool was frozen, one row each, problem by problem.

    The rows of `problem_ids[p]` are `start[p]` to `start[p + 1]`; `place` is where a row stood among the candidates
    as they came (from 0), by which `recall` gives it back. `grade` indexes `GRADES`. `log_score` and `uncertainty`
    are NaN where there is none. `identity` and `text` are 64-bit hashes of (problem, solution), (problem, digest).
    """

    problem_ids: Sequence[str | int]
    start: Rows
    place: NDArray[np.uint32]
    grade: NDArray[np.int8]
    log_score: NDArray[np.float64]
    identity: NDArray[np.uint64]
    text: NDArray[np.uint64]
    recall: Callable[[int], Candidate]
    uncertainty: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, candidates: Iterable[Candidate], recall: Callable[[int], Candidate] | None = None) -> Self:
        """Freeze candidates one at a time; without `recall` they are kept. A score that is NaN raises ValueError."""
        if recall is None:
            candidates = list(candidates)
            recall = candidates.__getitem__
        code: dict[str | int, int] = {}
        problem, grade, score, uncertainty = array("i"), array("b"), array("d"), array("d")
        identity, text = array("Q"), array("Q")
        for each in candidates:
            problem.append(code.setdefault(each.problem_id, len(code)))
            grade.append(CODE[each.grade])
            score.append(_number(each.log_score, "score", each))
            uncertainty.append(_number(each.uncertainty, "uncertainty", each))
            identity.append(hashed(each.problem_id, each.solution_id))
            text.append(hashed(each.problem_id, each.digest))
        columns = {
            "grade": np.asarray(grade),
            "log_score": np.asarray(score),
            "identity": np.asarray(identity),
            "text": np.asarray(text),
        }
        if not np.isnan(uncertainty).all():
            columns["uncertainty"] = np.asarray(uncertainty)
        columns["problem"] = np.asarray(problem)
        del problem, grade, score, identity, text, uncertainty
        return cls.grouped(list(code), recall, columns)

    @classmethod
    def grouped(
        cls,
        problem_ids: Sequence[str | int],
        recall: Callable[[int], Candidate],
        columns: dict[str, NDArray[Any]],
    ) -> Self:
        """Freeze columns in any order; `problem`, an int32, indexes `problem_ids`, each of which has a row.

        `columns` is emptied as it goes: both orders of all of them would double what a pool takes.
        """
        grouping = Grouping.of(columns.pop("problem"), len(problem_ids))
        moved = {name: grouping.of_column(columns.pop(name)) for name in list(columns)}
        return cls(problem_ids=problem_ids, start=grouping.start, place=grouping.places(), recall=recall, **moved)

    @property
    def scored(self) -> Mask:
        return np.logical_not(np.isnan(self.log_score))

    @property
    def uncertain(self) -> Mask:
        """Which have an uncertainty."""
        if self.uncertainty is None:
            return np.zeros(len(self.place), np.bool_)
        return np.logical_not(np.isnan(self.uncertainty))

    @property
    def digest(self) -> str:
        """Tells two pools apart, and not two orders of one: a sum of one 128-bit hash per candidate."""
        total = 0
        for half in range(2):
            of_blocks = (int(self._hashes(piece, half).sum(dtype=np.uint64)) for piece in pieces(len(self.place)))
            total += sum(of_blocks) % 2**64 << (64 * half)
        return f"{total:032x}"

    def _hashes(self, piece: slice, half: int) -> NDArray[np.uint64]:
        grade = self.grade[piece]
        numbers = [each[piece].view(np.uint64) for each in (self.log_score, self.uncertainty) if each is not None]
        hashes = np.full(len(grade), hashed("digest", half), np.uint64)
        known = (self.identity[piece], self.text[piece], grade == CODE[Grade.WRONG], grade == CODE[Grade.RIGHT])
        for column in (*known, *numbers):
            hashes = scrambled(hashes ^ column.astype(np.uint64))
        return hashes

    def graded(self, grade: Grade) -> Mask:
        held: Mask = self.grade == CODE[grade]
        return held

    def candidate(self, row: int) -> Candidate:
        return self.recall(int(self.place[row]))

    def problem(self, rows: Rows) -> Rows:
        """Which of `problem_ids` the rows belong to."""
        found: Rows = np.searchsorted(self.start, rows, side="right") - 1
        return found

    def count(self, mask: Mask) -> Rows:
        """How many rows of each problem the mask holds."""
        counted: Rows = np.add.reduceat(mask, self.start[:-1], dtype=np.int64)
        return counted

    def by_score(self, rows: Rows) -> NDArray[np.float64]:
        """The best score first; unscored last."""
        return -self.log_score[rows]

    def by_uncertainty(self, rows: Rows) -> NDArray[np.float64]:
        """The most uncertain first; without an uncertainty last."""
        return -self.uncertainty[rows] if self.uncertainty is not None else np.full(len(rows), np.nan)

    def by_lot(self, seed: int, purpose: str) -> Key:
        """An order that looks random, independent between seeds and purposes, whatever the order of the rows."""
        return lambda rows: scrambled(self.identity[rows] ^ np.uint64(hashed(seed, purpose)))


def _number(value: float | None, name: str, candidate: Candidate) -> float:
    if value is None:
        return math.nan
    if math.isnan(value):
        raise ValueError(f"The {name} of solution {candidate.solution_id!r} is not a number.")
    return value
