"""Whether a probability means what it says: calibration, AUC beside a baseline, and where solutions are weakest."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from selector.evaluation.best_of_n import ties
from selector.evaluation.bootstrap import Flags, Floats, Interval, Ints, Key, interval, intervals, ratio, sums
from selector.types import BAD

BINS = 10
PLACES = 12  # the position-only baseline pools all later steps: there are too few of each


def calibration(step_probs: Sequence[float], correct: Sequence[bool], bins: int = BINS) -> dict[str, Any]:
    """Expected calibration error over equally wide bins (Guo et al., arXiv 1706.04599), and what it is made of.

    Per bin of predicted P(correct): what was predicted on average, and the share that came true.
    """
    probs, truth = np.asarray(step_probs, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    places = _bins(probs, bins)
    rows = [
        _bin(place / bins, (place + 1) / bins, probs[places == place], truth[places == place]) for place in range(bins)
    ]
    gaps = [row["n"] * abs(row["predicted"] - row["correct"]) for row in rows if row["n"]]
    return {"ece": sum(gaps) / len(probs) if len(probs) else None, "n": len(probs), "bins": rows}


def reliability(
    problems: Sequence[Key], probs: Sequence[float], correct: Sequence[bool], *, bins: int = BINS, seed: int = 0
) -> dict[str, Any]:
    """`calibration` with intervals over problems: of the ECE (ece_low, ece_high), and of what came true in each bin.

    Noise only adds to an ECE, so that the interval of a small sample lies above the truth.
    """
    found = calibration(probs, correct, bins)
    if not found["n"]:
        return found | {"ece_low": None, "ece_high": None, "problems": 0}
    by_bin = np.eye(bins)[_bins(np.asarray(probs, dtype=np.float64), bins)]
    predicted, true = by_bin * np.asarray(probs)[:, None], by_bin * np.asarray(correct, dtype=np.float64)[:, None]
    totals = sums(problems, np.concatenate([by_bin, predicted, true], axis=1))

    def statistic(counts: Floats) -> Floats:
        n, said, came = np.split(counts @ totals, 3, axis=1)
        ece = np.abs(said - came).sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        return np.concatenate([ece, ratio(came, n)], axis=1)

    behind = [len(totals), *(totals[:, :bins] > 0).sum(axis=0).tolist()]
    ece, *of_bins = intervals(statistic, len(totals), seed=seed, behind=behind)
    assert ece is not None  # there is a step, so it is defined
    for row, one in zip(found["bins"], of_bins, strict=True):
        row["correct_low"], row["correct_high"] = (one.low, one.high) if one else (None, None)
    return found | {"ece_low": ece.low, "ece_high": ece.high, "problems": len(totals)}


def _bins(probs: Floats, bins: int) -> Ints:
    return np.asarray(np.minimum((probs * bins).astype(np.int64), bins - 1))


def _bin(low: float, high: float, probs: Floats, truth: Floats) -> dict[str, Any]:
    known = (
        {"predicted": float(probs.mean()), "correct": float(truth.mean())}
        if len(probs)
        else dict.fromkeys(("predicted", "correct"))
    )
    return {"low": low, "high": high, "n": len(probs), **known}


def weakest_at_last(step_probs: Sequence[float]) -> bool | None:
    """Whether the last step alone has the lowest P(correct); None where there is no other step."""
    return step_probs[-1] < min(step_probs[:-1]) if len(step_probs) > 1 else None


def minimum_at_last(
    problems: Sequence[Key], step_probs: Sequence[Sequence[float]], *, seed: int = 0
) -> Interval | None:
    """The share of solutions whose weakest step is the last one, with its interval; None where none has two steps.

    A high share says that the model judges answers rather than steps (arXiv 2501.07301, section 4.2).
    """
    known = [
        (problem, last)
        for problem, probs in zip(problems, step_probs, strict=True)
        if (last := weakest_at_last(probs)) is not None
    ]
    if not known:
        return None
    totals = sums([problem for problem, _ in known], np.array([(float(last), 1.0) for _, last in known]))

    def share(counts: Floats) -> Floats:
        last, all_of_them = (counts @ totals).T
        return ratio(last, all_of_them)

    return interval(share, len(totals), seed=seed)


def auc(correct: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The chance that a correct step outscores an incorrect one, ties a half; None unless there are both."""
    return ranked_auc(np.asarray(correct, dtype=bool), ties(scores))


def ranked_auc(correct: Flags, ranks: Ints, weights: Floats | None = None) -> float | None:
    """AUC of dense ranks, each step counted `weights` times."""
    weights = np.ones(len(correct)) if weights is None else weights
    good = np.bincount(ranks, weights * correct)
    bad = np.bincount(ranks, weights * ~correct)
    pairs = good.sum() * bad.sum()
    return float((good * (bad.cumsum() - bad / 2)).sum() / pairs) if pairs else None


def position_rates(ratings: Iterable[Sequence[int | None]]) -> list[float]:
    """The share of correct steps at each place of rated solutions, with one of each kind added to every place."""
    correct, rated = [1] * PLACES, [2] * PLACES
    for solution in ratings:
        for place, rating in enumerate(solution):
            if rating is not None:
                rated[min(place, PLACES - 1)] += 1
                correct[min(place, PLACES - 1)] += rating != BAD
    return [good / total for good, total in zip(correct, rated, strict=True)]


def position_only(rates: Sequence[float], steps: int) -> list[float]:
    """The baseline that knows nothing but a step's place: what any reward model has to beat."""
    return [rates[min(place, len(rates) - 1)] for place in range(steps)]
