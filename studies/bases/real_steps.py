"""Real steps that people rated, and what may be learnt from which of them: what `base_models` stands on."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selector.grading.normalize import normalise
from selector.types import BAD, Example

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REPORTED = ("processbench_math", "processbench_gsm8k")
RATED = (*REPORTED, "prm800k_decoded")
UNRATED = ("gsm8k_example_solutions", "bon32_gsm8k", "qwen_rm_maj8")  # text to read, without ratings
HELD_BACK = 5  # one training problem in so many chooses among hyper-parameters and tunes the threshold


@dataclass(frozen=True, slots=True)
class Rated:
    """A solution up to its first mistake, if there is one: what follows is never rated, and changes no figure."""

    problem: str
    steps: tuple[str, ...]
    ratings: tuple[int, ...]

    @property
    def key(self) -> str:
        return normalise(self.problem)

    @property
    def first_error(self) -> int | None:
        return self.ratings.index(BAD) if BAD in self.ratings else None

    @property
    def correct(self) -> list[bool]:
        return [rating != BAD for rating in self.ratings]

    @property
    def example(self) -> Example:
        return Example(self.problem, self.steps, self.ratings)


@dataclass(frozen=True, slots=True)
class Study:
    """What is learnt from, what chooses among settings, and what is reported: no problem's text is in two of them."""

    name: str
    learnt: list[Rated]
    held_back: list[Rated]
    reported: list[Rated]
    corpus: list[str]  # all text of other problems, rated or not


def solutions(name: str) -> list[Rated]:
    """The set's rated solutions; those of an unrated set have no ratings and all their steps."""
    texts = {row["problem_id"]: row["problem"] for row in _rows(f"{name}.problems")}
    found = []
    for row in _rows(f"{name}.solutions"):
        ratings = tuple(row.get("step_labels") or ())
        steps = row["steps"][: len(ratings)] if ratings else row["steps"]
        found.append(Rated(texts[row["problem_id"]], tuple(steps), ratings))
    return found


def study(reported: str, seed: int = 0) -> Study:
    """Learn from PRM800K and the other ProcessBench set, without the problems that the reported one holds too."""
    judged = solutions(reported)
    taken = {one.key for one in judged}
    others = [one for name in RATED if name != reported for one in solutions(name) if one.key not in taken]
    keys = sorted({one.key for one in others})
    back = set(random.Random(seed).sample(keys, len(keys) // HELD_BACK))
    read = [*others, *(one for name in UNRATED for one in solutions(name) if one.key not in taken)]
    return Study(
        reported,
        learnt=[one for one in others if one.key not in back],
        held_back=[one for one in others if one.key in back],
        reported=judged,
        corpus=list(dict.fromkeys(text for one in read for text in _texts(one))),
    )


def _texts(one: Rated) -> Iterator[str]:
    yield from (one.problem, *one.steps)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
