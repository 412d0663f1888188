"""The first mistake: F1 as ProcessBench defines it, with its interval, at a threshold that gate chose."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from selector.evaluation.first_error import (
    first_error,
    first_error_intervals,
    predicted_first_error,
    tuned_threshold,
)
from tests.present import present

probability = st.sampled_from([0.0, 0.1, 0.3, 0.3001, 0.5, 0.7, 0.9, 1.0]) | st.floats(0, 1)
solutions = st.lists(
    st.lists(probability, min_size=1, max_size=5).flatmap(
        lambda probs: st.tuples(st.just(probs), st.none() | st.integers(0, len(probs) - 1))
    ),
    min_size=1,
    max_size=12,
)


def f1(found, threshold):
    return first_error([predicted_first_error(probs, threshold) for probs, _ in found], [truth for _, truth in found])[
        "f1"
    ]


@given(solutions, st.lists(probability, max_size=20))
@example([([0.0], None), ([5e-324], None), ([0.0], 0)], [])  # no threshold lies between the two
def test_no_other_threshold_finds_first_mistakes_better_than_the_tuned_one(found, others):
    threshold = tuned_threshold([probs for probs, _ in found], [truth for _, truth in found])
    if threshold is None:
        assert len({truth is None for _, truth in found}) == 1
        return
    told = sorted({p for probs, _ in found for p in probs} | {0.0, 1.0})
    between = [(a + b) / 2 for a, b in pairwise(told)]
    best = max(f1(found, other) for other in [*others, *told, *between])
    assert f1(found, threshold) == pytest.approx(best)


def test_the_tuned_threshold_stands_in_the_middle_of_the_best_range():
    assert tuned_threshold([[0.9, 0.2], [0.8, 0.6]], [1, None]) == pytest.approx(0.4)


@pytest.mark.parametrize("mistakes", [[0, 0], [None, None], []])
def test_a_threshold_cannot_be_tuned_without_both_kinds(mistakes):
    assert tuned_threshold([[0.5]] * len(mistakes), mistakes) is None


def test_the_intervals_hold_the_figures_and_draw_whole_problems():
    actual = [0, 1, None, None, 2] * 12
    predicted = [0, None, None, 1, 2] * 12
    told = first_error(predicted, actual)
    alone = {name: present(found) for name, found in first_error_intervals(range(60), predicted, actual).items()}
    for name, found in alone.items():
        assert found.value == pytest.approx(told[name])
        assert found.low < found.value < found.high
    assert [found.problems for found in alone.values()] == [60, 36, 24]  # of both kinds, of each
    tenfold = first_error_intervals([n % 60 for n in range(600)], predicted * 10, actual * 10)
    assert present(tenfold["f1"]).low == pytest.approx(alone["f1"].low)


def test_what_is_undefined_has_no_interval():
    found = first_error_intervals([1, 2], [0, 1], [0, 0])
    assert found["f1"] is None and found["correct"] is None
    assert present(found["erroneous"]).value == 0.5
    assert first_error_intervals([], [], []) == {"f1": None, "erroneous": None, "correct": None}
