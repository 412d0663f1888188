"""How sure a figure is: 95% intervals from drawing whole problems anew, so that what shares a problem moves together.

The percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Key = str | int
Problem = TypeVar("Problem", bound=Key)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Statistic = Callable[
    [Floats], Floats
]  # how often each problem counts, (draws, problems) -> (draws,) or (draws, figures)

TAIL = 0.025  # on either side of a 95% interval
RESAMPLES = 2000
BLOCK = 2**21  # counts held at once: a resample of a large set is not to cost a gigabyte


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, its 95% interval, its standard error, and how many problems are behind it."""

    value: float
    low: float
    high: float
    error: float
    problems: int


def interval(
    statistic: Statistic,
    problems: int,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    within: tuple[float, float] = (0, 1),
) -> Interval | None:
    """The statistic of all problems with its interval; None where it is undefined (NaN), as it is of no problem."""
    found = intervals(statistic, problems, seed=seed, resamples=resamples, within=within)
    return found[0] if found else None


def intervals(
    statistic: Statistic,
    problems: int,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    within: tuple[float, float] = (0, 1),
    behind: Sequence[int] | None = None,
) -> list[Interval | None]:
    """The same for a statistic of several figures, in their order, all from the same draws.

    `behind` tells how many of the problems have anything to say about each figure, where not all have.
    """
    if not problems:
        return []
    values = np.atleast_2d(statistic(np.ones((1, problems))))[0]
    drawn = resample(statistic, problems, seed, resamples)
    return [
        None if np.isnan(value) else _interval(float(value), column, of, within)
        for value, column, of in zip(values, drawn.T, behind or [problems] * len(values), strict=True)
    ]


def resample(statistic: Statistic, problems: int, seed: int, resamples: int) -> Floats:
    """The statistic of each resample, (resamples, figures); NaN where a resample leaves it undefined."""
    return np.concatenate(
        [np.asarray(statistic(counts)).reshape(len(counts), -1) for counts in _draws(problems, seed, resamples)]
    )


def span(
    statistic: Callable[[Ints], float], units: int, *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """The 95% interval of a statistic that takes one resample at a time, as how often each unit was drawn.

    Draws without a value (NaN) are left out; None where they are more than half.
    """
    drawn = resample(lambda block: np.array([statistic(row) for row in block.astype(np.int64)]), units, seed, resamples)
    known = drawn[~np.isnan(drawn)]
    return middle(known) if 2 * len(known) >= resamples else None


def middle(drawn: Floats) -> tuple[float, float]:
    """The interval that holds the middle 95% of what was drawn."""
    low, high = np.percentile(drawn, [100 * TAIL, 100 * (1 - TAIL)])
    return float(low), float(high)


def _draws(problems: int, seed: int, resamples: int) -> Iterator[Floats]:
    chance, rows = np.random.default_rng(seed), max(1, BLOCK // problems)
    shares = np.full(problems, 1 / problems)
    for start in range(0, resamples, rows):
        yield chance.multinomial(problems, shares, size=min(rows, resamples - start)).astype(np.float64)


def _interval(value: float, drawn: Floats, problems: int, within: tuple[float, float]) -> Interval:
    drawn = drawn[~np.isnan(drawn)]
    low, high = middle(drawn)
    if np.ptp(drawn) < 1e-12:  # sums in another order differ in the last bits; that is no spread
        low, high = _unanimous(value, problems)
    bounds = max(low, within[0]), min(high, within[1])
    return Interval(value, *bounds, error=float(drawn.std()), problems=problems)


def _unanimous(value: float, problems: int) -> tuple[float, float]:
    """Where all problems agree, drawing them anew shows no spread, yet the next one may differ.

    So many of one kind leave the other a share of up to 1 - 0.025^(1/n) (Clopper and Pearson, 1934).
    """
    unseen = 1 - TAIL ** (1 / problems)
    return value - unseen, value + unseen


def number(problems: Sequence[Key]) -> tuple[Ints, int]:
    """Each entry's problem as an index, and how many problems there are."""
    indexes = {problem: index for index, problem in enumerate(dict.fromkeys(problems))}
    return np.array([indexes[problem] for problem in problems], dtype=np.int64), len(indexes)


def sums(problems: Sequence[Key], columns: Floats) -> Floats:
    """The columns' sums by problem, (entries, figures) -> (problems, figures): what a resample weighs and adds."""
    codes, count = number(problems)
    totals = np.zeros((count, columns.shape[1]))
    np.add.at(totals, codes, columns)
    return totals


def ratio(above: Floats, below: Floats) -> Floats:
    """NaN, without a warning, where there is nothing to divide by."""
    shares: Floats = np.full(np.broadcast(above, below).shape, np.nan)
    return np.divide(above, below, out=shares, where=below != 0)
