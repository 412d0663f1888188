"""The rules: what each wants of a pool. Adding one is its function and its line in `RULES`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Literal, get_args

from selector.selection.columns import Mask
from selector.selection.pool import Key, Pool
from selector.types import Grade

Scope = Literal["per_problem", "global"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule is told: `k` solutions of each problem, or in all, with this share of wrong answers."""

    k: int
    scope: Scope
    wrong_share: Fraction
    seed: int

    @property
    def n_wrong(self) -> int:
        return half_up(self.k * self.wrong_share)


@dataclass(frozen=True, slots=True)
class Want:
    """A stratum of a rule: of what is left `among` these rows (None: all), the first by `order`.

    It takes `until` the rule has so many, counting what its earlier strata took: of each problem or in all, as the
    scope says. No problem borrows from another. `order` must not be NaN for any row that the rule can rank.
    """

    stratum: str
    until: int
    order: Key
    among: Mask | None = None


class Needs(StrEnum):
    """What a rule can't rank without."""

    NOTHING = "nothing"
    SCORES = "scores"
    STEP_PROBS = "step_probs"


@dataclass(frozen=True, slots=True)
class Rule:
    """`wants` says what it takes, one stratum after the other; `strata` names all that it may make."""

    wants: Callable[[Pool, Terms], Sequence[Want]]
    strata: tuple[str, ...]
    needs: Needs = Needs.NOTHING

    @property
    def description(self) -> str:
        """The first line of what the function says of itself."""
        return (self.wants.__doc__ or "").partition("\n")[0]


def convincing(pool: Pool, terms: Terms) -> Sequence[Want]:
    """Wrong answers with the highest scores first, then the highest scores among all that remain.

    Where wrong answers are short the remainder fills up (paper 2.4 and 4.2).
    """
    return [
        Want("wrong", terms.n_wrong, pool.by_score, among=pool.graded(Grade.WRONG)),
        Want("remainder", terms.k, pool.by_score),
    ]


def uniform(pool: Pool, terms: Terms) -> Sequence[Want]:
    """By lot, whatever the grade and the score: the rule for comparison, which needs no champion."""
    return [Want("uniform", terms.k, pool.by_lot(terms.seed, "uniform"))]


def uncertain(pool: Pool, terms: Terms) -> Sequence[Want]:
    """What the champion is least sure of, whatever the grade (ActPRM)."""
    return [Want("uncertain", terms.k, pool.by_uncertainty)]


RULES = {
    "convincing": Rule(convincing, strata=("wrong", "remainder"), needs=Needs.SCORES),
    "uniform": Rule(uniform, strata=("uniform",)),
    "uncertain": Rule(uncertain, strata=("uncertain",), needs=Needs.STEP_PROBS),
}


def half_up(amount: Fraction) -> int:
    """The nearest integer, a half upwards, without a float in between: round() would send 2.5 to 2."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
