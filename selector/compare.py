"""Is one better than the other, and could this set tell? Paired bootstraps that draw whole problems."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from selector.evaluate import Flags, Floats, Ints, Key, ranked_auc, ties

# 1.96 + 0.84: the difference that a two-sided 5% test finds four times out of five, in standard errors.
DETECTABLE = 2.8


@dataclass(frozen=True, slots=True)
class Comparison:
    """Challenger minus champion, with its 95% interval, and the smallest true difference this set would have shown."""

    difference: float
    low: float
    high: float
    detectable: float
    problems: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare_paired(
    champion: Mapping[Key, float], challenger: Mapping[Key, float], *, seed: int = 0, resamples: int = 2000
) -> Comparison:
    """The mean over problems of challenger minus champion, e.g. of `evaluate.outcomes`.

    Raises ValueError unless both hold the same problems, and at least one.
    """
    if champion.keys() != challenger.keys() or not champion:
        raise ValueError("A paired comparison needs both results on the same problems, and at least one.")
    keys = sorted(champion, key=str)
    gains = np.array([float(challenger[key]) - float(champion[key]) for key in keys])
    compared = bootstrap(lambda counts: float(counts @ gains / counts.sum()), len(keys), seed, resamples)
    assert compared is not None  # a mean is always defined
    return compared


def compare_first_error(
    problems: Sequence[Key],
    actual: Sequence[int | None],
    champion: Sequence[int | None],
    challenger: Sequence[int | None],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> Comparison | None:
    """Challenger minus champion in first-error F1, one entry per solution; None where the F1 is undefined."""
    codes, names = number(problems)
    wrong = np.array([truth is not None for truth in actual])
    hits = [
        np.array([p == a for p, a in zip(guess, actual, strict=True)], dtype=float) for guess in (champion, challenger)
    ]

    def gain(counts: Floats) -> float | None:
        weights = counts[codes]
        ours, theirs = (weighted_f1(wrong, hit, weights) for hit in reversed(hits))
        return None if ours is None or theirs is None else ours - theirs

    return bootstrap(gain, names, seed, resamples)


def auc_gain(
    problems: Sequence[Key],
    correct: Sequence[bool],
    scores: Sequence[float],
    baseline: Sequence[float],
    *,
    seed: int = 0,
    resamples: int = 2000,
) -> Comparison | None:
    """AUC of `scores` minus AUC of `baseline`, one entry per rated step; None where all are right, or all wrong."""
    codes, names = number(problems)
    truth, ours, theirs = np.asarray(correct, dtype=bool), ties(scores), ties(baseline)

    def gain(counts: Floats) -> float | None:
        weights = counts[codes]
        high, low = ranked_auc(truth, ours, weights), ranked_auc(truth, theirs, weights)
        return None if high is None or low is None else high - low

    return bootstrap(gain, names, seed, resamples)


def bootstrap(
    statistic: Callable[[Floats], float | None], problems: int, seed: int, resamples: int
) -> Comparison | None:
    """The 95% percentile interval of a statistic of how often each problem is drawn; undefined draws are left out."""
    difference = statistic(np.ones(problems))
    if difference is None:
        return None
    drawn = np.random.default_rng(seed).multinomial(problems, np.full(problems, 1 / problems), size=resamples)
    values = [value for counts in drawn if (value := statistic(counts.astype(np.float64))) is not None]
    low, high = np.percentile(values, [2.5, 97.5])
    # Never surer than one problem decided otherwise would make it: no difference seen is not the same as none possible.
    error = max(float(np.std(values)), 1 / problems)
    return Comparison(difference, float(low), float(high), DETECTABLE * error, problems)


def weighted_f1(wrong: Flags, hit: Floats, weights: Floats) -> float | None:
    """First-error F1 where each solution counts `weights` times."""
    on_wrong, on_clean = weights[wrong], weights[~wrong]
    if not on_wrong.sum() or not on_clean.sum():
        return None
    a, b = on_wrong @ hit[wrong] / on_wrong.sum(), on_clean @ hit[~wrong] / on_clean.sum()
    return float(2 * a * b / (a + b)) if a + b else 0.0


def number(problems: Sequence[Key]) -> tuple[Ints, int]:
    """Each entry's problem as an index, and how many problems there are."""
    indexes = {problem: index for index, problem in enumerate(dict.fromkeys(problems))}
    return np.array([indexes[problem] for problem in problems], dtype=np.int64), len(indexes)
