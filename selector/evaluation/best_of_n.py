"""Which of N attempts to trust: best-of-N by a reward model's score, voting, and the oracle that bounds them all.

Sampled as openai/prm800k's eval.py does (paper, section 3): every problem is padded with missing attempts to the
largest number, N are drawn without replacement, missing ones and those without an answer dropped, one chosen; no
choice is wrong, and all problems count. What has a closed form is also told exactly, without drawing.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selector.evaluation.bootstrap import Flags, Floats, Ints, Key, Problem, intervals

# The numbers of attempts that eval.py reports.
PUBLISHED_NS = (10, 25, 50, 75, 100, 200, 300, 400, 500, 750, 1000, 1250, 1500, 1860)
TRIALS = 400  # and its number of draws


@dataclass(frozen=True, slots=True)
class Attempt:
    """One solution of a problem, as an evaluation sees it.

    `score` is the logarithm of the reward model's score (any other that ranks will do, but not for weighted votes).
    `answer` groups equal answers, None where there is none: such an attempt has no vote and is never chosen, and
    neither is one whose `score` is None. `right` is the grade; an unknown one is not right.
    """

    problem_id: Key
    solution_id: Key
    score: float | None
    answer: Hashable | None
    right: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A problem's attempts, padded to the common size; `answers` are numbered by a hash, which breaks ties."""

    rank: Ints  # by score, ties broken; -1: never chosen
    tie: Ints  # by score, equal scores share one; -1: never chosen
    weight: Floats  # the score itself, the best one's being 1; 0: none
    code: Ints  # which answer; -1: none
    right: Flags
    right_code: Flags  # by answer: whether that answer is right


@dataclass(frozen=True, slots=True)
class Chances:
    """For each problem (row) and each N (column) the chance that the choice is right.

    `trials` is the number of draws it was estimated from, None where it is exact.
    """

    problems: list[Key]
    ns: list[int]
    right: Floats
    trials: int | None

    def of(self, problems: Collection[Key]) -> "Chances":
        """The same for some of the problems."""
        rows = [row for row, problem in enumerate(self.problems) if problem in problems]
        return Chances([self.problems[row] for row in rows], self.ns, self.right[rows], self.trials)

    def points(self, *, seed: int = 0) -> list[dict[str, Any]]:
        """Accuracy by N: `mean`, the `sd` of one trial's accuracy, and a 95% interval over problems (low, high)."""
        size = max(1, len(self.problems))
        mean = self.right.sum(axis=0) / size
        sd = np.sqrt((self.right * (1 - self.right)).sum(axis=0)) / size  # problems are drawn from independently
        found = intervals(lambda counts: counts @ self.right / size, len(self.problems), seed=seed)
        bounds = [(one.low, one.high) if one else (None, None) for one in found] or [(None, None)] * len(self.ns)
        return [
            {"n": n, "mean": float(m), "sd": float(s), "low": low, "high": high}
            | {"trials": self.trials, "problems": len(self.problems)}
            for n, m, s, (low, high) in zip(self.ns, mean, sd, bounds, strict=True)
        ]

    def by_problem(self, n: int) -> dict[Key, float]:
        """For a paired comparison: each problem's chance at this N."""
        return dict(zip(self.problems, self.right[:, self.ns.index(n)].tolist(), strict=True))


def joined(parts: Sequence[Chances]) -> Chances:
    """The chances of several sets of problems, at the same ns and by the same method, as those of one."""
    return Chances(
        [problem for part in parts for problem in part.problems],
        parts[0].ns,
        np.concatenate([part.right for part in parts]),
        parts[0].trials,
    )


# Attempts in the order drawn, (trials, size), and the ns -> whether the chosen one is right, (trials, ns).
Choice = Callable[[Table, Ints, Ints], Flags]


def outcomes(attempts: Iterable[Attempt], choice: str = "best_of_n", *, seed: int = 0) -> dict[Key, bool]:
    """Per problem, whether the choice among all its attempts is right. Ties are broken by a hash of (seed, id)."""
    tables = tabulate(attempts, seed)
    choose = CHOICES[choice]
    whole = {size: (np.arange(size)[None], np.array([size])) for size in {len(one.rank) for one in tables.values()}}
    return {key: bool(choose(table, *whole[len(table.rank)])[0, 0]) for key, table in tables.items()}


def curve(
    attempts: Iterable[Attempt],
    ns: Sequence[int],
    choice: str = "best_of_n",
    *,
    problems: Iterable[Key] = (),
    trials: int = TRIALS,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Accuracy by number of attempts drawn, from trials; `problems` count also without any attempt."""
    return sampled(tabulate(attempts, seed, problems), ns, choice, trials=trials, seed=seed).points(seed=seed)


def sampled(
    tables: Mapping[Key, Table], ns: Sequence[int], choice: str, *, trials: int = TRIALS, seed: int = 0
) -> Chances:
    """The published method. One order is drawn per trial and problem, and each N takes its head."""
    chance, upto = np.random.default_rng(seed), np.array(ns, dtype=np.int64)
    right = np.zeros((len(tables), len(ns)))
    for row, table in enumerate(tables.values()):
        orders = np.broadcast_to(np.arange(len(table.rank)), (trials, len(table.rank)))
        drawn = chance.permuted(orders, axis=1)[:, : max(ns)]
        right[row] = CHOICES[choice](table, drawn, np.minimum(upto, drawn.shape[1])).mean(axis=0)
    return Chances(list(tables), list(ns), right, trials)


def exact(tables: Mapping[Key, Table], ns: Sequence[int], choice: str = "best_of_n") -> Chances:
    """What the trials of `best_of_n` and `oracle` come to on average, by counting subsets; equal scores share evenly.

    The j-th best of S attempts (from 0) is the best of n drawn without replacement with chance C(S-1-j, n-1) / C(S, n).
    """
    lines = np.array([EXACT[choice](table) for table in tables.values()]).reshape(len(tables), -1)
    heads = np.array([_head(lines.shape[1], n) for n in ns]).reshape(len(ns), lines.shape[1])
    return Chances(list(tables), list(ns), np.clip(lines @ heads.T, 0, 1), None)


def _head(size: int, n: int) -> Floats:
    """By place in a line of `size`, the chance that the first of the n drawn stands there."""
    if not size:
        return np.zeros(0)
    n, places = min(n, size), np.arange(size - 1)
    return n / size * np.cumprod(np.concatenate([[1.0], np.maximum(0, size - n - places) / (size - 1 - places)]))


def _by_score(table: Table) -> Floats:
    """How right the attempts are from the best-scored one down; equal scores share what they have."""
    line = np.zeros(len(table.rank))
    ranked = np.flatnonzero(table.tie >= 0)
    if len(ranked):
        ties = table.tie[ranked]
        share = np.bincount(ties, table.right[ranked]) / np.bincount(ties)
        line[: len(ranked)] = share[np.sort(ties)[::-1]]
    return line


def _right_first(table: Table) -> Floats:
    return np.sort(table.right.astype(np.float64))[::-1]


EXACT: dict[str, Callable[[Table], Floats]] = {"best_of_n": _by_score, "oracle": _right_first}


def _best(table: Table, drawn: Ints, ns: Ints) -> Flags:
    by_rank = np.zeros(len(table.rank) + 1, dtype=bool)  # the last place is -1: nothing to choose
    by_rank[table.rank[table.rank >= 0]] = table.right[table.rank >= 0]
    return np.asarray(by_rank[np.maximum.accumulate(table.rank[drawn], axis=1)[:, ns - 1]])


def _any_right(table: Table, drawn: Ints, ns: Ints) -> Flags:
    return np.asarray(np.logical_or.accumulate(table.right[drawn], axis=1)[:, ns - 1])


def _majority(table: Table, drawn: Ints, ns: Ints) -> Flags:
    return _voted(table, drawn, ns, np.ones(len(table.code)))


def _weighted(table: Table, drawn: Ints, ns: Ints) -> Flags:
    return _voted(table, drawn, ns, table.weight)


def _voted(table: Table, drawn: Ints, ns: Ints, weight: Floats) -> Flags:
    """The answer with most votes, the earlier code where they are equal; missing answers (-1) vote in the last slot."""
    trials, answers = len(drawn), len(table.right_code)
    right = np.zeros((trials, len(ns)), dtype=bool)
    if not answers:
        return right
    slots = np.arange(trials)[:, None] * (answers + 1) + table.code[drawn] % (answers + 1)
    votes, counted = np.zeros(trials * (answers + 1)), 0
    for place in np.argsort(ns):
        newly = slice(counted, ns[place])
        votes += np.bincount(slots[:, newly].ravel(), weight[drawn[:, newly]].ravel(), len(votes))
        counted = ns[place]
        by_answer = votes.reshape(trials, -1)[:, :answers]
        right[:, place] = table.right_code[by_answer.argmax(axis=1)] & (by_answer.max(axis=1) > 0)
    return right


CHOICES: dict[str, Choice] = {
    "best_of_n": _best,
    "majority_vote": _majority,
    "weighted_vote": _weighted,
    "oracle": _any_right,
}


def tabulate(attempts: Iterable[Attempt], seed: int = 0, problems: Iterable[Key] = ()) -> dict[Key, Table]:
    """Attempts by problem in a fixed order, so that the order of the input changes nothing.

    Raises ValueError for a score that is not a number.
    """
    groups: dict[Key, list[Attempt]] = defaultdict(list, {problem: [] for problem in problems})
    for attempt in attempts:
        groups[attempt.problem_id].append(attempt)
    size = max([1, *map(len, groups.values())])
    return {problem: _table(groups[problem], size, seed) for problem in sorted(groups, key=str)}


def _table(group: list[Attempt], size: int, seed: int) -> Table:
    group = sorted(group, key=lambda one: _draw(seed, one.solution_id))
    rank, tie, code = np.full(size, -1), np.full(size, -1), np.full(size, -1)
    right, weight = np.zeros(size, dtype=bool), np.zeros(size)
    right[: len(group)] = [one.right for one in group]
    places = np.array(
        [at for at, one in enumerate(group) if one.score is not None and one.answer is not None], dtype=int
    )
    scores = np.array([group[at].score for at in places], dtype=np.float64)
    rank[places[np.argsort(scores, kind="stable")]] = np.arange(len(places))
    tie[places] = ties(scores)
    best = scores.max(initial=-math.inf)
    weight[places] = np.exp(scores - best) if best > -math.inf else 0
    answers = sorted({one.answer for one in group if one.answer is not None}, key=lambda answer: _draw(seed, answer))
    codes = {answer: index for index, answer in enumerate(answers)}
    code[: len(group)] = [-1 if one.answer is None else codes[one.answer] for one in group]
    right_answers = {one.answer for one in group if one.right}
    return Table(rank, tie, weight, code, right, np.array([answer in right_answers for answer in answers], dtype=bool))


def ties(scores: Sequence[float] | Floats) -> Ints:
    """Each score's dense rank from 0: equal scores share one. Raises ValueError for one that is not a number."""
    if np.isnan(np.asarray(scores, dtype=np.float64)).any():
        raise ValueError("A score is not a number.")
    return np.asarray(np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)[1], dtype=np.int64)


def _draw(seed: int, key: Hashable) -> str:
    return hashlib.sha256(f"{seed}/{key!r}".encode()).hexdigest()


def quintiles(rates: Mapping[Problem, float], parts: int = 5) -> list[list[Problem]]:
    """Problems in equal parts by pass rate, the easiest first (paper, appendix G); equal rates are split by a hash."""
    ordered = sorted(rates, key=lambda problem: (-rates[problem], _draw(0, problem)))
    return [[ordered[place] for place in part] for part in np.array_split(np.arange(len(ordered)), parts)]
