"""How far labelers agree beyond chance, over solutions that several of them labelled, each figure with its interval.

The coefficients are the `krippendorff` package's alpha and scikit-learn's Cohen's kappa. Intervals are percentile
bootstraps over solutions, not over steps or pairs: those of one solution are not independent of each other.
"""

import warnings
from collections.abc import Callable, Sequence
from itertools import combinations

import krippendorff
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from selector.evaluation.bootstrap import Ints, span
from selector.labels.steps import UNKNOWN
from selector.quality.agreement import Figure, Pass, Solutions

RATINGS = (-1, 0, 1)
RESAMPLES = 500
LEAST = 10  # solutions that an interval takes: below, resampling says more about the resampling
NO_OVERLAP = "No solution has been labelled by two labelers: launch with labels_wanted above 1."
UNSURE = "No two passes over a solution tell their first mistake: each leaves a step unsure."
NO_STEP = "No step was rated by two labelers."
NO_VARIATION = "Every step that two labelers rated has one and the same rating: alpha needs two."
ONE_KIND = "Every pass found a mistake, or none did: kappa needs both."
TOO_FEW = f"An interval takes {LEAST} solutions that several labelled."


def same_mistake(solutions: Solutions, *, within: int = 0, seed: int = 0) -> Figure:
    """The share of pairs that name the same first mistake, or ones at most `within` steps apart, or both none.

    Passes whose first mistake is unknown are left out.
    """
    pairs = [list(combinations(passes, 2)) for passes in _telling(solutions)]
    asked = np.array([len(each) for each in pairs])
    agreed = np.array([sum(_near(one, other, within) for one, other in each) for each in pairs])
    if not pairs:
        return Figure(None, None, 0, _why_none(solutions))
    value = float(agreed.sum() / asked.sum())
    return _with_interval(value, int(asked.sum()), lambda w: float(w @ agreed / (w @ asked)), len(pairs), seed)


def _telling(solutions: Solutions) -> list[list[Pass]]:
    """Of each solution the passes that tell their first mistake, where there are two or more."""
    telling = [[each for each in passes if each.mistake is not UNKNOWN] for passes in solutions]
    return [passes for passes in telling if len(passes) > 1]


def _why_none(solutions: Solutions) -> str:
    return UNSURE if any(len(passes) > 1 for passes in solutions) else NO_OVERLAP


def _near(one: Pass, other: Pass, within: int) -> bool:
    if isinstance(one.mistake, int) and isinstance(other.mistake, int):
        return abs(one.mistake - other.mistake) <= within
    return one.mistake is other.mistake


def alpha(solutions: Solutions, *, seed: int = 0) -> Figure:
    """Krippendorff's ordinal alpha over steps (units) and labelers.

    Ordinal, since Bad, Okay and Great are in an order whose distances nobody knows: Bad against Great weighs more than
    Okay against Great. Steps behind a labeler's first mistake were never rated: they are missing, not agreement.
    """
    counts = [_counts(passes) for passes in solutions]
    solution_of = np.repeat(np.arange(len(solutions)), [len(each) for each in counts])
    table = np.concatenate([*counts, np.zeros((0, len(RATINGS)), dtype=np.int64)])
    if not len(table):
        return Figure(None, None, 0, NO_STEP if solutions else NO_OVERLAP)
    if np.isnan(value := _alpha(table)):
        return Figure(None, None, len(table), NO_VARIATION)
    drawn = lambda w: _alpha(np.repeat(table, w[solution_of], axis=0))  # noqa: E731
    return _with_interval(value, len(table), drawn, len(solutions), seed)


def _counts(passes: Sequence[Pass]) -> NDArray[np.int64]:
    """How many labelers gave each rating to each step, of the steps that two or more rated: rows by RATINGS."""
    last = max((len(each.ratings) for each in passes), default=0)
    rated = [[each.ratings[step] for each in passes if step < len(each.ratings)] for step in range(last)]
    counts = np.array([[step.count(rating) for rating in RATINGS] for step in rated], dtype=np.int64)
    counts = counts.reshape(-1, len(RATINGS))
    found: NDArray[np.int64] = counts[counts.sum(axis=1) > 1]
    return found


def _alpha(table: NDArray[np.int64]) -> float:
    """NaN where all ratings are the same: chance alone would agree then, and alpha is no number."""
    if np.count_nonzero(table.sum(axis=0)) < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=table, value_domain=RATINGS, level_of_measurement="ordinal"))


def kappa(solutions: Solutions, *, seed: int = 0) -> Figure:
    """Cohen's kappa over pairs of passes that tell their first mistake: whether each found one at all.

    A pair's passes are put in the order of their labelers' pseudonyms, which are random: kappa knows a first and a
    second rater, and is pooled here over all pairs of labelers.
    """
    telling = _telling(solutions)
    pairs = [
        (which, one.mistake is not None, other.mistake is not None)
        for which, passes in enumerate(telling)
        for one, other in combinations(sorted(passes, key=lambda each: each.labeler), 2)
    ]
    if not pairs:
        return Figure(None, None, 0, _why_none(solutions))
    solution_of, first, second = (np.array(column) for column in zip(*pairs, strict=True))
    if np.isnan(value := _kappa(first, second, np.ones(len(pairs)))):
        return Figure(None, None, len(pairs), ONE_KIND)
    drawn = lambda w: _kappa(first, second, w[solution_of])  # noqa: E731
    return _with_interval(value, len(pairs), drawn, len(telling), seed)


def _kappa(first: NDArray[np.bool_], second: NDArray[np.bool_], weights: NDArray[np.float64] | Ints) -> float:
    """NaN where all say the same: agreement by chance is certain then."""
    said = np.concatenate([first[weights > 0], second[weights > 0]])
    if said.all() or not said.any():
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(cohen_kappa_score(first, second, labels=[False, True], sample_weight=weights))


def _with_interval(value: float, n: int, drawn: Callable[[Ints], float], units: int, seed: int) -> Figure:
    if units < LEAST:
        return Figure(value, None, n, TOO_FEW)
    interval = span(drawn, units, seed=seed, resamples=RESAMPLES)
    return Figure(value, interval, n, None if interval else TOO_FEW)
