"""A reliability plot's bins and the error summed over them, with intervals; and where solutions are weakest."""

import random

import pytest

from selector.evaluation.calibration import calibration, minimum_at_last, reliability, weakest_at_last
from tests.present import present


def told(problems: int, bias: float, seed: int = 0):
    chance = random.Random(seed)
    probs = [chance.random() for _ in range(5 * problems)]
    return [n // 5 for n in range(5 * problems)], probs, [chance.random() < p - bias for p in probs]


def test_reliability_is_calibration_with_intervals():
    problems, probs, correct = told(200, 0.0)
    found, plain = reliability(problems, probs, correct), calibration(probs, correct)
    assert (found["ece"], found["n"], found["problems"]) == (plain["ece"], plain["n"], 200)
    for row, bare in zip(found["bins"], plain["bins"], strict=True):
        assert row.items() >= bare.items()
        assert row["correct_low"] <= row["correct"] <= row["correct_high"]


def test_a_model_that_promises_too_much_is_told_from_one_that_means_what_it_says():
    honest, boaster = (reliability(*told(400, bias)) for bias in (0.0, 0.3))
    assert honest["ece"] < 0.04 < 0.2 < boaster["ece_low"] < boaster["ece"] < boaster["ece_high"]


def test_a_bin_is_as_sure_as_the_problems_in_it_and_not_as_all_of_them():
    """Two problems of a hundred are in the first bin, and both say the same: the next may well differ."""
    found = reliability(range(100), [0.05] * 2 + [0.95] * 98, [False] * 2 + [True] * 98)
    assert found["bins"][0]["correct_high"] == pytest.approx(1 - 0.025 ** (1 / 2))


def test_an_empty_bin_has_no_interval_and_no_steps_no_error():
    found = reliability([1, 2], [0.95, 0.91], [True, False])
    assert found["bins"][0]["correct_low"] is None
    assert reliability([], [], [])["ece"] is None


@pytest.mark.parametrize(
    ("probs", "last"), [([0.9, 0.2], True), ([0.2, 0.9], False), ([0.5, 0.5], False), ([0.1], None)]
)
def test_the_last_step_is_the_weakest_where_it_alone_is(probs, last):
    assert weakest_at_last(probs) is last


def test_the_share_of_minima_at_the_last_step_leaves_single_steps_out():
    found = present(minimum_at_last([1, 1, 2, 3], [[0.9, 0.2], [0.2, 0.9], [0.8, 0.1], [0.1]]))
    assert found.value == pytest.approx(2 / 3)
    assert found.problems == 2
    assert minimum_at_last([1], [[0.1]]) is None
