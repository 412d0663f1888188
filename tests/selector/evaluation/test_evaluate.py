"""The measures mean what their sources say, and the order of what comes in changes none of them."""

import math
from itertools import combinations
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.evaluation import best_of_n as choosing
from selector.evaluation import calibration as calibrating
from selector.evaluation import first_error as finding
from selector.evaluation.best_of_n import Attempt, curve, outcomes
from selector.evaluation.calibration import auc
from selector.prm.aggregate import log_score
from tests.selector.shared_data import shared_rows


def attempt(problem: int, solution: int, score: float | None, answer: str | None, right: bool) -> Attempt:
    return Attempt(problem, solution, score, answer, right)


attempts = st.lists(
    st.builds(
        lambda problem, score, answer: (problem, score, answer),
        st.integers(0, 3),
        st.none() | st.sampled_from([-2.0, -1.0, -math.inf, 0.0]),
        st.none() | st.sampled_from("abc"),
    ),
    min_size=1,
    max_size=14,
).map(lambda rows: [attempt(p, n, s, a, a == "a") for n, (p, s, a) in enumerate(rows)])
choices = st.sampled_from(list(choosing.CHOICES))


def test_the_best_scored_attempt_is_chosen_and_one_without_a_score_never():
    found = outcomes(
        [
            attempt(1, 1, -0.5, "7", True),
            attempt(1, 2, -0.1, "8", False),
            attempt(2, 3, None, "7", True),
            attempt(2, 4, -math.inf, "8", False),
            attempt(3, 5, None, "7", True),
            attempt(4, 6, -3.0, None, True),
            attempt(5, 7, -9.0, "7", True),
        ]
    )
    assert found == {1: False, 2: False, 3: False, 4: False, 5: True}


def test_a_majority_wins_and_a_missing_answer_has_no_vote():
    found = outcomes(
        [
            *[attempt(1, n, None, "7", True) for n in range(2)],
            *[attempt(1, n, None, None, False) for n in range(2, 9)],
            attempt(1, 9, 0.0, "8", False),
            attempt(2, 10, 0.0, None, False),
        ],
        "majority_vote",
    )
    assert found == {1: True, 2: False}


def test_the_oracle_finds_any_right_attempt():
    rows = [attempt(1, 1, None, None, False), attempt(1, 2, -9.0, "7", True), attempt(2, 3, 0.0, "1", False)]
    assert outcomes(rows, "oracle") == {1: True, 2: False}


def test_a_score_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        outcomes([attempt(1, 1, math.nan, "7", True)])
    with pytest.raises(ValueError, match="not a number"):
        auc([True, False], [0.0, math.nan])


@given(attempts, choices, st.randoms(), st.integers(0, 5))
def test_the_order_of_the_attempts_is_irrelevant(rows, choice, random, seed):
    shuffled = random.sample(rows, len(rows))
    assert outcomes(rows, choice, seed=seed) == outcomes(shuffled, choice, seed=seed)
    assert curve(rows, [1, 2], choice, trials=5, seed=seed) == curve(shuffled, [1, 2], choice, trials=5, seed=seed)


@given(attempts, choices)
def test_drawing_everything_leaves_nothing_to_chance(rows, choice):
    most = max(sum(one.problem_id == p for one in rows) for p in range(4))
    (point,) = curve(rows, [most], choice, trials=7, seed=1)
    assert point["sd"] == 0
    assert point["mean"] == pytest.approx(fmean(outcomes(rows, choice, seed=1).values()))


def test_a_tie_is_broken_by_the_seed_and_by_nothing_else():
    tie = [attempt(1, n, -1.0, str(n), n == 0) for n in range(4)]
    for choice in ("best_of_n", "majority_vote"):
        seen = [outcomes(tie, choice, seed=seed)[1] for seed in range(40)]
        assert True in seen and False in seen
        assert seen == [outcomes(tie, choice, seed=seed)[1] for seed in range(40)]


def test_a_curve_pads_every_problem_and_counts_them_all():
    """Two of the four places of problem 2 are empty, and problem 3 has no attempt: exact shares by enumeration."""
    rows = [
        *[attempt(1, n, float(n), str(n), n == 3) for n in range(4)],
        *[attempt(2, n, 0.0, "7", True) for n in (4, 5)],
    ]
    points = curve(rows, [1, 2, 4], problems=[1, 2, 3], trials=4000, seed=0)
    pairs = list(combinations(range(4), 2))
    exact = {
        1: (1 / 4 + 2 / 4 + 0) / 3,
        2: (sum(3 in pair for pair in pairs) / 6 + sum(min(pair) < 2 for pair in pairs) / 6 + 0) / 3,
        4: 2 / 3,
    }
    assert {point["n"]: pytest.approx(point["mean"], abs=0.01) for point in points} == exact
    assert [point["problems"] for point in points] == [3, 3, 3]
    assert points[0]["sd"] > 0


def test_a_curve_of_nothing_is_zero_and_not_a_crash():
    assert curve([], [1])[0]["mean"] == 0
    assert outcomes([]) == {}


@pytest.mark.parametrize(
    ("probs", "threshold", "mistake"),
    [([0.9, 0.4, 0.1], 0.5, 1), ([0.9, 0.5], 0.5, None), ([0.9, 0.5], 0.6, 1), ([0.1], 0.5, 0), ([], 0.5, None)],
)
def test_the_first_mistake_is_the_first_step_below_the_threshold(probs, threshold, mistake):
    assert finding.predicted_first_error(probs, threshold) == mistake


def test_first_error_f1_is_the_harmonic_mean_of_both_accuracies():
    predicted = [1, 2, None, None, 0, None]
    actual = [1, 1, 1, None, None, None]
    assert finding.first_error(predicted, actual) == {
        "f1": pytest.approx(2 * (1 / 3) * (2 / 3)),
        "erroneous": pytest.approx(1 / 3),
        "correct": pytest.approx(2 / 3),
        "n_erroneous": 3,
        "n_correct": 3,
    }


def test_naming_the_end_of_a_clean_solution_is_no_hit():
    assert finding.first_error([3], [None])["correct"] == 0


def test_first_error_f1_is_zero_where_nothing_is_hit_and_undefined_without_both_kinds():
    assert finding.first_error([None, 0], [0, None])["f1"] == 0
    assert finding.first_error([0], [0])["f1"] is None
    assert finding.first_error([], []) == {
        "f1": None,
        "erroneous": None,
        "correct": None,
        "n_erroneous": 0,
        "n_correct": 0,
    }


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=1, max_size=30))
def test_auc_is_the_share_of_pairs_in_the_right_order(steps):
    good, bad = [s for right, s in steps if right], [s for right, s in steps if not right]
    pairs = [1.0 if g > b else 0.5 if g == b else 0.0 for g in good for b in bad]
    found = auc([right for right, _ in steps], [score for _, score in steps])
    assert found == (pytest.approx(fmean(pairs)) if pairs else None)


def test_the_position_only_baseline_learns_the_share_of_correct_steps_at_each_place():
    rates = calibrating.position_rates([[1, 0, -1], [1, None], [-1]])
    assert rates[:4] == [pytest.approx(3 / 5), pytest.approx(2 / 3), pytest.approx(1 / 3), 0.5]
    assert calibrating.position_only(rates, 2) == rates[:2]
    assert calibrating.position_only(rates, 40)[-1] == rates[-1]
    assert len(calibrating.position_only(rates, 40)) == 40


def test_calibration_tells_what_was_predicted_beside_what_came_true():
    found = calibrating.calibration([0.95, 0.95, 1.0, 0.15], [True, False, True, False], bins=10)
    assert found["n"] == 4
    assert found["bins"][9] == {
        "low": 0.9,
        "high": 1.0,
        "n": 3,
        "predicted": pytest.approx(2.9 / 3),
        "correct": pytest.approx(2 / 3),
    }
    assert found["bins"][5]["correct"] is None
    assert found["ece"] == pytest.approx((3 * (2.9 / 3 - 2 / 3) + 0.15) / 4)
    assert calibrating.calibration([], [])["ece"] is None


def test_on_real_samples_a_strong_public_model_beats_majority_voting_and_neither_beats_the_oracle():
    scores = {
        row["solution_id"]: log_score(row["prm_step_scores"]["qwen_prm"], "min")
        for row in shared_rows("bon32_gsm8k.prm_scores.jsonl")
        if row["prm_step_scores"]["qwen_prm"]
    }
    rows = [
        Attempt(
            row["problem_id"],
            row["solution_id"],
            scores.get(row["solution_id"]),
            row["answer"],
            row["is_correct"] is True,
        )
        for row in shared_rows("bon32_gsm8k.solutions.jsonl")
    ]
    full = {choice: np.mean(list(outcomes(rows, choice).values())) for choice in choosing.CHOICES}
    single = curve(rows, [1], trials=50)[0]["mean"]
    assert single < full["majority_vote"] < full["best_of_n"] < full["oracle"]
