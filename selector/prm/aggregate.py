"""P(correct) per step from class probabilities, and one score per solution from those (paper 2.6 and appendix F)."""

import math
from collections.abc import Sequence
from typing import Literal, get_args

from selector.types import BAD, CLASS_INDEX, GREAT, OKAY

NeutralAs = Literal["positive", "negative"]
Aggregate = Literal["product", "min", "last", "geometric_mean"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)


def p_correct(probs: Sequence[float], neutral_as: NeutralAs = "positive") -> float:
    """P(correct) of one step from its three class probabilities, ordered as `types.CLASS_INDEX`."""
    if len(probs) != len(CLASS_INDEX):
        raise ValueError(f"A step has {len(CLASS_INDEX)} class probabilities, not {len(probs)}.")
    if neutral_as not in get_args(NeutralAs):
        raise ValueError(f"neutral_as is positive or negative, not {neutral_as!r}.")
    great, okay = float(probs[CLASS_INDEX[GREAT]]), float(probs[CLASS_INDEX[OKAY]])
    _check_probabilities([great, okay, float(probs[CLASS_INDEX[BAD]])])
    return min(1.0, great + okay) if neutral_as == "positive" else great  # a softmax in float32 may sum to 1.0000001


def aggregate(step_probs: Sequence[float], how: Aggregate = "product") -> float:
    """The solution's score in [0, 1]: by default the probability that every step is correct, the product."""
    _check(step_probs, how)
    if how == "product":
        return math.prod(step_probs)
    return math.exp(log_score(step_probs, how)) if how == "geometric_mean" else _one_step(step_probs, how)


def log_score(step_probs: Sequence[float], how: Aggregate = "product") -> float:
    """The logarithm of the score, which ranks where the product of many steps would underflow; -inf for a zero."""
    _check(step_probs, how)
    if how in ("min", "last"):
        return _log(_one_step(step_probs, how))
    total = math.fsum(_log(p) for p in step_probs)
    return total / len(step_probs) if how == "geometric_mean" else total


def _one_step(step_probs: Sequence[float], how: Aggregate) -> float:
    return float(min(step_probs) if how == "min" else step_probs[-1])


def _log(p: float) -> float:
    return math.log(p) if p > 0 else -math.inf


def _check(step_probs: Sequence[float], how: Aggregate) -> None:
    if how not in AGGREGATES:
        raise ValueError(f"An aggregate is one of {', '.join(AGGREGATES)}, not {how!r}.")
    if not len(step_probs):
        raise ValueError("A solution without steps has no score.")
    _check_probabilities(step_probs)


def _check_probabilities(probs: Sequence[float]) -> None:
    if not all(0 <= p <= 1 for p in probs):  # false for NaN too
        raise ValueError(f"Probabilities lie between 0 and 1, not {list(probs)}.")
