"""Stabilising predictions: kappa between successive models, how sure it is, and when more labels stop paying."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.evaluation.stability import f_bound, stability, stopping

BY_HAND = [(False, False)] * 20 + [(False, True)] * 5 + [(True, False)] * 10 + [(True, True)] * 15


def of_pairs(pairs, problems=None):
    before, now = zip(*pairs, strict=True)
    return stability(problems or range(len(pairs)), before, now)


def test_kappa_is_cohens():
    """Cohen (1960): 70% agree, chance alone would on 50%."""
    found = of_pairs(BY_HAND)
    assert (found.kappa, found.agreed, found.steps) == (pytest.approx(0.4), pytest.approx(0.7), 50)


def test_its_standard_error_is_that_of_a_multinomial_table():
    """The delta method with numeric derivatives, which the closed form of 1969 comes from."""
    shares = np.array([20, 5, 10, 15]) / 50

    def kappa(cells):
        agreed, by_chance = (
            cells[0] + cells[3],
            np.outer([cells[0] + cells[1], cells[2] + cells[3]], [cells[0] + cells[2], cells[1] + cells[3]]).trace(),
        )
        return (agreed - by_chance) / (1 - by_chance)

    slopes = np.array([(kappa(shares + step) - kappa(shares - step)) / 2e-6 for step in np.eye(4) * 1e-6])
    variance = shares @ slopes**2 - (shares @ slopes) ** 2
    assert of_pairs(BY_HAND).error == pytest.approx(math.sqrt(variance / 50), rel=1e-4)


def test_steps_that_share_a_problem_make_the_interval_wider():
    alone, shared = of_pairs(BY_HAND * 4), of_pairs(BY_HAND * 4, [n // 20 for n in range(200)])
    assert shared.kappa == alone.kappa
    assert shared.high - shared.low > 1.5 * (alone.high - alone.low)


@pytest.mark.parametrize("pairs", [[(True, True)] * 4, [(False, False)]])
def test_kappa_is_undefined_where_both_call_every_step_the_same(pairs):
    assert of_pairs(pairs) is None


def test_kappa_is_undefined_without_a_step():
    assert stability([], [], []) is None


def test_models_that_agree_everywhere_are_stable_but_the_next_problem_may_differ():
    found = of_pairs([(True, True), (False, False)] * 30)
    assert found.kappa == 1
    assert found.low < 1
    assert f_bound(1) == 0


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_two_models_f_measures_differ_by_no_more_than_the_bound(steps):
    """Whatever the truth is: F of finding the wrong steps, which is what the theorem speaks of."""
    truth, before, now = zip(*steps, strict=True)
    found = stability(range(len(steps)), before, now)
    if found is None or (bound := f_bound(found.kappa)) is None:
        return
    f = [_f_of_wrong(truth, said) for said in (before, now)]
    assert abs(f[0] - f[1]) <= bound + 1e-9


def _f_of_wrong(truth, said):
    hits = sum(not t and not s for t, s in zip(truth, said, strict=True))
    claimed, there = said.count(False), truth.count(False)
    return 2 * hits / (claimed + there) if claimed + there else 0


def test_a_kappa_no_better_than_chance_bounds_nothing():
    assert f_bound(0) is None
    assert f_bound(-0.2) is None
    assert f_bound(0.5) is None
    assert f_bound(0.99) == pytest.approx(4 / 99)


@pytest.mark.parametrize(
    ("kappas", "mean", "met"),
    [
        ([], None, False),
        ([1.0, 1.0], None, False),
        ([0.99, 0.99, 0.99], 0.99, False),
        ([0.5, 0.99, 0.995, 0.996], 0.9936667, True),
        ([1.0, 1.0, 1.0, 0.9], 0.9666667, False),
    ],
)
def test_the_criterion_takes_the_mean_of_the_last_three_pairs(kappas, mean, met):
    found = stopping(kappas)
    assert found.mean == (None if mean is None else pytest.approx(mean))
    assert (found.met, found.pairs) == (met, len(kappas))
