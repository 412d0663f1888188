"""A share of the pool from a sample whose members had unequal chances to be drawn."""

from collections.abc import Sequence

import numpy as np

from selector.evaluation.bootstrap import Floats, Interval, Key, interval, ratio, sums


def hajek(
    problems: Sequence[Key], came_true: Sequence[bool], probabilities: Sequence[float], *, seed: int = 0
) -> Interval | None:
    """The share of a pool for which something is true, from a sample drawn with these inclusion probabilities.

    Horvitz and Thompson's estimator (JASA 47, 1952) weighs each member by the inverse of its chance; here its sum is
    divided by the sum of the weights and not by the pool's size (Hajek, 1971): that stays a share, and members without
    an answer leave both sums. The interval draws whole problems anew. None for an empty sample.

    Raises ValueError for a chance outside of (0, 1].
    """
    chances = np.asarray(probabilities, dtype=np.float64)
    if not ((chances > 0) & (chances <= 1)).all():
        raise ValueError("An inclusion probability lies above 0 and is at most 1.")
    if not len(chances):
        return None
    totals = sums(problems, np.stack([np.asarray(came_true, dtype=np.float64) / chances, 1 / chances], axis=1))

    def share(counts: Floats) -> Floats:
        true, all_of_them = (counts @ totals).T
        return ratio(true, all_of_them)

    return interval(share, len(totals), seed=seed)
