"""A batch: the gate, control and audit strata, then what the rule picks from what is left of the pool.

Ranks, draws and digests depend on the candidates and the seed alone, never on the order they came in.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from selector.selection import duplicates, strata
from selector.selection.pool import Pool
from selector.selection.rules import RULES, SCOPES, Scope, Terms
from selector.types import Candidate, Pick

Share = Fraction | Decimal | str | int


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
    taken = [
        strata.gate(duplicates.merged(gate_frozen, likeness), gate_k, seed),
        *strata.train(duplicates.merged(frozen, likeness), rule, terms, exact["control_share"], exact["audit_share"]),
    ]
    parameters = {"rule": rule, "scope": scope, "k": k, "gate_k": gate_k, "seed": seed}
    return Batch(
        picks=_numbered(taken, scope),
        shortfall={stratum.name: stratum.asked - len(stratum.rows) for stratum in taken},
        pool_digest=frozen.digest,
        gate_digest=gate_frozen.digest,
        parameters=parameters | {name: str(value) for name, value in exact.items()},
    )


def _numbered(taken: Sequence[strata.Stratum], scope: Scope) -> tuple[Pick, ...]:
    """Ranks from 1, in the order of the strata, within each problem or over all."""
    last: dict[str | int | None, int] = {}
    picks = []
    for stratum in taken:
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
