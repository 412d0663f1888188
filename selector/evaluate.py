"""What a reward model is worth: best-of-N, voting, first-error F1, AUC, calibration; plain numbers in and out."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selector.types import BAD

Key = str | int
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
PLACES = 12  # the position-only baseline pools all later steps: there are too few of each


@dataclass(frozen=True, slots=True)
class Attempt:
    """One solution of a problem, as an evaluation sees it.

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
    """A problem's attempts, padded: `rank` orders by score (-1: never chosen), `code` tells the answer (-1: none)."""

    rank: Ints
    code: Ints
    right: Flags
    right_code: Flags  # by answer: whether that answer is right


Choice = Callable[[Table, Ints], Flags]  # the attempts drawn, (trials, n) -> whether the chosen one is right, (trials,)


def outcomes(attempts: Iterable[Attempt], choice: str = "best_of_n", *, seed: int = 0) -> dict[Key, bool]:
    """Per problem, whether the choice among all its attempts is right. Ties are broken by a hash of (seed, id)."""
    tables = tabulate(attempts, seed)
    return {key: bool(CHOICES[choice](table, np.arange(len(table.rank))[None])[0]) for key, table in tables.items()}


def curve(
    attempts: Iterable[Attempt],
    ns: Sequence[int],
    choice: str = "best_of_n",
    *,
    problems: Iterable[Key] = (),
    trials: int = 400,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Accuracy by number of attempts drawn, sampled as openai/prm800k's eval.py does.

    Every problem is padded with missing attempts to the largest number, n are drawn without replacement, missing ones
    dropped, one chosen; no choice is wrong, and all problems count, also those of `problems` without any attempt.
    """
    tables = list(tabulate(attempts, seed, problems).values())
    chance = np.random.default_rng(seed)
    size = len(tables[0].rank) if tables else 0
    right = np.zeros((len(ns), trials))
    for table in tables:
        drawn = chance.random((trials, size)).argsort(axis=1)
        for row, n in enumerate(ns):
            right[row] += CHOICES[choice](table, drawn[:, :n])
    share = right / max(1, len(tables))
    return [
        {"n": n, "mean": float(of_n.mean()), "sd": float(of_n.std()), "trials": trials, "problems": len(tables)}
        for n, of_n in zip(ns, share, strict=True)
    ]


def _best(table: Table, drawn: Ints) -> Flags:
    ranks = table.rank[drawn]
    chosen = np.take_along_axis(drawn, ranks.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.asarray(table.right[chosen] & (ranks.max(axis=1) >= 0))


def _majority(table: Table, drawn: Ints) -> Flags:
    answers = len(table.right_code)
    if not answers:
        return np.zeros(len(drawn), dtype=bool)
    slots = np.arange(len(drawn))[:, None] * (answers + 1) + table.code[drawn] % (answers + 1)  # -1 has the last slot
    votes = np.bincount(slots.ravel(), minlength=len(drawn) * (answers + 1)).reshape(len(drawn), -1)[:, :answers]
    return np.asarray(table.right_code[votes.argmax(axis=1)] & (votes.max(axis=1) > 0))


def _any_right(table: Table, drawn: Ints) -> Flags:
    return np.asarray(table.right[drawn].any(axis=1))


CHOICES: dict[str, Choice] = {"best_of_n": _best, "majority_vote": _majority, "oracle": _any_right}


def tabulate(attempts: Iterable[Attempt], seed: int, problems: Iterable[Key] = ()) -> dict[Key, Table]:
    """Attempts by problem in a fixed order, so that the order of the input changes nothing."""
    groups: dict[Key, list[Attempt]] = defaultdict(list, {problem: [] for problem in problems})
    for attempt in attempts:
        groups[attempt.problem_id].append(attempt)
    size = max(map(len, groups.values()), default=0)
    return {problem: _table(groups[problem], size, seed) for problem in sorted(groups, key=str)}


def _table(group: list[Attempt], size: int, seed: int) -> Table:
    group = sorted(group, key=lambda one: _draw(seed, one.solution_id))
    rank, code, right = np.full(size, -1), np.full(size, -1), np.zeros(size, dtype=bool)
    right[: len(group)] = [one.right for one in group]
    scores = [-math.inf if one.score is None else _number(one.score) for one in group]
    choosable = [at for at, one in enumerate(group) if one.score is not None and one.answer is not None]
    for place, at in enumerate(sorted(choosable, key=lambda at: scores[at])):
        rank[at] = place
    answers = sorted({one.answer for one in group if one.answer is not None}, key=lambda answer: _draw(seed, answer))
    codes = {answer: index for index, answer in enumerate(answers)}
    code[: len(group)] = [-1 if one.answer is None else codes[one.answer] for one in group]
    right_answers = {one.answer for one in group if one.right}
    right_code = np.array([answer in right_answers for answer in answers], dtype=bool)
    return Table(rank, code, right, right_code)


def _number(score: float) -> float:
    if math.isnan(score):
        raise ValueError("A score is not a number.")
    return score


def _draw(seed: int, key: Hashable) -> str:
    return hashlib.sha256(f"{seed}/{key!r}".encode()).hexdigest()


def predicted_first_error(step_probs: Sequence[float], threshold: float = 0.5) -> int | None:
    """The first step whose P(correct) is below the threshold, counted from 0; None if there is none."""
    return next((place for place, p in enumerate(step_probs) if p < threshold), None)


def first_error(predicted: Sequence[int | None], actual: Sequence[int | None]) -> dict[str, Any]:
    """ProcessBench's measure: the harmonic mean of the accuracies on solutions with a mistake and without one.

    With a mistake, the exact step must be named. Without solutions of one of the two kinds the F1 is undefined, None.
    """
    pairs = list(zip(predicted, actual, strict=True))
    hits = [guess == truth for guess, truth in pairs if truth is not None]
    clean = [guess is None for guess, truth in pairs if truth is None]
    on_erroneous, on_correct = _share(hits), _share(clean)
    f1 = None if on_erroneous is None or on_correct is None else _harmonic(on_erroneous, on_correct)
    return {
        "f1": f1,
        "erroneous": on_erroneous,
        "correct": on_correct,
        "n_erroneous": len(hits),
        "n_correct": len(clean),
    }


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


def auc(correct: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The chance that a correct step outscores an incorrect one, ties a half; None unless there are both."""
    return ranked_auc(np.asarray(correct, dtype=bool), ties(scores))


def ties(scores: Sequence[float]) -> Ints:
    """Each score's dense rank from 0: equal scores share one."""
    if np.isnan(np.asarray(scores, dtype=np.float64)).any():
        raise ValueError("A score is not a number.")
    return np.asarray(np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)[1])


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


def calibration(step_probs: Sequence[float], correct: Sequence[bool], bins: int = 10) -> dict[str, Any]:
    """Expected calibration error, and per bin of predicted P(correct) what was predicted and what came true."""
    probs, truth = np.asarray(step_probs, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    places = np.minimum((probs * bins).astype(np.int64), bins - 1)
    rows = [
        _bin(place / bins, (place + 1) / bins, probs[places == place], truth[places == place]) for place in range(bins)
    ]
    gaps = [row["n"] * abs(row["predicted"] - row["correct"]) for row in rows if row["n"]]
    return {"ece": sum(gaps) / len(probs) if len(probs) else None, "n": len(probs), "bins": rows}


def _bin(low: float, high: float, probs: Floats, truth: Floats) -> dict[str, Any]:
    known = (
        {"predicted": float(probs.mean()), "correct": float(truth.mean())}
        if len(probs)
        else dict.fromkeys(("predicted", "correct"))
    )
    return {"low": low, "high": high, "n": len(probs), **known}
