"""The strata of a batch: each takes the first of what the earlier ones left of the pool, by an order of its own.

Every operation works through whole problems, some 65,000 rows at a time, so that what it needs beside the pool's
columns stays small and in the processor's cache.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selector.selection.columns import Mask, Rows
from selector.selection.pool import CODE, Key, Pool
from selector.selection.rules import RULES, Needs, Terms, half_up
from selector.selection.uncertain import NoStepProbs
from selector.types import Grade

BLOCK = 2**16  # rows
WIDE_BLOCK = 2**20  # rows, where each block costs the sorting of what is taken
SLOTS = np.uint64(2**20)


class NoChampion(ValueError):
    """The rule ranks by the champion's scores, and the pool has no scores."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"The rule {rule} needs a champion's scores, and no solution of the pool has one.")


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


def gate(pool: Pool, count: int, seed: int) -> Stratum:
    """Drawn by lot from the problems that are held out."""
    return _drawn("gate", pool, distinct(pool, pool.by_score, seed), count, seed)


def train(pool: Pool, rule: str, terms: Terms, control_share: Fraction, audit_share: Fraction) -> list[Stratum]:
    """Control, audit, and the strata of the rule, in this order. Raises NoChampion and NoStepProbs."""
    free = _free(pool, rule, terms.seed)
    there = pool.count(free) if terms.scope == "per_problem" else np.array([np.count_nonzero(free)])
    by_the_rule = int(np.minimum(there, terms.k).sum())
    control = _drawn("control", pool, free, half_up(by_the_rule * control_share), terms.seed)
    free[control.rows] = False
    audit = _audit(pool, free, half_up(by_the_rule * audit_share), terms.seed)
    free[audit.rows] = False
    return [control, audit, *_wanted(pool, free, rule, terms)]


def _free(pool: Pool, rule: str, seed: int) -> Mask:
    """What the rule can rank, and of duplicates the one that it ranks first."""
    if RULES[rule].needs is Needs.STEP_PROBS:
        if pool.uncertainty is None and len(pool.place):
            raise NoStepProbs
        return distinct(pool, pool.by_uncertainty, seed, pool.uncertain)
    if RULES[rule].needs is Needs.SCORES:
        if len(pool.place) and not pool.scored.any():
            raise NoChampion(rule)
        return distinct(pool, pool.by_score, seed, pool.scored)
    return distinct(pool, pool.by_score, seed)


def _drawn(name: str, pool: Pool, free: Mask, count: int, seed: int) -> Stratum:
    """`count` rows by lot, all equally likely."""
    drawn = _first_of_all(pool, free, count, pool.by_lot(seed, name), seed)
    there = np.count_nonzero(free)
    return Stratum(name, pool, drawn, asked=count, chance=len(drawn) / there if there else None)


def _audit(pool: Pool, free: Mask, count: int, seed: int) -> Stratum:
    """The best-scored right answers; without scores there is no telling them."""
    right = free & pool.graded(Grade.RIGHT) & pool.scored
    asked = count if pool.scored.any() else 0
    return Stratum("audit", pool, _first_of_all(pool, right, asked, pool.by_score, seed), asked)


def _wanted(pool: Pool, free: Mask, rule: str, terms: Terms) -> Iterator[Stratum]:
    """What the rule wants, one after the other; what it takes is free no longer."""
    per_problem = terms.scope == "per_problem"
    taken = np.zeros(len(pool.problem_ids) if per_problem else 1, np.int64)
    for want in RULES[rule].wants(pool, terms):
        eligible = free if want.among is None else free & want.among
        room = want.until - taken
        if per_problem:
            rows = _first_of_each(pool, eligible, room, want.order, terms.seed)
            taken += np.bincount(pool.problem(rows), minlength=len(taken))
        else:
            rows = _first_of_all(pool, eligible, int(room[0]), want.order, terms.seed)
            taken += len(rows)
        free[rows] = False
        yield Stratum(want.stratum, pool, rows, asked=int(room.sum()))


def distinct(pool: Pool, key: Key, seed: int, needed: Mask | None = None) -> Mask:
    """What a batch may take: the graded, of them the needed, and of duplicates the one that stands first by the key."""
    free: Mask = pool.grade != CODE[Grade.UNKNOWN]
    if needed is not None:
        free &= needed
    for column in (pool.text, pool.identity):
        for rows, _ in _blocks(pool, free, BLOCK):
            free[_beaten(pool, rows, column, key, seed)] = False
    return free


def _beaten(pool: Pool, rows: Rows, column: NDArray[np.uint64], key: Key, seed: int) -> Rows:
    """The rows that share their value with one that stands before them."""
    rows = rows[_repeated(column[rows])]
    value = column[rows]
    given_twice = pool.grade[rows], pool.text[rows]  # of one solution only these still tell the rows apart
    order = np.lexsort((*given_twice, pool.by_lot(seed, "tie")(rows), key(rows), value))
    beaten: Rows = rows[order[1:]][value[order[1:]] == value[order[:-1]]]
    return beaten


def _repeated(value: NDArray[np.uint64]) -> Rows:
    """The entries that share their value with another.

    Only those that share a slot of the table can, which saves the sorting of all the others.
    """
    slot, entry = (value % SLOTS).astype(np.int64), np.arange(len(value), dtype=np.uint32)
    table = np.empty(SLOTS, np.uint32)
    table[slot] = entry
    last = table[slot]
    clash = last != entry
    clash[last[clash]] = True
    order = np.flatnonzero(clash)
    order = order[np.argsort(value[order])]
    same = value[order[1:]] == value[order[:-1]]
    repeated = np.zeros(len(order), np.bool_)
    repeated[1:] |= same
    repeated[:-1] |= same
    return order[repeated]


def _first_of_each(pool: Pool, eligible: Mask, quota: Rows, key: Key, seed: int) -> Rows:
    """The first `quota[p]` eligible rows of each problem p by the key, which must not be NaN: problem by problem.

    Ties are broken by a hash of (seed, problem, solution).
    """
    taken = [np.empty(0, np.int64)]
    for rows, problems in _blocks(pool, eligible, BLOCK):
        size = np.diff(np.searchsorted(rows, pool.start[problems.start : problems.stop + 1]))
        taken.append(_cut(pool, rows, np.repeat(np.arange(len(size)), size), quota[problems], key, seed))
    return np.concatenate(taken)


def _first_of_all(pool: Pool, eligible: Mask, count: int, key: Key, seed: int) -> Rows:
    """The first `count` eligible rows by the key, whatever their problem."""
    taken = np.empty(0, np.int64)
    for rows, _ in _blocks(pool, eligible, WIDE_BLOCK) if count else ():
        rows = np.append(taken, rows)
        taken = _cut(pool, rows, np.zeros(len(rows), np.int64), np.array([count]), key, seed)
    return taken


def _cut(pool: Pool, rows: Rows, group: Rows, quota: Rows, key: Key, seed: int) -> Rows:
    """The first `quota[g]` rows of each group g, group by group: those far behind are never sorted out."""
    keys = key(rows)
    near = _contend(keys, group, quota)
    rows, keys, group = rows[near], keys[near], group[near]
    order = np.lexsort((pool.by_lot(seed, "tie")(rows), keys, group))
    rows, group = rows[order], group[order]
    return rows[np.arange(len(rows)) - np.searchsorted(group, group) < quota[group]]


def _contend(keys: NDArray[Any], group: Rows, quota: Rows) -> Mask:
    """The entries that are no worse than the last one which the quota of their group has room for."""
    near = np.ones(len(keys), np.bool_)
    begin = 0
    for end, room in zip(np.cumsum(np.bincount(group, minlength=len(quota))).tolist(), quota.tolist(), strict=True):
        if room < end - begin:
            those = keys[begin:end]
            near[begin:end] = those <= np.partition(those, room - 1)[room - 1] if room else False
        begin = end
    return near


def _blocks(pool: Pool, mask: Mask, size: int) -> Iterator[tuple[Rows, slice]]:
    """The rows that the mask holds, at most so many unless one problem has more, and which problems they are of."""
    first = 0
    while first < len(pool.problem_ids):
        whole = int(np.searchsorted(pool.start, pool.start[first] + size, side="right")) - 1
        problems = slice(first, max(first + 1, whole))
        begin, end = pool.start[problems.start], pool.start[problems.stop]
        if len(rows := begin + np.flatnonzero(mask[begin:end])):
            yield rows, problems
        first = problems.stop
