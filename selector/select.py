"""A batch: the gate, control and audit strata, then what the rule picks from what is left of the pool.

Ranks, draws and digests depend on the candidates and the seed alone, never on the order they came in.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from selector.pool import Pool, Rows
from selector.types import Candidate, Pick

Scope = Literal["per_problem", "global"]
Share = Fraction | Decimal | str | int
SCOPES: tuple[Scope, ...] = get_args(Scope)


class NoChampion(ValueError):
    """The rule ranks by the champion's scores, and there are none."""


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
class Batch:
    """The picks in order of rank (of each problem in turn, where the scope is the problem), and how they came about.

    `shortfall` counts per stratum what was asked for and not there; what is missing of the wrong answers is asked of
    the remainder instead. `parameters` holds plain JSON values.
    """

    picks: tuple[Pick, ...]
    shortfall: Mapping[str, int]
    pool_digest: str
    gate_digest: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rows of a pool taken for one reason, best first, and how many were asked for.

    `chance` is the probability with which each row of the pool was drawn, where it was by lot from all of it.
    """

    name: str
    pool: Pool
    rows: Rows
    asked: int
    chance: float | None = None


Rule = Callable[[Pool, Rows, Terms], list[Stratum]]


def compose(
    pool: Iterable[Candidate],
    gate_pool: Iterable[Candidate] = (),
    *,
    rule: str,
    scope: Scope,
    k: int,
    wrong_share: Share = "0.8",
    control_share: Share = "0.1",
    audit_share: Share = "0.05",
    gate_k: int = 0,
    seed: int = 0,
) -> Batch:
    """Make a whole batch; raises NoChampion, or ValueError for parameters or scores that make no sense.

    The shares of control and audit, which come before the rule, are of the number of picks that the rule would make
    on the whole pool, rounded half up. The control is drawn from the whole pool.
    """
    shares = {"wrong_share": wrong_share, "control_share": control_share, "audit_share": audit_share}
    exact = {name: as_share(name, value) for name, value in shares.items()}
    terms = Terms(k, scope, exact["wrong_share"], seed)
    _check(rule, terms, gate_k)
    frozen, gate_frozen = Pool.of(pool), Pool.of(gate_pool)
    _check_apart(frozen, gate_frozen)
    gate = _drawn("gate", gate_frozen, gate_frozen.selectable(seed, scored=False), gate_k, seed)
    train = _train_strata(frozen, rule, terms, exact["control_share"], exact["audit_share"])
    parameters = {"rule": rule, "scope": scope, "k": k, "gate_k": gate_k, "seed": seed}
    return Batch(
        picks=_numbered([gate, *train], scope),
        shortfall={stratum.name: stratum.asked - len(stratum.rows) for stratum in (gate, *train)},
        pool_digest=frozen.digest,
        gate_digest=gate_frozen.digest,
        parameters=parameters | {name: str(value) for name, value in exact.items()},
    )


def convincing(pool: Pool, rows: Rows, terms: Terms) -> list[Stratum]:
    """The best-scored wrong answers, then the best-scored of all that remain (paper 2.4 and 4.2).

    `rows` stand best first. Where wrong answers are short the remainder fills up; no problem borrows from another.
    """
    group = _groups(pool, rows, terms.scope)
    order = np.argsort(group, kind="stable")
    rows, group = rows[order], group[order]
    groups = _group_count(pool, terms.scope)
    wrong = _first_of_group(group, pool.wrong[rows], np.full(groups, terms.n_wrong))
    remainder = _first_of_group(group, ~wrong, terms.k - np.bincount(group[wrong], minlength=groups))
    return [
        Stratum("wrong", pool, rows[wrong], asked=groups * terms.n_wrong),
        Stratum("remainder", pool, rows[remainder], asked=groups * terms.k - int(wrong.sum())),
    ]


def uniform(pool: Pool, rows: Rows, terms: Terms) -> list[Stratum]:
    """By lot, whatever the grade and the score: the rule for comparison, and the only one before a champion."""
    group = _groups(pool, rows, terms.scope)
    order = np.lexsort((pool.lot(rows, terms.seed, "uniform"), group))
    rows, group = rows[order], group[order]
    groups = _group_count(pool, terms.scope)
    taken = _first_of_group(group, np.ones(len(rows), np.bool_), np.full(groups, terms.k))
    return [Stratum("uniform", pool, rows[taken], asked=groups * terms.k)]


# A rule is its function and its line here; `RANKS_BY_SCORE` says which need a champion.
RULES: dict[str, Rule] = {"convincing": convincing, "uniform": uniform}
RANKS_BY_SCORE = frozenset({"convincing"})


def _train_strata(pool: Pool, rule: str, terms: Terms, control_share: Fraction, audit_share: Fraction) -> list[Stratum]:
    needs_scores = rule in RANKS_BY_SCORE
    if needs_scores and len(pool.problem) and not pool.scored.any():
        raise NoChampion(f"The rule {rule} needs a champion's scores, and no solution of the pool has one.")
    rows = pool.selectable(terms.seed, scored=needs_scores)
    wanted = sum(len(stratum.rows) for stratum in RULES[rule](pool, rows, terms))
    control = _drawn("control", pool, rows, half_up(wanted * control_share), terms.seed)
    left = _without(rows, control.rows)
    right = left[pool.right[left] & pool.scored[left]]
    audit_k = half_up(wanted * audit_share) if pool.scored.any() else 0
    audit = Stratum("audit", pool, right[:audit_k], asked=audit_k)
    return [control, audit, *RULES[rule](pool, _without(left, audit.rows), terms)]


def _drawn(name: str, pool: Pool, rows: Rows, count: int, seed: int) -> Stratum:
    """`count` rows by lot, all equally likely."""
    drawn = rows[np.argsort(pool.lot(rows, seed, name))][:count]
    return Stratum(name, pool, drawn, asked=count, chance=len(drawn) / len(rows) if len(rows) else None)


def _without(rows: Rows, taken: Rows) -> Rows:
    return rows[~np.isin(rows, taken)]


def _groups(pool: Pool, rows: Rows, scope: Scope) -> Rows:
    """What `k` counts within: the row's problem, or one group for all."""
    codes = pool.problem[rows].astype(np.int64)
    return codes if scope == "per_problem" else np.zeros_like(codes)


def _group_count(pool: Pool, scope: Scope) -> int:
    return len(pool.problem_ids) if scope == "per_problem" else 1


def _first_of_group(group: Rows, eligible: NDArray[np.bool_], quota: Rows) -> NDArray[np.bool_]:
    """A mask of the first `quota[g]` eligible rows of each group g; rows stand group by group, best first."""
    in_group = np.bincount(group[eligible], minlength=len(quota))
    before = np.cumsum(in_group) - in_group
    position = np.cumsum(eligible) - before[group]
    return eligible & (position <= quota[group])


def _numbered(strata: Iterable[Stratum], scope: Scope) -> tuple[Pick, ...]:
    """Ranks from 1, in the order of the strata, within each problem or over all."""
    last: dict[str | int | None, int] = {}
    picks = []
    for stratum in strata:
        for candidate in map(stratum.pool.candidate, stratum.rows.tolist()):
            within = candidate.problem_id if scope == "per_problem" else None
            last[within] = last.get(within, 0) + 1
            picks.append(Pick(candidate, last[within], stratum.name, stratum.chance))
    if scope == "per_problem":
        picks.sort(key=lambda pick: (_problem_order(pick.candidate.problem_id), pick.rank))
    return tuple(picks)


def _problem_order(problem_id: str | int) -> tuple[bool, str | int]:
    """A sort key under which numbers and texts get along."""
    return isinstance(problem_id, str), problem_id


def manifest(batch: Batch, **provenance: Any) -> dict[str, Any]:
    """All that made the batch and all that it holds, as JSON values; the same inputs give the same manifest.

    `provenance` is what the caller knows beside, such as the checkpoint. A score of minus infinity is "-inf".
    """
    return {
        **provenance,
        "pool_digest": batch.pool_digest,
        "gate_digest": batch.gate_digest,
        "parameters": dict(batch.parameters),
        "shortfall": dict(batch.shortfall),
        "picks": [_listed(pick) for pick in batch.picks],
    }


def _listed(pick: Pick) -> dict[str, Any]:
    score = pick.candidate.log_score
    return {
        "problem_id": pick.candidate.problem_id,
        "solution_id": pick.candidate.solution_id,
        "stratum": pick.stratum,
        "rank": pick.rank,
        "log_score": str(score) if score is not None and math.isinf(score) else score,
        "inclusion_probability": pick.inclusion_probability,
    }


def half_up(amount: Fraction) -> int:
    """The nearest integer, a half upwards, without a float in between: round() would send 2.5 to 2."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def as_share(name: str, value: Share) -> Fraction:
    """An exact share between 0 and 1: "0.8" is four fifths, which the float 0.8 is not."""
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{name} is a number between 0 and 1, not {value!r}.") from None
    if not 0 <= share <= 1:
        raise ValueError(f"{name} lies between 0 and 1, not at {value}.")
    return share


def _check(rule: str, terms: Terms, gate_k: int) -> None:
    if rule not in RULES:
        raise ValueError(f"A rule is one of {', '.join(RULES)}, not {rule!r}.")
    if terms.scope not in SCOPES:
        raise ValueError(f"A scope is one of {', '.join(SCOPES)}, not {terms.scope!r}.")
    if terms.k < 1 or gate_k < 0:
        raise ValueError("k is at least 1 and gate_k at least 0.")


def _check_apart(pool: Pool, gate_pool: Pool) -> None:
    if shared := set(pool.problem_ids) & set(gate_pool.problem_ids):
        raise ValueError(f"Problem {min(map(str, shared))} is both in the pool and held out for the gate.")
