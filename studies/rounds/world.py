"""What a run of the study works on: a pool to label from and test problems, made by `simulate`, numbers lettered.

A small model memorises numbers, and every new one is news to it. So a step is read with its numbers and names replaced
by letters in order of appearance, which keeps everything that makes it right or wrong: 48,000 different steps of 2,000
problems are then 2,200, and each is read once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from selector.evaluation.best_of_n import Attempt
from selector.grading.normalize import solution_digest
from selector.labels import simulate
from selector.types import Candidate, Example, Grade

LETTERS = "ABCDEFGHIJKLM"
NAMED = re.compile(rf"\d+|\b(?:{'|'.join(simulate.NAMES)})\b")


@dataclass(frozen=True, slots=True)
class Solution:
    """A made solution as the study sees it; `ratings` are the oracle's, up to the first mistake."""

    problem_id: str
    problem: str
    solution_id: str
    steps: tuple[str, ...]
    answer: str
    right: bool
    ratings: tuple[int, ...]
    mistake: int | None

    def example(self) -> Example:
        return Example(self.problem, self.steps, self.ratings)

    def candidate(self, log_score: float | None) -> Candidate:
        grade = Grade.RIGHT if self.right else Grade.WRONG
        return Candidate(self.problem_id, self.solution_id, grade, log_score, solution_digest(self.steps))

    def attempt(self, log_score: float | None) -> Attempt:
        return Attempt(self.problem_id, self.solution_id, log_score, self.answer, self.right)


@dataclass(frozen=True, slots=True)
class World:
    """The pool and the test problems of one seed, which share nothing but the kinds of events."""

    pool: list[Solution]
    test: list[Solution]


@cache
def made(seed: int, problems: int, samples: int, test_problems: int, test_samples: int) -> World:
    """Another seed makes other problems, for pool and test alike."""
    return World(list(_made(problems, samples, 2 * seed)), list(_made(test_problems, test_samples, 2 * seed + 1)))


def _made(problems: int, samples: int, seed: int) -> Iterator[Solution]:
    for problem, rows in simulate.generate(problems, samples, seed):
        for row in rows:
            yield Solution(
                problem["problem_id"],
                problem["problem"],
                row["solution_id"],
                tuple(map(lettered, row["steps"])),
                row["answer"],
                row["is_correct"],
                tuple(row["step_labels"]),
                row["first_error"],
            )


@lru_cache(maxsize=100_000)
def lettered(step: str) -> str:
    """The step with its numbers as A, B, C by first appearance, equal ones alike, and every name as N."""
    seen: dict[str, str] = {}

    def letter(found: re.Match[str]) -> str:
        word = found.group()
        return seen.setdefault(word, LETTERS[len(seen)]) if word.isdigit() else "N"

    return NAMED.sub(letter, step)
