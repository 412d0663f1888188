"""Finding the first mistake: ProcessBench's F1 (arXiv 2412.06559, section 3), its interval, and a threshold for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from selector.evaluation.bootstrap import Floats, Interval, Key, intervals, ratio, sums
from selector.prm.config import THRESHOLD

LEAST_TO_TUNE = 30  # solutions with a mistake, and as many without: with fewer, the best threshold is mostly luck


class Source(StrEnum):
    """Where a threshold comes from."""

    TRAINING = "training"
    UNTUNED = "untuned"
    OTHERS = "others"
    OPTION = "option"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Source.TRAINING: "tuned on training problems",
    Source.UNTUNED: "untuned",
    Source.OTHERS: "tuned on other problems",
    Source.OPTION: "as told",
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A step whose P(correct) is below it is called a mistake."""

    value: float
    source: Source

    @property
    def is_tuned(self) -> bool:
        return self.source in (Source.TRAINING, Source.OTHERS)


def predicted_first_error(step_probs: Sequence[float], threshold: float = THRESHOLD) -> int | None:
    """The first step whose P(correct) is below the threshold, counted from 0; None if there is none."""
    return next((place for place, p in enumerate(step_probs) if p < threshold), None)


def first_error(predicted: Sequence[int | None], actual: Sequence[int | None]) -> dict[str, Any]:
    """ProcessBench's measure: the harmonic mean of the accuracies on solutions with a mistake and without one.

    With a mistake, the exact step must be named. Without solutions of one of the two kinds the F1 is undefined, None.
    """
    (totals,) = tally([0] * len(actual), predicted, actual) if len(actual) else np.zeros((1, 4))
    f1, on_erroneous, on_correct = (None if np.isnan(share) else float(share) for share in accuracies(totals[None])[0])
    return {
        "f1": f1,
        "erroneous": on_erroneous,
        "correct": on_correct,
        "n_erroneous": int(totals[0]),
        "n_correct": int(totals[2]),
    }


def first_error_intervals(
    problems: Sequence[Key], predicted: Sequence[int | None], actual: Sequence[int | None], *, seed: int = 0
) -> dict[str, Interval | None]:
    """The three figures of `first_error`, each with its interval over problems; one entry per solution."""
    totals = tally(problems, predicted, actual)
    wrong, clean = (int((totals[:, kind] > 0).sum()) for kind in (0, 2))
    behind = [len(totals), wrong, clean]
    found = intervals(lambda counts: accuracies(counts @ totals), len(totals), seed=seed, behind=behind) or [None] * 3
    return dict(zip(("f1", "erroneous", "correct"), found, strict=True))


def tally(problems: Sequence[Key], predicted: Sequence[int | None], actual: Sequence[int | None]) -> Floats:
    """By problem (row): solutions with a mistake, those of them hit, solutions without, those of them hit."""
    rows = [
        (truth is not None, truth is not None and guess == truth, truth is None, truth is None and guess is None)
        for guess, truth in zip(predicted, actual, strict=True)
    ]
    return sums(problems, np.array(rows, dtype=np.float64).reshape(-1, 4))


def accuracies(totals: Floats) -> Floats:
    """F1, accuracy on erroneous and accuracy on correct solutions, from sums as `tally` makes them; NaN: undefined."""
    wrong, wrong_hit, clean, clean_hit = totals.T
    a, b = ratio(wrong_hit, wrong), ratio(clean_hit, clean)
    f1 = np.where((a + b) == 0, 0.0, ratio(2 * a * b, a + b))
    return np.stack([f1, a, b], axis=1)


def tuned_threshold(step_probs: Sequence[Sequence[float]], actual: Sequence[int | None]) -> float | None:
    """The threshold with the best F1 on these solutions; None unless there are both kinds.

    Nothing may be measured at it on the same problems. A solution is hit while the threshold lies in one interval:
    above its mistake's P(correct) and not above any before it, or not above all of them where there is no mistake. So
    all thresholds are tried at once. Where several ranges give the best F1, the widest one's middle is taken; of
    equally wide ones, the lowest's.
    """
    ranges = [_hit_range(probs, mistake) for probs, mistake in zip(step_probs, actual, strict=True)]
    lows, highs = np.array(ranges, dtype=np.float64).reshape(-1, 2).T
    wrong = np.array([mistake is not None for mistake in actual], dtype=bool)
    if not wrong.any() or wrong.all():
        return None
    edges = np.unique(np.concatenate([[0.0, 1.0], lows, highs]))
    middles = (edges[:-1] + edges[1:]) / 2
    tried = np.where(middles > edges[:-1], middles, edges[1:])  # no number lies between two neighbours
    a, b = (_hits(lows[kind], highs[kind], tried) / kind.sum() for kind in (wrong, ~wrong))
    f1 = np.where(a + b == 0, 0.0, ratio(2 * a * b, a + b))
    width = np.where(f1 == f1.max(), np.diff(edges), 0)
    return float(tried[width.argmax()])


def _hit_range(step_probs: Sequence[float], mistake: int | None) -> tuple[float, float]:
    """The thresholds t that name this mistake: low < t <= high; an empty range where none does."""
    before = min(step_probs[:mistake], default=1.0)
    low = 0.0 if mistake is None else min(step_probs[mistake], 1.0)
    return min(low, before), before


def _hits(lows: Floats, highs: Floats, tried: Floats) -> Floats:
    """How many of the ranges (low < t <= high) hold each of the thresholds tried."""
    return np.asarray(np.searchsorted(np.sort(lows), tried) - np.searchsorted(np.sort(highs), tried), dtype=np.float64)
