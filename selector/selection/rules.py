"""The rules: what each takes of a pool. Adding one is its function and its line in `RULES`."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np

from selector.selection.columns import Mask, Rows
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
class Stratum:
    """Rows of a pool taken for one reason, best first (of each problem in turn), and how many were asked for.

    `chance` is the probability with which each row of the pool was drawn, where it was by lot from all of it.
    """

    name: str
    pool: Pool
    rows: Rows
    asked: int
    chance: float | None = None


Rule = Callable[[Pool, Mask, Terms], list[Stratum]]


def convincing(pool: Pool, free: Mask, terms: Terms) -> list[Stratum]:
    """The best-scored wrong answers, then the best-scored of all that remain (paper 2.4 and 4.2).

    Where wrong answers are short the remainder fills up; no problem borrows from another.
    """
    groups = _group_count(pool, terms)
    wrong = _first(pool, free & pool.graded(Grade.WRONG), np.full(groups, terms.n_wrong), pool.by_score, terms)
    room = terms.k - np.bincount(_group(pool, wrong, terms), minlength=groups)
    remainder = _first(pool, without(free, wrong), room, pool.by_score, terms)
    return [
        Stratum("wrong", pool, wrong, asked=groups * terms.n_wrong),
        Stratum("remainder", pool, remainder, asked=groups * terms.k - len(wrong)),
    ]


def uniform(pool: Pool, free: Mask, terms: Terms) -> list[Stratum]:
    """By lot, whatever the grade and the score: the rule for comparison, and the only one before a champion."""
    return _one_stratum("uniform", pool, free, pool.by_lot(terms.seed, "uniform"), terms)


def uncertain(pool: Pool, free: Mask, terms: Terms) -> list[Stratum]:
    """The most uncertain, whatever the grade (ActPRM; see `uncertain.uncertainty`)."""
    return _one_stratum("uncertain", pool, free, pool.by_uncertainty, terms)


# What a rule can't do without is said in `select._ranking`.
RULES: dict[str, Rule] = {"convincing": convincing, "uniform": uniform, "uncertain": uncertain}


def half_up(amount: Fraction) -> int:
    """The nearest integer, a half upwards, without a float in between: round() would send 2.5 to 2."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def without(free: Mask, taken: Rows) -> Mask:
    left = free.copy()
    left[taken] = False
    return left


def _one_stratum(name: str, pool: Pool, free: Mask, key: Key, terms: Terms) -> list[Stratum]:
    groups = _group_count(pool, terms)
    rows = _first(pool, free, np.full(groups, terms.k), key, terms)
    return [Stratum(name, pool, rows, asked=groups * terms.k)]


def _first(pool: Pool, eligible: Mask, quota: Rows, key: Key, terms: Terms) -> Rows:
    """The first by the key: `quota[p]` of each problem p, or `quota[0]` in all."""
    if terms.scope == "per_problem":
        return pool.first_of_each(eligible, quota, key, terms.seed)
    return pool.first_of_all(eligible, int(quota[0]), key, terms.seed)


def _group(pool: Pool, rows: Rows, terms: Terms) -> Rows:
    """What `k` counts within: the row's problem, or one group for all."""
    return pool.problem(rows) if terms.scope == "per_problem" else np.zeros_like(rows)


def _group_count(pool: Pool, terms: Terms) -> int:
    return len(pool.problem_ids) if terms.scope == "per_problem" else 1
