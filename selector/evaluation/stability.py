"""Whether more labels of this kind still change the model: stabilising predictions.

Successive models call the steps of one stop set right or wrong; it needs no labels, and nobody trains on it. Once
Cohen's kappa between them, averaged over the last three pairs, exceeds 0.99, more labels of this kind hardly pay
(Bloodgood and Vijay-Shanker, CoNLL 2009). A kappa of at least T bounds by how much the F-measures of the two models
can differ: 4 (1 - T) / T (Bloodgood and Grothendieck, CoNLL 2013).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from selector.evaluation.bootstrap import Floats, Key, interval, ratio, sums

WINDOW = 3  # pairs of successive models that are averaged
STABLE = 0.99  # the average to exceed; the paper leaves it to the user, a lower one stops earlier


@dataclass(frozen=True, slots=True)
class Stability:
    """Cohen's kappa between two models on a stop set.

    `low` and `high` bound it at 95%, drawing whole problems anew: a problem's steps move together. `error` is its
    standard error were the steps independent, as the 2013 paper takes them (Fleiss, Cohen and Everitt, 1969).
    """

    kappa: float
    low: float
    high: float
    error: float
    agreed: float
    steps: int
    problems: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"f_bound": f_bound(self.kappa)}


def stability(
    problems: Sequence[Key], before: Sequence[bool], now: Sequence[bool], *, seed: int = 0
) -> Stability | None:
    """How far two models agree on which steps are right, one entry per step.

    None where it is undefined: without a step, and where both call every step the same.
    """
    if not len(problems):
        return None
    totals = sums(problems, _cells(before, now))
    table = totals.sum(axis=0)
    found = interval(lambda counts: _kappa(counts @ totals), len(totals), seed=seed, within=(-1, 1))
    if found is None:
        return None
    return Stability(
        kappa=found.value,
        low=found.low,
        high=found.high,
        error=_error(table.reshape(2, 2) / table.sum()) / math.sqrt(len(problems)),
        agreed=float((table[0] + table[3]) / table.sum()),
        steps=len(problems),
        problems=found.problems,
    )


def _cells(before: Sequence[bool], now: Sequence[bool]) -> Floats:
    """One row per step with a 1 in its cell: both wrong, wrong then right, right then wrong, both right."""
    return np.eye(4)[2 * np.asarray(before, dtype=np.int64) + np.asarray(now, dtype=np.int64)]


def _kappa(tables: Floats) -> Floats:
    """Of each table's four cells; NaN where chance alone would agree on everything."""
    tables = tables / tables.sum(axis=1, keepdims=True)
    both_wrong, turned_right, turned_wrong, both_right = tables.T
    agreed = both_wrong + both_right
    by_chance = (both_right + turned_wrong) * (both_right + turned_right)
    by_chance += (both_wrong + turned_right) * (both_wrong + turned_wrong)
    return ratio(agreed - by_chance, np.where(np.isclose(by_chance, 1), 0, 1 - by_chance))


def _error(shares: Floats) -> float:
    """The square root of n times kappa's large-sample variance, (2, 2) shares: Fleiss, Cohen and Everitt (1969)."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    agreed, by_chance = float(np.trace(shares)), float(rows @ columns)
    both = rows[None, :] + columns[:, None]  # of a cell: its column's row sum and its row's column sum
    same = np.diagonal(shares) * ((1 - by_chance) - np.diagonal(both) * (1 - agreed)) ** 2
    other = (shares * both**2).sum() - (np.diagonal(shares) * np.diagonal(both) ** 2).sum()
    centre = (agreed * by_chance - 2 * by_chance + agreed) ** 2
    return math.sqrt(max(0.0, float(same.sum() + (1 - agreed) ** 2 * other - centre))) / (1 - by_chance) ** 2


def f_bound(kappa: float) -> float | None:
    """The most by which the two models' F-measures can differ; None where it bounds nothing."""
    bound = 4 * (1 - kappa) / kappa if kappa > 0 else math.inf
    return bound if bound < 1 else None


@dataclass(frozen=True, slots=True)
class Stopping:
    """What the criterion says: `mean` of the last `WINDOW` kappas, None while there are fewer."""

    mean: float | None
    pairs: int

    @property
    def met(self) -> bool:
        return self.mean is not None and self.mean > STABLE


def stopping(kappas: Sequence[float]) -> Stopping:
    """The criterion over successive pairs, the newest last."""
    last = kappas[-WINDOW:]
    return Stopping(sum(last) / WINDOW if len(last) == WINDOW else None, len(kappas))
