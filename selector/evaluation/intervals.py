"""Intervals around what was counted or drawn: Wilson's for a share, percentiles of a bootstrap for anything else."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054  # of the normal distribution: two-sided 95%
RESAMPLES = 500
Weights = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, with Wilson's 95% interval; without any, None and not 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson, JASA 22 (1927), without continuity correction: it stays within [0, 1] also for few and for none."""
        if not self.n:
            return None
        z2, share = Z95**2, self.hits / self.n
        middle = (share + z2 / (2 * self.n)) / (1 + z2 / self.n)
        half = Z95 / (1 + z2 / self.n) * sqrt(share * (1 - share) / self.n + z2 / (4 * self.n**2))
        return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(
    statistic: Callable[[Weights], float], units: int, *, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """The 2.5th and 97.5th percentile of the statistic over resampled units, given how often each was drawn.

    Draws without a value (NaN) are left out; None where they are more than half.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(units, np.full(units, 1 / units), size=resamples)
    values = np.array([statistic(weights) for weights in drawn])
    values = values[~np.isnan(values)]
    if 2 * len(values) < resamples:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
