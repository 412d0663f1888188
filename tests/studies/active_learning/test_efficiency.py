"""Data efficiency is a ratio of costs at the same accuracy, and a bound is called a bound."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.active_learning import efficiency
from studies.active_learning.efficiency import Ratio, accuracy_at, over_targets, ratio, reached, slope

SHARES = st.floats(0.01, 0.99)
CURVES = st.lists(st.tuples(st.integers(1, 60), SHARES), min_size=1, max_size=6, unique_by=lambda point: point[0]).map(
    lambda points: [(float(2 ** (cost / 4)), accuracy) for cost, accuracy in sorted(points)]
)
RISING = CURVES.map(lambda curve: list(zip([c for c, _ in curve], sorted(a for _, a in curve), strict=True)))


def test_between_two_budgets_accuracy_rises_with_the_logarithm_of_the_cost() -> None:
    assert reached([(100, 0.6), (400, 0.8)], 0.7) == pytest.approx(200)
    assert reached([(100, 0.6), (400, 0.8)], 0.8) == 400
    assert reached([(100, 0.6), (400, 0.8)], 0.5) == 100


def test_a_target_that_is_never_reached_has_no_cost() -> None:
    assert reached([(100, 0.6), (400, 0.8)], 0.81) is None


def test_the_first_time_counts_where_a_curve_falls_back() -> None:
    assert reached([(1, 0.5), (2, 0.9), (4, 0.7), (8, 0.95)], 0.9) == 2


@given(CURVES, SHARES)
def test_what_is_reached_lies_within_the_curve_and_at_the_target(curve: list[tuple[float, float]], target: float):
    cost = reached(curve, target)
    if cost is None:
        assert all(accuracy < target for _, accuracy in curve)
    else:
        assert curve[0][0] <= cost <= curve[-1][0] * (1 + 1e-9)
        if cost > curve[0][0]:
            assert accuracy_at(curve, cost) == pytest.approx(target, abs=1e-6)


@given(RISING, SHARES, SHARES)
def test_a_higher_target_never_costs_less(curve: list[tuple[float, float]], one: float, other: float):
    low, high = (reached(curve, target) for target in sorted((one, other)))
    assert high is None or (low is not None and low <= high * (1 + 1e-9))


@given(CURVES, st.floats(0.1, 10), SHARES)
def test_an_arm_that_does_the_same_for_a_part_of_the_cost_is_as_many_times_as_efficient(
    curve: list[tuple[float, float]], times: float, target: float
):
    cheaper = [(cost / times, accuracy) for cost, accuracy in curve]
    found = ratio(curve, cheaper, target)
    assert found is None or found.value == pytest.approx(times)


@given(CURVES, CURVES, SHARES)
def test_turned_round_the_ratio_is_its_inverse_and_the_bounds_change_sides(
    one: list[tuple[float, float]], other: list[tuple[float, float]], target: float
):
    found, inverse = ratio(one, other, target), ratio(other, one, target)
    if found is None or inverse is None:
        assert found is inverse is None
    else:
        assert found.value == pytest.approx(1 / inverse.value)
        assert (found.uniform_censored, found.arm_censored) == (inverse.arm_censored, inverse.uniform_censored)


@given(RISING, RISING, SHARES, st.integers(2, 8), SHARES)
def test_where_uniform_never_gets_there_the_true_ratio_is_at_least_what_is_told(
    uniform: list[tuple[float, float]], arm: list[tuple[float, float]], target: float, more: int, gain: float
):
    found = ratio(uniform, arm, target)
    if found and found.uniform_censored:
        longer = [*uniform, (uniform[-1][0] * more, max(gain, target))]
        later = ratio(longer, arm, target)
        assert later and not later.uniform_censored and later.value >= found.value * (1 - 1e-9)


def test_who_never_gets_there_stands_with_its_largest_budget() -> None:
    low, high = [(10.0, 0.5), (80.0, 0.6)], [(10.0, 0.5), (20.0, 0.9)]
    assert ratio(low, high, 0.9) == Ratio(4, uniform_censored=True)
    assert ratio(high, low, 0.9) == Ratio(0.25, arm_censored=True)
    assert ratio(low, low, 0.9) is None


def test_targets_that_nobody_reaches_are_left_out_of_the_mean() -> None:
    uniform, arm = [(10.0, 0.5), (160.0, 0.9)], [(10.0, 0.5), (40.0, 0.9)]
    found = over_targets(uniform, arm, [0.9, 0.99])
    assert found and found.value == pytest.approx(4) and not found.uniform_censored
    assert over_targets(uniform, arm, [0.99]) is None
    both = over_targets(uniform, arm, [0.7, 0.9])
    assert both and both.value == pytest.approx(math.sqrt(4 * 2))


def test_the_slope_is_accuracy_per_doubling() -> None:
    assert slope([(100, 0.5), (200, 0.6), (400, 0.7)]) == pytest.approx(0.1)


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=12))
def test_the_median_lies_within_its_interval_and_the_interval_within_the_seeds(values: list[float]):
    spread = efficiency.median(values)
    assert spread and spread.seeds == len(values)
    assert min(values) <= spread.low <= spread.value <= spread.high <= max(values)


def test_seeds_without_a_ratio_are_not_counted_and_bounds_are() -> None:
    spread = efficiency.median_ratio([None, Ratio(2.0), Ratio(4.0, uniform_censored=True), Ratio(1, arm_censored=True)])
    assert spread and (spread.value, spread.seeds, spread.at_least, spread.at_most) == (2, 3, 1, 1)
    assert efficiency.median_ratio([None]) is None


def test_an_interval_of_seeds_that_agree_is_that_point() -> None:
    spread = efficiency.mean([0.75] * 5)
    assert spread and spread.low == spread.high == spread.value == 0.75
