"""Is one better than the other, or at least not worse, and could this set tell? Paired bootstraps over whole problems.

Both models are measured on the same problems, and each resample takes the same problems from both (Koehn, Statistical
Significance Tests for Machine Translation Evaluation, EMNLP 2004).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from selector.evaluation.best_of_n import ties
from selector.evaluation.bootstrap import RESAMPLES, Floats, Key, Problem, Statistic, interval, number
from selector.evaluation.calibration import ranked_auc
from selector.evaluation.first_error import accuracies, tally
from selector.evaluation.intervals import Z95

# 1.96 + 0.84: the difference that a two-sided 5% test finds four times out of five, in standard errors (Cohen,
# Statistical Power Analysis, 1988, chapter 2; for language models Card et al., arXiv 2010.06595).
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

    def problems_to_detect(self, difference: float) -> int:
        """How many problems would show a true difference of this size: the error falls with the square root."""
        return math.ceil(self.problems * (self.detectable / difference) ** 2)

    def can_show(self, margin: float) -> bool:
        """Whether this set is large enough: of a challenger as good as the champion it would show that it is."""
        return self.difference - self.low < margin


class Verdict(StrEnum):
    """What a comparison lets one say at a margin, by the whole interval and never by the point alone."""

    BETTER = "better"
    NOT_WORSE = "not_worse"
    WORSE = "worse"
    UNDECIDED = "undecided"

    @property
    def shown(self) -> bool:
        """Whether non-inferiority is shown."""
        return self in (Verdict.BETTER, Verdict.NOT_WORSE)


def verdict(compared: Comparison, margin: float) -> Verdict:
    """Non-inferiority by the 95% interval, a one-sided test at 2.5% (ICH E9, 1998, section 3.3.2; FDA, 2016).

    Better: the interval lies above 0. Not worse: above -margin, so that the challenger loses less than the margin.
    Worse: below 0, and not within the margin. Undecided: the set is too small to tell. Raises ValueError for a
    margin below 0.
    """
    if not margin >= 0:
        raise ValueError("A margin is at least 0.")
    if compared.low > 0:
        return Verdict.BETTER
    if compared.low > -margin:
        return Verdict.NOT_WORSE
    return Verdict.WORSE if compared.high < 0 else Verdict.UNDECIDED


def verdict_sentence(compared: Comparison, margin: float) -> str:
    """The same in words for whoever decides, in points."""
    span = f"(95% interval {100 * compared.low:+.1f} to {100 * compared.high:+.1f} points)"
    points = f"{100 * margin:g} points"
    return {
        Verdict.BETTER: f"Better than the champion {span}.",
        Verdict.NOT_WORSE: f"Not worse than the champion by {points} or more {span}.",
        Verdict.WORSE: f"Worse than the champion {span}.",
        Verdict.UNDECIDED: f"Undecided: it may be worse than the champion by {points} or more {span}; "
        f"{compared.problems} problems show a difference of {100 * compared.detectable:.1f} points.",
    }[verdict(compared, margin)]


def compare_paired(
    champion: Mapping[Problem, float], challenger: Mapping[Problem, float], *, seed: int = 0, resamples: int = RESAMPLES
) -> Comparison:
    """The mean over problems of challenger minus champion, e.g. of `outcomes` or of `Chances.by_problem`.

    Raises ValueError unless both hold the same problems, and at least one.
    """
    if champion.keys() != challenger.keys() or not champion:
        raise ValueError("A paired comparison needs both results on the same problems, and at least one.")
    keys = sorted(champion, key=str)
    gains = np.array([float(challenger[key]) - float(champion[key]) for key in keys])
    compared = bootstrap(lambda counts: counts @ gains / len(keys), len(keys), seed, resamples)
    assert compared is not None  # a mean is always defined
    return compared


def compare_first_error(
    problems: Sequence[Key],
    actual: Sequence[int | None],
    champion: Sequence[int | None],
    challenger: Sequence[int | None],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Comparison | None:
    """Challenger minus champion in first-error F1, one entry per solution; None where the F1 is undefined."""
    theirs, ours = (tally(problems, guess, actual) for guess in (champion, challenger))

    def gain(counts: Floats) -> Floats:
        return np.asarray(accuracies(counts @ ours)[:, 0] - accuracies(counts @ theirs)[:, 0])

    return bootstrap(gain, len(ours), seed, resamples)


def auc_gain(
    problems: Sequence[Key],
    correct: Sequence[bool],
    scores: Sequence[float],
    baseline: Sequence[float],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Comparison | None:
    """AUC of `scores` minus AUC of `baseline`, one entry per rated step; None where all are right, or all wrong."""
    codes, names = number(problems)
    truth, ours, theirs = np.asarray(correct, dtype=bool), ties(scores), ties(baseline)

    def gain(counts: Floats) -> float:
        weights = counts[codes]
        high, low = ranked_auc(truth, ours, weights), ranked_auc(truth, theirs, weights)
        return math.nan if high is None or low is None else high - low

    return bootstrap(lambda block: np.array([gain(counts) for counts in block]), names, seed, resamples)


def bootstrap(statistic: Statistic, problems: int, seed: int, resamples: int) -> Comparison | None:
    """The comparison that a paired statistic of how often each problem counts comes to; None where it is undefined."""
    found = interval(statistic, problems, seed=seed, resamples=resamples, within=(-1, 1))
    if found is None:
        return None
    # Never surer than one problem gained and one lost would make it: four problems of which none was lost do not show
    # that none will be (Agresti and Min, Statistics in Medicine 24, 2005, add such pairs before they count).
    error = max(found.error, math.sqrt(2) / problems)
    low, high = min(found.low, found.value - Z95 * error), max(found.high, found.value + Z95 * error)
    return Comparison(found.value, max(low, -1.0), min(high, 1.0), DETECTABLE * error, problems)
