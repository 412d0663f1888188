"""One seed of one cell: every arm at every budget, on the same pool, with the same seed labels and the same training.

What is labelled first is one uniform solution per problem; the selector learns from these alone. In one shot it ranks
the pool once for every budget; with retraining each budget's model picks what is labelled next.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from studies.active_learning import learner, made
from studies.active_learning.arms import ARMS, CONVINCING, UNCERTAIN, UNIFORM, Arm, Picker
from studies.active_learning.cells import CLEAN, Cell, Size, Training
from studies.active_learning.labels import Labels, graded, overlooked
from studies.active_learning.learner import Features
from studies.active_learning.solutions import Floats, Ints, Solutions, best_of, majority

Point = dict[str, Any]  # passes and steps that were labelled, and the best-of-N accuracy they led to
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

    def drawn(self, budgets: Sequence[int]) -> list[Ints]:
        """Uniform solutions by the number of each problem; a larger set holds the smaller ones."""
        whole = self.picker.free(UNIFORM, np.empty(0, np.int64))
        return [self.picker.pick(UNIFORM, n, whole) for n in budgets]

    def taught(self, sets: Sequence[Ints]) -> Floats:
        """An ensemble for each set of labelled solutions, (sets, HEADS, kinds)."""
        counts = [self.labels.counts(rows, len(self.features)) for rows in sets]
        right, wrong = (np.array(each) for each in zip(*counts, strict=True))
        return learner.by_steps(self.features, right, wrong, self.seed, self.rule)

    def points(self, sets: Sequence[Ints], heads: Sequence[Floats] | Floats) -> list[Point]:
        """What each training set cost, and what its model is worth."""
        most = int(np.bincount(self.test.problem).max())
        return [
            {
                "passes": len(rows),
                "steps": self.labels.steps(rows),
                "accuracy": best_of(self.test, of.mean(axis=0), [most])[0],
            }
            for rows, of in zip(sets, heads, strict=True)
        ]


def study(cell: Cell, seed: int, size: Size) -> dict[str, Any]:
    """The curves of a cell's arms as plain values; the same arguments give the same result."""
    bench = _bench(cell, seed, size)
    found = {"cell": asdict(cell), "seed": seed, "majority": majority(bench.test)}
    found["pass_rate"] = float(bench.test.right.mean())
    uniform = bench.drawn(size.budgets)
    heads = bench.taught(uniform)
    if cell != CLEAN:
        return found | {"arms": curves(bench, size, (CONVINCING, UNCERTAIN), uniform, heads, one_shot=False)}
    forms = _forms(bench, size, uniform, heads)
    return found | {"arms": curves(bench, size, ARMS, uniform, heads, one_shot=True), "forms": forms}


def curves(
    bench: Bench, size: Size, arms: Sequence[Arm], uniform: Sequence[Ints], heads: Floats, *, one_shot: bool
) -> dict[str, list[Point]]:
    """Uniform by all budgets, and each arm by those it has, with retraining and, where asked for, in one shot.

    `uniform` are its sets by budget, `heads` the ensembles that they taught.
    """
    budgets = size.budgets[: size.arm_budgets]
    found = {UNIFORM.name: bench.points(uniform, heads)}
    first = found[UNIFORM.name][0]
    if one_shot:
        for arm, points in _one_shot(bench, arms, budgets, uniform[0], heads[0]).items():
            found[f"{arm.name}, {ONE_SHOT}"] = [first, *points]
    for arm, points in _retrained(bench, arms, budgets, uniform[0], heads[0]).items():
        found[f"{arm.name}, {RETRAINED}"] = [first, *points]
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
        convincing = bench.taught(bench.drawn([1]))[0].mean(axis=0)
        missed = overlooked(pool, convincing, cell.noise, chance)
        bench = Bench(bench.features, Labels.of(pool, missed), test, picker, seed, size.training)
    return bench


def _one_shot(
    bench: Bench, arms: Sequence[Arm], budgets: Sequence[int], seeds: Ints, selector: Floats
) -> dict[Arm, list[Point]]:
    ranked = {arm: bench.picker.free(arm, seeds, selector) for arm in arms}
    sets = [np.concatenate([seeds, bench.picker.pick(arm, n - 1, ranked[arm])]) for arm in arms for n in budgets[1:]]
    points = bench.points(sets, bench.taught(sets))
    each = len(budgets) - 1
    return {arm: points[at * each : (at + 1) * each] for at, arm in enumerate(arms)}


def _retrained(
    bench: Bench, arms: Sequence[Arm], budgets: Sequence[int], seeds: Ints, selector: Floats
) -> dict[Arm, list[Point]]:
    """Each round from scratch on all labels so far."""
    labelled, heads = dict.fromkeys(arms, seeds), dict.fromkeys(arms, selector)
    points: dict[Arm, list[Point]] = {arm: [] for arm in arms}
    for have, n in pairwise(budgets):
        for arm in arms:
            free = bench.picker.free(arm, labelled[arm], heads[arm])
            labelled[arm] = np.concatenate([labelled[arm], bench.picker.pick(arm, n - have, free)])
        heads = dict(zip(arms, bench.taught(list(labelled.values())), strict=True))
        for arm in arms:
            points[arm] += bench.points([labelled[arm]], [heads[arm]])
    return points


def _forms(bench: Bench, size: Size, uniform: Sequence[Ints], heads: Floats) -> dict[str, Any]:
    """The paper's three forms of supervision on the same uniform solutions; by N for the largest set."""
    pool = bench.labels.solutions
    by_oracle, by_answer = zip(
        *(
            learner.by_outcomes(
                bench.features,
                pool.kind[rows],
                np.stack([bench.labels.all_right[rows], pool.right[rows]]),
                bench.seed,
                bench.rule,
            )
            for rows in uniform
        ),
        strict=True,
    )
    ns = [n for n in size.ns if n <= size.test_samples]
    forms = {"process": list(heads), "outcome by the oracle": by_oracle, "outcome by the final answer": by_answer}
    return {
        form: {
            "points": bench.points(uniform, found),
            "by_n": dict(zip(map(str, ns), best_of(bench.test, found[-1].mean(axis=0), ns), strict=True)),
        }
        for form, found in forms.items()
    }
