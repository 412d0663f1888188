"""An interval covers the truth about as often as it says, also where resampling alone would show no spread."""

import numpy as np
import pytest

from selector.evaluation import bootstrap
from selector.evaluation.bootstrap import interval, intervals, ratio, sums
from tests.present import present


def mean_of(values):
    return lambda counts: counts @ values / len(values)


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(10).random(
        400
    )  # another seed than the interval's, which would draw the same numbers
    found = present(interval(mean_of(values), 400))
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.error == pytest.approx(error, rel=0.06)
    low, high = found.value - 1.96 * error, found.value + 1.96 * error
    assert (found.low, found.high) == pytest.approx((low, high), abs=error / 4)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    chance = np.random.default_rng(1)
    sets = [(chance.random(60) < 0.7).astype(float) for _ in range(200)]
    found = [present(interval(mean_of(values), 60, resamples=400)) for values in sets]
    assert 0.90 <= np.mean([one.low <= 0.7 <= one.high for one in found]) <= 0.98


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.8147, 1.0), (0.0, 0.0, 0.1853)])
def test_where_all_problems_agree_the_next_one_may_still_differ(value, low, high):
    """Clopper and Pearson's interval for 18 of 18, and for 0 of 18."""
    found = present(interval(mean_of(np.full(18, value)), 18))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_no_problem_and_an_undefined_figure_have_no_interval():
    assert interval(mean_of(np.zeros(0)), 0) is None
    assert interval(lambda counts: np.full(len(counts), np.nan), 5) is None


def test_several_figures_come_from_the_same_draws():
    values = np.random.default_rng(2).random((40, 2))
    both = intervals(lambda counts: counts @ values / 40, 40, seed=3)
    for place, found in enumerate(map(present, both)):
        alone = present(interval(mean_of(values[:, place]), 40, seed=3))
        assert (found.low, found.high) == pytest.approx((alone.low, alone.high))


def test_drawing_in_blocks_changes_nothing(monkeypatch):
    values = np.random.default_rng(2).random(40)
    whole = interval(mean_of(values), 40, seed=3)
    monkeypatch.setattr(bootstrap, "BLOCK", 1000)
    assert interval(mean_of(values), 40, seed=3) == whole


def test_sums_by_problem_and_ratios_without_a_warning():
    totals = sums(["b", "a", "b"], np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert totals.tolist() == [[6, 8], [3, 4]]
    assert np.isnan(ratio(np.array([1.0]), np.array([0.0]))).all()
