"""Labels end at the first mistake that the labeler sees, and cost what was rated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.active_learning.labels import Labels, graded, overlooked
from studies.active_learning.solutions import Solutions

WRONG = st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=8)


def solutions(wrong: list[list[bool]], lengths: list[int] | None = None) -> Solutions:
    """One problem; each step is a kind of its own, counted through."""
    there = np.arange(4) < np.array(lengths or [4] * len(wrong))[:, None]
    kind = np.where(there, np.arange(4 * len(wrong)).reshape(-1, 4), -1)
    none = np.zeros(len(wrong), np.int64)
    mistaken = np.array(wrong) & there
    return Solutions(none, kind, mistaken, np.asarray(~mistaken.any(axis=1)), none, none)


@given(WRONG)
def test_labels_end_at_the_first_mistake_and_nothing_after_it_teaches(wrong: list[list[bool]]):
    made = solutions(wrong)
    labels = Labels.of(made)
    right, bad = labels.counts(np.arange(len(wrong)), 4 * len(wrong))
    for row, each in enumerate(wrong):
        end = each.index(True) + 1 if True in each else 4
        assert labels.steps(np.array([row])) == end
        rated = (right + bad)[4 * row : 4 * row + 4]
        assert rated.tolist() == [1] * end + [0] * (4 - end)
        assert bad[4 * row : 4 * row + 4].sum() == (True in each)
    assert labels.steps(np.arange(len(wrong))) == (right + bad).sum()


def test_beyond_a_solutions_last_step_nothing_is_rated() -> None:
    labels = Labels.of(solutions([[False] * 4], lengths=[2]))
    assert labels.steps(np.array([0])) == 2
    assert labels.counts(np.array([0]), 4)[0].tolist() == [1, 1, 0, 0]


def test_a_solution_labelled_twice_costs_and_counts_twice() -> None:
    labels = Labels.of(solutions([[False, True, False, False]]))
    assert labels.steps(np.array([0, 0])) == 4
    assert labels.counts(np.array([0, 0]), 4)[1].tolist() == [0, 2, 0, 0]


def test_an_overlooked_mistake_is_rated_right_and_the_label_goes_on() -> None:
    made = solutions([[False, True, False, True]])
    missed = np.array([[False, True, False, False]])
    labels = Labels.of(made, missed)
    right, bad = labels.counts(np.array([0]), 4)
    assert right.tolist() == [1, 1, 1, 0] and bad.tolist() == [0, 0, 0, 1]
    assert labels.steps(np.array([0])) == 4 and not labels.all_right[0]


def test_the_outcome_by_the_oracle_is_that_nothing_is_said_to_be_wrong() -> None:
    made = solutions([[False] * 4, [True, False, False, False]])
    assert Labels.of(made).all_right.tolist() == [True, False]
    assert Labels.of(made, made.wrong).all_right.tolist() == [True, True]


@pytest.mark.parametrize("rate", [0.1, 0.2])
def test_the_more_convincing_a_mistake_the_likelier_it_is_overlooked(rate: float) -> None:
    count = 40_000
    made = solutions([[True, False, False, False]] * count)
    probs = np.random.default_rng(0).random(4 * count)
    missed = overlooked(made, probs, rate, np.random.default_rng(1))
    assert not missed[:, 1:].any()
    convincing = probs[made.kind[:, 0]]
    assert missed.sum() / count == pytest.approx(rate, abs=0.01)
    quarters = np.array_split(missed[np.argsort(convincing), 0], 4)
    shares = [float(quarter.mean()) for quarter in quarters]
    assert shares == pytest.approx([rate / 4, 3 * rate / 4, 5 * rate / 4, 7 * rate / 4], abs=0.02)


def test_only_right_answers_are_graded_wrong_and_equal_texts_alike() -> None:
    count = 20_000
    text = np.arange(count) // 2
    none = np.zeros(count, np.int64)
    right = np.arange(count) % 4 < 2
    made = Solutions(none, none[:, None], right[:, None], right, text, none)
    said = graded(made, 0.05, np.random.default_rng(0))
    assert not said[~right].any()
    assert said[right].mean() == pytest.approx(0.95, abs=0.01)
    assert (said[::2] == said[1::2]).all()
