"""How many labels an arm saves: annotated steps (or passes) that uniform needs over those the arm needs for a target.

A curve is (cost, accuracy) by rising budget; costs count everything labelled, the seed and the selector's labels too.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import geometric_mean
from typing import Any

import numpy as np

from selector.evaluation.bootstrap import RESAMPLES, Floats, middle, resample

Curve = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """`uniform_censored`: uniform never gets there, so the true ratio is at least this. `arm_censored`: at most."""

    value: float
    uniform_censored: bool = False
    arm_censored: bool = False


def reached(curve: Curve, target: float) -> float | None:
    """The cost at which a curve first comes to the target, None where it never does.

    Between two budgets accuracy is taken to rise evenly with the logarithm of the cost.
    """
    for (cost, accuracy), (before, lower) in zip(curve, [(curve[0][0], -np.inf), *curve], strict=False):
        if accuracy >= target:
            share = 1.0 if np.isinf(lower) else (target - lower) / (accuracy - lower)
            return float(before * (cost / before) ** share)
    return None


def ratio(uniform: Curve, arm: Curve, target: float) -> Ratio | None:
    """Uniform's cost over the arm's. Who never gets there counts with its largest budget; None if neither does."""
    needs, gets = reached(uniform, target), reached(arm, target)
    if needs is None and gets is None:
        return None
    return Ratio((needs or uniform[-1][0]) / (gets or arm[-1][0]), needs is None, gets is None)


def over_targets(uniform: Curve, arm: Curve, targets: Sequence[float]) -> Ratio | None:
    """The geometric mean over the targets that at least one of both reaches."""
    found = [one for target in targets if (one := ratio(uniform, arm, target))]
    if not found:
        return None
    return Ratio(
        geometric_mean([one.value for one in found]),
        any(one.uniform_censored for one in found),
        any(one.arm_censored for one in found),
    )


def slope(curve: Curve) -> float:
    """Accuracy per doubling of the cost, by the line of best fit (the paper's own way of comparing, section 4.2)."""
    costs, accuracies = zip(*curve, strict=True)
    return float(np.polyfit(np.log2(costs), accuracies, 1)[0])


def accuracy_at(curve: Curve, cost: float) -> float:
    """What a curve is worth at a cost, evenly between budgets in the logarithm, flat beyond its ends."""
    costs, accuracies = zip(*curve, strict=True)
    return float(np.interp(np.log2(cost), np.log2(costs), accuracies))


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over seeds with its 95% interval, how many seeds have it, and how many of them are bounds."""

    value: float
    low: float
    high: float
    seeds: int
    at_least: int = 0
    at_most: int = 0

    def to_dict(self, figure: str = "median") -> dict[str, Any]:
        """With the figure under its own name."""
        told = asdict(self)
        return {figure: told.pop("value"), **told}


def median(values: Sequence[float]) -> Spread | None:
    """The median over seeds; the interval draws whole seeds anew, so that an arm and its uniform stay together."""
    return _spread(values, np.median)


def mean(values: Sequence[float]) -> Spread | None:
    """The same of the mean."""
    return _spread(values, np.mean)


def median_ratio(ratios: Sequence[Ratio | None]) -> Spread | None:
    """The median of the seeds that have a ratio, counting those that are a bound only."""
    found = [one for one in ratios if one]
    spread = median([one.value for one in found])
    if spread is None:
        return None
    at_least = sum(one.uniform_censored for one in found)
    at_most = sum(one.arm_censored for one in found)
    return Spread(spread.value, spread.low, spread.high, spread.seeds, at_least, at_most)


def _spread(values: Sequence[float], figure: Callable[[Floats], Any]) -> Spread | None:
    known = np.array(values, dtype=np.float64)

    def drawn(counts: Floats) -> Floats:
        return np.array([float(figure(np.repeat(known, row.astype(np.int64)))) for row in counts])

    if not len(known):
        return None
    low, high = middle(resample(drawn, len(known), 0, RESAMPLES))
    return Spread(float(figure(known)), low, high, len(known))
