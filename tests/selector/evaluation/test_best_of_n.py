"""What eval.py draws at random, the closed forms count; votes and the oracle mean what they say."""

import math
import random
from collections import defaultdict
from itertools import combinations
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selector.evaluation import best_of_n
from selector.evaluation.best_of_n import Attempt, curve, exact, quintiles, sampled, tabulate
from tests.present import present

rows = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.none() | st.sampled_from([-3.0, -2.0, -1.0, -math.inf, 0.0]),
        st.none() | st.sampled_from("abc"),
    ),
    min_size=1,
    max_size=9,
).map(lambda found: [Attempt(p, n, score, answer, answer == "a") for n, (p, score, answer) in enumerate(found)])


def some_attempts(problems: int, each: int, seed: int = 0) -> list[Attempt]:
    """Without ties; a few have no answer, and problems differ in how many attempts they have."""
    chance = random.Random(seed)
    found = []
    for problem in range(problems):
        ease = chance.random()
        for n in range(each - problem % 3):
            right = chance.random() < ease
            answer = "a" if right else chance.choice(["b", "c", None])
            found.append(Attempt(problem, f"{problem}-{n}", chance.gauss(right, 1) - 5, answer, right))
    return found


def by_hand(group: list[Attempt | None], choice: str) -> float:
    """The chance that the choice among these attempts is right, equal scores sharing evenly."""
    there = [one for one in group if one is not None]
    if choice == "oracle":
        return float(any(one.right for one in there))
    scored = [(one.score, one.right) for one in there if one.answer is not None and one.score is not None]
    best = [right for score, right in scored if score == max(scored)[0]]
    return fmean(best) if best else 0.0


@given(rows, st.sampled_from(sorted(best_of_n.EXACT)))
def test_the_closed_form_counts_every_subset(attempts: list[Attempt], choice: str) -> None:
    groups: dict[object, list[Attempt | None]] = defaultdict(list)
    for one in attempts:
        groups[one.problem_id].append(one)
    size = max(map(len, groups.values()))
    ns = range(1, size + 1)
    padded = {key: group + [None] * (size - len(group)) for key, group in groups.items()}
    found = exact(tabulate(attempts), ns, choice)
    for problem, right in zip(found.problems, found.right, strict=True):
        for n, chance in zip(ns, right, strict=True):
            assert chance == pytest.approx(
                fmean(by_hand(list(some), choice) for some in combinations(padded[problem], n))
            )


@pytest.mark.parametrize("choice", sorted(best_of_n.EXACT))
def test_the_trials_come_to_what_the_closed_form_says(choice: str) -> None:
    tables, ns = tabulate(some_attempts(12, 20)), [1, 2, 5, 13, 20]
    drawn, counted = sampled(tables, ns, choice, trials=4000, seed=1).points(), exact(tables, ns, choice).points()
    for one, other in zip(drawn, counted, strict=True):
        assert one["mean"] == pytest.approx(other["mean"], abs=4 * other["sd"] / math.sqrt(4000) + 1e-12)
        assert one["sd"] == pytest.approx(other["sd"], rel=0.05, abs=1e-12)
    assert (drawn[0]["trials"], counted[0]["trials"]) == (4000, None)


def published(attempts: list[Attempt], n: int, trials: int, seed: int) -> list[float]:
    """The method of openai/prm800k's eval.py in its own steps: pad, shuffle, take n, drop, choose, count all."""
    chance, groups = random.Random(seed), defaultdict(list)
    for one in attempts:
        groups[one.problem_id].append(one)
    size, accuracies = max(map(len, groups.values())), []
    for _ in range(trials):
        solved = 0
        for group in groups.values():
            padded = group + [None] * (size - len(group))
            chance.shuffle(padded)
            there = [one for one in padded[:n] if one is not None and one.answer is not None]
            solved += bool(there) and max(there, key=lambda one: present(one.score)).right
        accuracies.append(solved / len(groups))
    return accuracies


@pytest.mark.parametrize("n", [1, 4, 20])
def test_best_of_n_is_what_the_published_script_measures(n: int) -> None:
    attempts = some_attempts(12, 20)
    theirs = published(attempts, n, 2000, seed=3)
    (point,) = curve(attempts, [n], trials=2000, seed=4)
    assert point["mean"] == pytest.approx(fmean(theirs), abs=5 * pstdev(theirs) / math.sqrt(2000) + 1e-12)
    assert point["sd"] == pytest.approx(pstdev(theirs), rel=0.1, abs=1e-12)


def test_every_attempt_drawn_leaves_no_variance_and_half_leaves_some() -> None:
    points = exact(tabulate(some_attempts(12, 20)), [10, 20]).points()
    assert points[0]["sd"] > 0.01 and points[1]["sd"] == 0


def test_equal_scores_share_evenly_whatever_the_seed() -> None:
    tie = [Attempt(1, n, -1.0, str(n), n == 0) for n in range(4)]
    assert exact(tabulate(tie, seed=1), [4]).right == exact(tabulate(tie, seed=2), [4]).right == 1 / 4


def test_a_weighted_vote_adds_the_scores_of_equal_answers() -> None:
    """Two attempts of .3 outweigh one of .5, and one of .9 outweighs both."""
    rows = [
        Attempt(1, n, math.log(p), answer, answer == "a")
        for n, (p, answer) in enumerate([(0.3, "a"), (0.3, "a"), (0.5, "b")])
    ]
    assert best_of_n.outcomes(rows, "weighted_vote") == {1: True}
    assert best_of_n.outcomes([*rows, Attempt(1, 9, math.log(0.9), "c", False)], "weighted_vote") == {1: False}
    assert best_of_n.outcomes([Attempt(1, 1, None, "a", True)], "weighted_vote") == {1: False}


def test_a_weighted_vote_survives_scores_that_underflow() -> None:
    rows = [
        Attempt(1, n, -2000.0 + bonus, answer, answer == "a") for n, (bonus, answer) in enumerate([(1, "a"), (0, "b")])
    ]
    assert best_of_n.outcomes(rows, "weighted_vote") == {1: True}


@given(rows)
def test_equal_weights_vote_as_a_majority(attempts: list[Attempt]) -> None:
    level = [Attempt(one.problem_id, one.solution_id, -1.0, one.answer, one.right) for one in attempts]
    assert best_of_n.outcomes(level, "weighted_vote") == best_of_n.outcomes(level, "majority_vote")


@settings(max_examples=50)
@given(rows, st.sampled_from(["majority_vote", "weighted_vote", "best_of_n", "oracle"]))
def test_a_number_of_attempts_gives_the_same_alone_and_among_others(attempts: list[Attempt], choice: str) -> None:
    """Votes are carried on from one N to the next: that is not to change what they come to."""
    size = max(len(table.rank) for table in tabulate(attempts).values())
    together = curve(attempts, list(range(size, 0, -1)), choice, trials=20)
    assert together[0] == curve(attempts, [size], choice, trials=20)[0]
    if choice in best_of_n.EXACT:
        ns = list(range(1, size + 1))
        assert exact(tabulate(attempts), ns, choice).right[:, 0] == pytest.approx(
            exact(tabulate(attempts), [1], choice).right[:, 0]
        )


def test_padding_further_makes_every_draw_poorer() -> None:
    attempts = [Attempt(1, n, 0.0, "a", True) for n in range(2)]
    assert exact(tabulate(attempts), [1]).right == 1
    more = [Attempt(2, n, 0.0, "a", False) for n in range(8)]
    assert exact(tabulate([*attempts, *more]), [1]).by_problem(1) == {1: 2 / 8, 2: 0}


def test_quintiles_are_equal_parts_by_pass_rate_the_easiest_first() -> None:
    rates = {problem: (problem % 10) / 10 for problem in range(50)}
    parts = quintiles(rates)
    assert [len(part) for part in parts] == [10] * 5
    assert sorted(problem for part in parts for problem in part) == sorted(rates)
    assert [sorted({rates[one] for one in part}) for part in parts] == [
        [0.8, 0.9],
        [0.6, 0.7],
        [0.4, 0.5],
        [0.2, 0.3],
        [0, 0.1],
    ]
    assert quintiles(dict(reversed(rates.items()))) == parts


def test_every_point_has_an_interval_over_problems_that_holds_it() -> None:
    for point in exact(tabulate(some_attempts(30, 20)), [1, 4, 20]).points():
        assert 0 <= point["low"] < point["mean"] < point["high"] <= 1
        assert point["problems"] == 30


def test_some_of_the_problems_are_told_apart() -> None:
    whole = exact(tabulate(some_attempts(9, 5)), [1, 5])
    part = whole.of({2, 5})
    assert part.problems == [2, 5]
    assert part.by_problem(5) == {key: chance for key, chance in whole.by_problem(5).items() if key in (2, 5)}
