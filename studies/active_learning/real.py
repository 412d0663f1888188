"""The same arms on real solutions: steps that public reward models scored, of which one serves as the oracle.

Cross-validated by problem: each part of the problems is tested on by models that learnt from the other parts. The step
model reads hashed words and pairs of words and the step's place, which is cheap, and knows little of mathematics.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from selector.commands import cli
from selector.commands.cli import CommandError, Row
from selector.evaluation.judged import STEP_SCORES
from selector.formats import BadRow, fields, labelhub
from selector.grading.normalize import normalise, solution_digest
from studies.active_learning.arms import CONVINCING, UNCERTAIN, Picker
from studies.active_learning.cells import REAL_PARTS, Size
from studies.active_learning.labels import Labels
from studies.active_learning.learner import Features
from studies.active_learning.solutions import Floats, Solutions, majority
from studies.active_learning.unit import Bench, Point, curves

SET, ORACLE = "bon32_gsm8k", "qwen_prm"
MISTAKE = 0.8  # a step is wrong where the oracle's P(correct) is lower (paper, section 4)
BUCKETS, PLACES = 128, 8
WORD = re.compile(r"[A-Za-z]+|\d|[^\sA-Za-z\d]")


def study(folder: Path, seed: int, size: Size) -> dict[str, Any]:
    """The curves of uniform, 80/20 convincing and uncertain, these two retrained; costs are the mean over the parts."""
    solutions, features = load(folder)
    parts = np.random.default_rng(seed).permutation(solutions.problem.max() + 1) % REAL_PARTS
    of_part, found = parts[solutions.problem], []
    for part in range(REAL_PARTS):
        pool, test = solutions.of(of_part != part), solutions.of(of_part == part)
        bench = Bench(features, Labels.of(pool), test, Picker.of(pool, pool.right, seed), seed, size.training)
        uniform = bench.drawn(size.budgets)
        heads = bench.taught(uniform)
        found.append(curves(bench, size, (CONVINCING, UNCERTAIN), uniform, heads, one_shot=False))
    weights = np.bincount(parts) / len(parts)
    return {
        "problems": len(parts),
        "samples": int(np.bincount(solutions.problem).max()),
        "majority": majority(solutions),
        "pass_rate": float(solutions.right.mean()),
        "arms": {arm: _together([one[arm] for one in found], weights) for arm in found[0]},
    }


def _together(curves_of_parts: Sequence[Sequence[Point]], weights: Floats) -> list[Point]:
    """By budget: accuracy over all problems, costs on average."""
    return [
        {
            "passes": float(np.mean([point["passes"] for point in points])),
            "steps": float(np.mean([point["steps"] for point in points])),
            "accuracy": float(np.dot(weights, [point["accuracy"] for point in points])),
        }
        for points in zip(*curves_of_parts, strict=True)
    ]


def load(folder: Path) -> tuple[Solutions, Features]:
    """The set's solutions with the oracle's word, and what the model reads of each distinct step at its place."""
    scores = _rows(folder / f"{SET}.prm_scores.jsonl", _check_scores)
    oracle = {row["solution_id"]: row[STEP_SCORES][ORACLE] for row in scores}
    rows = _rows(folder / f"{SET}.solutions.jsonl", _check_solution)
    rows = [row for row in rows if len(oracle.get(row["solution_id"], [])) == len(row["steps"])]
    if len({row["problem_id"] for row in rows}) < REAL_PARTS:
        raise CommandError(f"{folder} holds no {REAL_PARTS} problems of {SET} with {ORACLE}'s word on every step.")
    rows.sort(key=lambda row: row["problem_id"])
    kinds: dict[tuple[str, int], int] = {}
    most = max(len(row["steps"]) for row in rows)
    kind, wrong = np.full((len(rows), most), -1), np.zeros((len(rows), most), np.bool_)
    for at, row in enumerate(rows):
        steps = [(normalise(step), min(place, PLACES - 1)) for place, step in enumerate(row["steps"])]
        kind[at, : len(steps)] = [kinds.setdefault(step, len(kinds)) for step in steps]
        wrong[at, : len(steps)] = np.array(oracle[row["solution_id"]]) < MISTAKE
    problem = np.array(_numbers([row["problem_id"] for row in rows]))
    right = np.array([row["is_correct"] for row in rows])
    text = np.array(_numbers([solution_digest(row["steps"]) for row in rows]))
    answer = np.array(_numbers([row["answer"] for row in rows]))
    return Solutions(problem, kind, wrong, right, text, answer), _features(list(kinds))


def _rows(path: Path, check: Callable[[Row], object]) -> list[Row]:
    return list(cli.read_rows(str(path), check, strict=False))


def _check_scores(row: Row) -> None:
    fields.identifier(fields.required(row, "solution_id"), "solution_id")
    of_oracle = fields.mapping(fields.required(row, STEP_SCORES), STEP_SCORES).get(ORACLE)
    for p in fields.sequence(of_oracle, f"{STEP_SCORES}.{ORACLE}"):
        fields.number(p, f"{STEP_SCORES}.{ORACLE}")


def _check_solution(row: Row) -> None:
    record = labelhub.parse_solution(row)
    if record.answer is None or record.is_correct is None:
        raise BadRow("answer and is_correct are needed.")


def _numbers(values: Sequence[str]) -> list[int]:
    """Equal values share a number, from 0 in the order they come."""
    numbers = {value: at for at, value in enumerate(dict.fromkeys(values))}
    return [numbers[value] for value in values]


def _features(steps: Sequence[tuple[str, int]]) -> Features:
    """Hashed words and pairs of words, each step's vector of length 1, and its place, one-hot."""
    read = np.zeros((len(steps), BUCKETS + PLACES), np.float32)
    for at, (text, place) in enumerate(steps):
        words = WORD.findall(text.lower())
        grams = [*words, *map(" ".join, pairwise(words))]
        np.add.at(read[at], [zlib.crc32(gram.encode()) % BUCKETS for gram in grams], 1)
        read[at] = np.sqrt(read[at])
        read[at] /= max(1e-9, float(np.linalg.norm(read[at])))
        read[at, BUCKETS + place] = 1
    return read
