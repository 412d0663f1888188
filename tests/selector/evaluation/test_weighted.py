"""Hajek's estimator: the pool's share, from a sample whose members had unequal chances."""

import numpy as np
import pytest

from selector.evaluation.weighted import hajek
from tests.present import present


def test_who_had_a_small_chance_stands_for_many():
    found = hajek(["a", "b"], [True, False], [0.1, 0.5])
    assert present(found).value == pytest.approx(10 / 12)


def test_equal_chances_make_it_the_plain_share():
    assert present(hajek(range(4), [True, True, True, False], [0.2] * 4)).value == pytest.approx(0.75)


def test_it_finds_the_pools_share_where_the_plain_mean_does_not():
    """A pool of 2,000 in which what is true is drawn four times as often; 200 samples of it."""
    chance = np.random.default_rng(3)
    true = chance.random(2000) < 0.3
    chances = np.where(true, 0.2, 0.05)
    samples = [np.flatnonzero(chance.random(2000) < chances) for _ in range(200)]
    found = [present(hajek(range(len(one)), true[one].tolist(), chances[one].tolist())) for one in samples]
    assert np.mean([true[one].mean() for one in samples]) > 0.55
    assert np.mean([one.value for one in found]) == pytest.approx(true.mean(), abs=0.01)
    assert 0.9 <= np.mean([one.low <= true.mean() <= one.high for one in found]) <= 0.99


def test_an_empty_sample_says_nothing():
    assert hajek([], [], []) is None


@pytest.mark.parametrize("chance", [0, -0.1, 1.1])
def test_a_chance_of_nothing_or_more_than_all_is_refused(chance):
    with pytest.raises(ValueError, match="inclusion probability"):
        hajek(["a"], [True], [chance])
