"""The pool a batch is selected from, in columns, so that the rules are a few array operations on millions of rows."""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from selector.types import Candidate, Grade

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pool:
    """Candidates as they were when the pool was frozen, one entry per candidate in each column.

    `problem` numbers the problems as they came, so it may tell them apart and nothing else. `log_score` is NaN where
    there is none. `identity` and `text` are 64-bit hashes of (problem, solution) and of (problem, digest).
    """

    problem_ids: list[str | int]
    problem: NDArray[np.int32]
    wrong: NDArray[np.bool_]
    right: NDArray[np.bool_]
    log_score: NDArray[np.float64]
    identity: NDArray[np.uint64]
    text: NDArray[np.uint64]
    candidate: Callable[[int], Candidate]

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> Self:
        """Freeze candidates; a score that is NaN raises ValueError, since it would sort anywhere."""
        frozen = list(candidates)
        problem_ids = list(dict.fromkeys(c.problem_id for c in frozen))
        code = {each: index for index, each in enumerate(problem_ids)}
        count = len(frozen)
        return cls(
            problem_ids=problem_ids,
            problem=np.fromiter((code[c.problem_id] for c in frozen), np.int32, count),
            wrong=np.fromiter((c.grade is Grade.WRONG for c in frozen), np.bool_, count),
            right=np.fromiter((c.grade is Grade.RIGHT for c in frozen), np.bool_, count),
            log_score=np.fromiter(map(_log_score, frozen), np.float64, count),
            identity=np.fromiter((hashed(c.problem_id, c.solution_id) for c in frozen), np.uint64, count),
            text=np.fromiter((hashed(c.problem_id, c.digest) for c in frozen), np.uint64, count),
            candidate=frozen.__getitem__,
        )

    @property
    def scored(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.log_score)

    @property
    def digest(self) -> str:
        """Tells two pools apart, and not two orders of one: a sum of one 128-bit hash per candidate."""
        score = self.log_score.view(np.uint64)
        total = 0
        for half in range(2):
            hashes = np.full(len(score), hashed("digest", half), np.uint64)
            for column in (self.identity, self.text, self.wrong, self.right, score):
                hashes = _scrambled(hashes ^ column.astype(np.uint64))
            total += int(hashes.sum(dtype=np.uint64)) << (64 * half)
        return f"{total:032x}"

    def selectable(self, seed: int, *, scored: bool) -> Rows:
        """The rows a batch may take: graded, scored where a rule needs it, and of duplicates the best ranked one."""
        rows = self.ranked(np.flatnonzero((self.wrong | self.right) & (self.scored | (not scored))), seed)
        for column in (self.text, self.identity):
            _, first = np.unique(column[rows], return_index=True)
            rows = rows[np.sort(first)]
        return rows

    def ranked(self, rows: Rows, seed: int) -> Rows:
        """Best score first, unscored last; ties by a hash of (seed, solution), which only they pay for."""
        score = np.where(self.scored[rows], self.log_score[rows], -np.inf)
        by_score = np.sort(score)
        tied = np.isin(score, by_score[1:][by_score[1:] == by_score[:-1]])
        tie = np.zeros(len(rows), np.uint64)
        tie[tied] = self.lot(rows[tied], seed, "tie")
        return rows[np.lexsort((tie, -score))]

    def lot(self, rows: Rows, seed: int, purpose: str) -> NDArray[np.uint64]:
        """A number per row that looks random, independent between seeds and purposes, whatever the rows' order."""
        return _scrambled(self.identity[rows] ^ np.uint64(hashed(seed, purpose)))


def hashed(*parts: str | int) -> int:
    """A stable 64-bit hash, on which 1 and "1" differ; no part holds a NUL."""
    spelled = "\0".join([part if isinstance(part, str) else f"\0{part}" for part in parts])
    return int.from_bytes(hashlib.blake2b(spelled.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _log_score(candidate: Candidate) -> float:
    if candidate.log_score is None:
        return math.nan
    if math.isnan(candidate.log_score):
        raise ValueError(f"The score of solution {candidate.solution_id!r} is not a number.")
    return candidate.log_score


def _scrambled(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: every bit of the key moves every bit of the result."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
