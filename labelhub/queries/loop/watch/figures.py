"""Figures with how sure they are, from counts: each a value with its 95% interval and n, or the sentence why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Annotated

from selector.evaluation.intervals import Z95, Share


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval, or why there is none; without an interval there is too little for one."""

    n: Annotated[int, "Passes it rests on."]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    undefined: Annotated[str | None, "Why there is no value."] = None

    def times(self, factor: float) -> "Estimate":
        """The same figure in another unit."""
        value, low, high = (None if each is None else each * factor for each in (self.value, self.low, self.high))
        return Estimate(self.n, value, low, high, self.undefined)


def share(count: int, n: int, *, undefined: str) -> Estimate:
    """`count` of `n`, with Wilson's interval, which holds for few and for shares near 0 or 1."""
    found = Share(count, n)
    low, high = found.interval or (None, None)
    return Estimate(n, found.value, low, high, None if n else undefined)


def median(counts: Mapping[float, int], *, undefined: str) -> Estimate:
    """The median of values that came so often; its interval by order statistics (Conover 1999, section 3.2)."""
    n = sum(counts.values())
    if n == 0:
        return Estimate(n, undefined=undefined)
    reach = Z95 * sqrt(n)
    low, high = floor((n - reach) / 2), ceil(1 + (n + reach) / 2)
    there = low >= 1 and high <= n
    one, other, *ends = _at(counts, [(n + 1) // 2, n // 2 + 1, *([low, high] if there else [])])
    low_end, high_end = (float(end) for end in ends) if there else (None, None)
    return Estimate(n, (one + other) / 2, low_end, high_end)


def _at(counts: Mapping[float, int], ranks: list[int]) -> list[float]:
    """The values at these ranks, from 1, of all values in order."""
    found: dict[int, float] = {}
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        found |= {rank: value for rank in ranks if rank <= passed and rank not in found}
    return [found[rank] for rank in ranks]


def per(*, time: float, squares: float, n: int, of_those: int, their_time: float, undefined: str) -> Estimate:
    """Time for each of `of_those` among n passes: all passes' time over them, with the delta method's interval.

    `squares`: the sum of the passes' squared times; `their_time`: of the passes that are of those. A pass that is not
    of those costs time too, which is why it is a ratio and no mean (Cochran 1977, section 6.3).
    """
    if of_those == 0:
        return Estimate(n, undefined=undefined)
    ratio = time / of_those
    if n < 2:
        return Estimate(n, ratio)
    spread = max(0.0, squares - 2 * ratio * their_time + ratio * ratio * of_those) / (n - 1)
    reach = Z95 * sqrt(spread * n) / of_those
    return Estimate(n, ratio, max(0.0, ratio - reach), ratio + reach)
