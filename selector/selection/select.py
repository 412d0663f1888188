"""A batch: the gate, control and audit strata, then what the rule picks from what is left of the pool.

Ranks, draws and digests depend on the candidates and the seed alone, never on the order they came in.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from selector.selection import duplicates
from selector.selection.columns import Mask
from selector.selection.pool import Key, Pool
from selector.selection.rules import RULES, SCOPES, Scope, Stratum, Terms, half_up, without
from selector.selection.uncertain import NoStepProbs
from selector.types import Candidate, Grade, Pick

Share = Fraction | Decimal | str | int


class NoChampion(ValueError):
    """The rule ranks by the champion's scores, and there are none."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"The rule {rule} needs a champion's scores, and no solution of the pool has one.")


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


def compose(
    pool: Pool | Iterable[Candidate],
    gate_pool: Pool | Iterable[Candidate] = (),
    *,
    rule: str,
    scope: Scope,
    k: int,
    wrong_share: Share = "0.8",
    control_share: Share = "0.1",
    audit_share: Share = "0.05",
    gate_k: int = 0,
    near_duplicates: Share | None = None,
    seed: int = 0,
) -> Batch:
    """Make a whole batch; raises NoChampion, NoStepProbs, or ValueError for parameters or scores that make no sense.

    The shares of control and audit, which come before the rule, are of the number of picks that the rule would make
    on the whole pool, rounded half up. The control is drawn from the whole pool. With `near_duplicates`, texts of a
    problem that are at least so much alike count as duplicates (see `duplicates`); candidates bring their steps then.
    """
    shares = {"wrong_share": wrong_share, "control_share": control_share, "audit_share": audit_share}
    if near_duplicates is not None:
        shares["near_duplicates"] = near_duplicates
    exact = {name: as_share(name, value) for name, value in shares.items()}
    terms = Terms(k, scope, exact["wrong_share"], seed)
    _check(rule, terms, gate_k)
    frozen, gate_frozen = _frozen(pool), _frozen(gate_pool)
    _check_apart(frozen, gate_frozen)
    likeness = exact.get("near_duplicates")
    gate = _gate(duplicates.merged(gate_frozen, likeness), gate_k, seed)
    train = train_strata(duplicates.merged(frozen, likeness), rule, terms, exact["control_share"], exact["audit_share"])
    parameters = {"rule": rule, "scope": scope, "k": k, "gate_k": gate_k, "seed": seed}
    return Batch(
        picks=_numbered([gate, *train], scope),
        shortfall={stratum.name: stratum.asked - len(stratum.rows) for stratum in (gate, *train)},
        pool_digest=frozen.digest,
        gate_digest=gate_frozen.digest,
        parameters=parameters | {name: str(value) for name, value in exact.items()},
    )


def train_strata(pool: Pool, rule: str, terms: Terms, control_share: Fraction, audit_share: Fraction) -> list[Stratum]:
    """Control, audit, and the strata of the rule, in this order; `compose` makes them a batch."""
    key, needed = _ranking(pool, rule)
    free = pool.selectable(key, terms.seed, needed)
    wanted = _picks(pool, free, terms)
    control = _drawn("control", pool, free, half_up(wanted * control_share), terms.seed)
    left = without(free, control.rows)
    audit = _audit(pool, left, half_up(wanted * audit_share), terms.seed)
    return [control, audit, *RULES[rule](pool, without(left, audit.rows), terms)]


def _ranking(pool: Pool, rule: str) -> tuple[Key, Mask | None]:
    """The order in which one duplicate stands for all, and which rows the rule can rank (None: all)."""
    if rule == "uncertain":
        if pool.uncertainty is None and len(pool.place):
            raise NoStepProbs
        return pool.by_uncertainty, pool.uncertain
    if rule == "convincing":
        if len(pool.place) and not pool.scored.any():
            raise NoChampion(rule)
        return pool.by_score, pool.scored
    return pool.by_score, None


def _picks(pool: Pool, free: Mask, terms: Terms) -> int:
    """How many a rule takes: every one fills its `k` as far as there is something to take."""
    there = pool.count(free) if terms.scope == "per_problem" else np.array([np.count_nonzero(free)])
    return int(np.minimum(there, terms.k).sum())


def _gate(pool: Pool, count: int, seed: int) -> Stratum:
    return _drawn("gate", pool, pool.selectable(pool.by_score, seed), count, seed)


def _drawn(name: str, pool: Pool, free: Mask, count: int, seed: int) -> Stratum:
    """`count` rows by lot, all equally likely."""
    drawn = pool.first_of_all(free, count, pool.by_lot(seed, name), seed)
    there = np.count_nonzero(free)
    return Stratum(name, pool, drawn, asked=count, chance=len(drawn) / there if there else None)


def _audit(pool: Pool, free: Mask, count: int, seed: int) -> Stratum:
    """The best-scored right answers; without scores there is no telling them."""
    right = free & pool.graded(Grade.RIGHT) & pool.scored
    asked = count if pool.scored.any() else 0
    return Stratum("audit", pool, pool.first_of_all(right, asked, pool.by_score, seed), asked)


def _numbered(strata: Iterable[Stratum], scope: Scope) -> tuple[Pick, ...]:
    """Ranks from 1, in the order of the strata, within each problem or over all."""
    last: dict[str | int | None, int] = {}
    picks = []
    for stratum in strata:
        for row in stratum.rows.tolist():
            candidate = stratum.pool.candidate(row)
            within = candidate.problem_id if scope == "per_problem" else None
            last[within] = last.get(within, 0) + 1
            picks.append(Pick(candidate, last[within], stratum.name, stratum.chance, int(stratum.pool.place[row])))
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


def _frozen(candidates: Pool | Iterable[Candidate]) -> Pool:
    return candidates if isinstance(candidates, Pool) else Pool.of(candidates)


def _check_apart(pool: Pool, gate_pool: Pool) -> None:
    if shared := set(pool.problem_ids) & set(gate_pool.problem_ids):
        raise ValueError(f"Problem {min(map(str, shared))} is both in the pool and held out for the gate.")
