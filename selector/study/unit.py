"""One seed of one cell: every arm at every budget, on the same pool, with the same seed labels and the same training.

What is labelled first is one uniform solution per problem; the selector learns from these alone. In one shot it ranks
the pool once for every budget; with retraining each budget's model picks what is labelled next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from selector.study import learner, made
from selector.study.arms import ARMS, CONVINCING, UNCERTAIN, UNIFORM, Arm, Picker
from selector.study.cells import CLEAN, Cell, Size, Training
from selector.study.labels import Labels, graded, overlooked
from selector.study.learner import Features
from selector.study.solutions import Floats, Ints, Solutions, best_of, majority

ONE_SHOT, RETRAINED = "one shot", "retrained"


@dataclass(frozen=True, slots=True)
class Bench:
    """What all arms share: the pool and its labels, the test set, and what the model reads of a step."""

    features: Features
    labels: Labels
    test: Solutions
    picker: Picker
    seed: int
    rule: Training

    def taught(self, sets: Sequence[Ints]) -> Floats:
        """An ensemble for each set of labelled solutions, (sets, HEADS, kinds)."""
        counts = [self.labels.counts(rows, len(self.features)) for rows in sets]
        right, wrong = (np.array(each) for each in zip(*counts, strict=True))
        return learner.by_steps(self.features, right, wrong, self.seed, self.rule)

    def point(self, rows: Ints, heads: Floats) -> dict[str, Any]:
        """What a training set cost, and what its model is worth."""
        accuracy = best_of(self.test, heads.mean(axis=0), [int(np.bincount(self.test.problem).max())])[0]
        return {"passes": len(rows), "steps": self.labels.steps(rows), "accuracy": accuracy}


def study(cell: Cell, seed: int, size: Size) -> dict[str, Any]:
    """The curves of a cell's arms as plain values; the same arguments give the same result."""
    bench = _bench(cell, seed, size)
    budgets = size.budgets[: size.arm_budgets]
    arms = ARMS if cell == CLEAN else (CONVINCING, UNCERTAIN)
    uniform = [bench.picker.pick(UNIFORM, n, np.empty(0, np.int64)) for n in size.budgets]
    heads = bench.taught(uniform)
    first = bench.point(uniform[0], heads[0])
    curves = {"uniform": [bench.point(rows, of) for rows, of in zip(uniform, heads, strict=True)]}
    if cell == CLEAN:
        for arm, points in _one_shot(bench, arms, budgets, uniform[0], heads[0]).items():
            curves[f"{arm.name}, {ONE_SHOT}"] = [first, *points]
    for arm, points in _retrained(bench, arms, budgets, uniform[0], heads[0]).items():
        curves[f"{arm.name}, {RETRAINED}"] = [first, *points]
    found = {"cell": asdict(cell), "seed": seed, "majority": majority(bench.test), "arms": curves}
    found["pass_rate"] = float(bench.test.right.mean())
    if cell == CLEAN:
        found["forms"] = _forms(bench, uniform, heads, size)
    return found


def _bench(cell: Cell, seed: int, size: Size) -> Bench:
    """World, pool and test set hang on the seed and the slips alone, so that cells can be compared."""
    chance = np.random.default_rng(seed)
    world = made.world(size.shape, chance)
    pool = made.solutions(world, size.problems, size.samples, cell.slips, chance)
    test = made.solutions(world, size.test_problems, size.test_samples, cell.slips, chance)
    chance = np.random.default_rng([seed, 1])
    picker = Picker.of(pool, graded(pool, cell.false_negatives, chance), seed)
    bench = Bench(world.features(), Labels.of(pool), test, picker, seed, size.training)
    if cell.noise:
        seeds = picker.pick(UNIFORM, 1, np.empty(0, np.int64))
        convincing = bench.taught([seeds])[0].mean(axis=0)
        missed = overlooked(pool, convincing, cell.noise, chance)
        bench = Bench(bench.features, Labels.of(pool, missed), test, picker, seed, size.training)
    return bench


def _one_shot(
    bench: Bench, arms: Sequence[Arm], budgets: Sequence[int], seeds: Ints, selector: Floats
) -> dict[Arm, list[dict[str, Any]]]:
    sets = [
        np.concatenate([seeds, bench.picker.pick(arm, n - 1, seeds, selector)]) for arm in arms for n in budgets[1:]
    ]
    points = [bench.point(rows, heads) for rows, heads in zip(sets, bench.taught(sets), strict=True)]
    each = len(budgets) - 1
    return {arm: points[at * each : (at + 1) * each] for at, arm in enumerate(arms)}


def _retrained(
    bench: Bench, arms: Sequence[Arm], budgets: Sequence[int], seeds: Ints, selector: Floats
) -> dict[Arm, list[dict[str, Any]]]:
    """Each round from scratch on all labels so far."""
    labelled, heads = dict.fromkeys(arms, seeds), dict.fromkeys(arms, selector)
    points: dict[Arm, list[dict[str, Any]]] = {arm: [] for arm in arms}
    for have, n in pairwise(budgets):
        for arm in arms:
            picked = bench.picker.pick(arm, n - have, labelled[arm], heads[arm])
            labelled[arm] = np.concatenate([labelled[arm], picked])
        heads = dict(zip(arms, bench.taught(list(labelled.values())), strict=True))
        for arm in arms:
            points[arm].append(bench.point(labelled[arm], heads[arm]))
    return points


def _forms(bench: Bench, uniform: Sequence[Ints], heads: Floats, size: Size) -> Mapping[str, Any]:
    """The paper's three forms of supervision on the same uniform solutions; by N for the largest set."""
    graded_right = bench.labels.solutions.right
    outcomes = [
        learner.by_outcomes(
            bench.features,
            bench.labels.solutions.kind[rows],
            np.stack([bench.labels.all_right[rows], graded_right[rows]]),
            bench.seed,
            bench.rule,
        )
        for rows in uniform
    ]
    by_form: dict[str, list[Floats]] = {
        "process": list(heads),
        "outcome by the oracle": [each[0] for each in outcomes],
        "outcome by the final answer": [each[1] for each in outcomes],
    }
    ns = [n for n in size.ns if n <= size.test_samples]
    return {
        form: {
            "points": [bench.point(rows, of) for rows, of in zip(uniform, found, strict=True)],
            "by_n": dict(zip(map(str, ns), best_of(bench.test, found[-1].mean(axis=0), ns), strict=True)),
        }
        for form, found in by_form.items()
    }
