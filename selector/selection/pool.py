"""The pool a batch is selected from, in columns, so that the rules are a few array operations on millions of rows.

A candidate takes 29 bytes (37 with an uncertainty), and every operation works through whole problems, some 65,000
rows at a time, so that what it needs beside the columns stays small and in the processor's cache.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from selector.selection.columns import (
    BLOCK,
    WIDE_BLOCK,
    Grouping,
    Mask,
    Rows,
    contend,
    hashed,
    pieces,
    repeated,
    scrambled,
)
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

    def selectable(self, key: Key, seed: int, needed: Mask | None = None) -> Mask:
        """What a batch may take: the graded, of them the needed, and of duplicates the one that stands first."""
        free: Mask = self.grade != CODE[Grade.UNKNOWN]
        if needed is not None:
            free &= needed
        for column in (self.text, self.identity):
            for rows, _ in self._blocks(free, BLOCK):
                free[self._beaten(rows, column, key, seed)] = False
        return free

    def _beaten(self, rows: Rows, column: NDArray[np.uint64], key: Key, seed: int) -> Rows:
        """The rows that share their value with one that stands before them."""
        rows = rows[repeated(column[rows])]
        value = column[rows]
        given_twice = self.grade[rows], self.text[rows]  # of one solution only these still tell the rows apart
        order = np.lexsort((*given_twice, self.by_lot(seed, "tie")(rows), key(rows), value))
        beaten: Rows = rows[order[1:]][value[order[1:]] == value[order[:-1]]]
        return beaten

    def first_of_each(self, eligible: Mask, quota: Rows, key: Key, seed: int) -> Rows:
        """The first `quota[p]` eligible rows of each problem p by the key, which must not be NaN: problem by problem.

        Ties are broken by a hash of (seed, problem, solution).
        """
        taken = [np.empty(0, np.int64)]
        for rows, problems in self._blocks(eligible, BLOCK):
            size = np.diff(np.searchsorted(rows, self.start[problems.start : problems.stop + 1]))
            taken.append(self._cut(rows, np.repeat(np.arange(len(size)), size), quota[problems], key, seed))
        return np.concatenate(taken)

    def first_of_all(self, eligible: Mask, count: int, key: Key, seed: int) -> Rows:
        """The first `count` eligible rows by the key, whatever their problem."""
        taken = np.empty(0, np.int64)
        for rows, _ in self._blocks(eligible, WIDE_BLOCK) if count else ():
            rows = np.append(taken, rows)
            taken = self._cut(rows, np.zeros(len(rows), np.int64), np.array([count]), key, seed)
        return taken

    def _cut(self, rows: Rows, group: Rows, quota: Rows, key: Key, seed: int) -> Rows:
        """The first `quota[g]` rows of each group g, group by group: those far behind are never sorted out."""
        keys = key(rows)
        near = contend(keys, group, quota)
        rows, keys, group = rows[near], keys[near], group[near]
        order = np.lexsort((self.by_lot(seed, "tie")(rows), keys, group))
        rows, group = rows[order], group[order]
        return rows[np.arange(len(rows)) - np.searchsorted(group, group) < quota[group]]

    def _blocks(self, mask: Mask, size: int) -> Iterator[tuple[Rows, slice]]:
        """The rows that the mask holds, at most so many unless one problem has more, and which problems they are of."""
        first = 0
        while first < len(self.problem_ids):
            whole = int(np.searchsorted(self.start, self.start[first] + size, side="right")) - 1
            problems = slice(first, max(first + 1, whole))
            begin, end = self.start[problems.start], self.start[problems.stop]
            if len(rows := begin + np.flatnonzero(mask[begin:end])):
                yield rows, problems
            first = problems.stop


def _number(value: float | None, name: str, candidate: Candidate) -> float:
    if value is None:
        return math.nan
    if math.isnan(value):
        raise ValueError(f"The {name} of solution {candidate.solution_id!r} is not a number.")
    return value
