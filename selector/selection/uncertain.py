"""How unsure a reward model is of a solution, for the rule that has people label what it is least sure of."""

from collections.abc import Sequence

import numpy as np

from selector.prm.config import THRESHOLD

# ActPRM's own choice of its two thresholds: how far from certain, and the standard deviation over the heads.
DOUBT = 0.05
DISAGREEMENT = 0.005


class NoStepProbs(ValueError):
    """The rule ranks by probabilities of steps, and there are none."""

    def __init__(self) -> None:
        super().__init__("An uncertainty needs head_step_probs or step_probs, and there are none.")


def uncertainty(
    head_step_probs: Sequence[Sequence[float]] | None,
    step_probs: Sequence[float] | None = None,
    threshold: float = THRESHOLD,
) -> float:
    """How far a solution is beyond ActPRM's bounds, at the worst step up to its first predicted mistake.

    `head_step_probs[h][t]` is P(correct) of step t by head h of an ensemble; `step_probs` counts only where there is
    no ensemble, and then nothing disagrees. Over the steps up to and including the first whose mean over the heads mu
    is below the checkpoint's `threshold` (all steps, where none is):

        uncertainty = max over t of max(min(mu_t, 1 - mu_t) / 0.05, sigma_t / 0.005)

    with sigma the standard deviation over the heads (n - 1). ActPRM (arXiv 2504.10559, section 3; the authors' trainer)
    has a solution labelled where at such a step max(mu, 1 - mu) < 0.95 or sigma > 0.005: where this exceeds 1. The
    ranking by how far is ours: a batch has a size, and a bound has none. Raises NoStepProbs where both are None, and
    ValueError for heads of unequal length, none at all, and anything that is no probability.
    """
    if head_step_probs is None:
        if step_probs is None:
            raise NoStepProbs
        return _doubt(step_probs, threshold)
    if len({len(head) for head in head_step_probs}) != 1 or not len(head_step_probs[0]):
        raise ValueError("The heads of an ensemble give each step of a solution a probability.")
    probs = np.array(head_step_probs, np.float64)
    if not ((probs >= 0) & (probs <= 1)).all():  # false for NaN too
        raise ValueError("Probabilities of steps lie between 0 and 1.")
    mean = probs.mean(axis=0)
    sigma = probs.std(axis=0, ddof=1) if len(probs) > 1 else np.zeros_like(mean)
    mistakes = np.flatnonzero(mean < threshold)
    seen = slice(mistakes[0] + 1 if len(mistakes) else None)
    doubt = np.minimum(mean, 1 - mean)
    return float(max((doubt[seen] / DOUBT).max(), (sigma[seen] / DISAGREEMENT).max()))


def _doubt(step_probs: Sequence[float], threshold: float) -> float:
    """The same of a model that is no ensemble: for a few steps plain arithmetic takes a fraction of numpy's time."""
    if not len(step_probs):
        raise ValueError("The heads of an ensemble give each step of a solution a probability.")
    if not all(0 <= p <= 1 for p in step_probs):  # false for NaN too
        raise ValueError("Probabilities of steps lie between 0 and 1.")
    mistake = next((at for at, p in enumerate(step_probs) if p < threshold), len(step_probs))
    return max(min(p, 1 - p) / DOUBT for p in step_probs[: mistake + 1])
