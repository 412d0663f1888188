import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.selection.uncertain import NoStepProbs, uncertainty

probabilities = st.floats(0, 1)


@st.composite
def ensembles(draw: st.DrawFn) -> list[list[float]]:
    steps = draw(st.integers(1, 6))
    return draw(st.lists(st.lists(probabilities, min_size=steps, max_size=steps), min_size=2, max_size=5))


def test_a_doubtful_step_counts_in_units_of_the_papers_bound() -> None:
    assert uncertainty([[0.99, 0.9], [0.99, 0.9]]) == pytest.approx(0.1 / 0.05)


def test_a_step_the_heads_disagree_on_counts_in_units_of_the_papers_bound() -> None:
    assert uncertainty([[0.98], [1.0]]) == pytest.approx(math.sqrt(2) * 0.01 / 0.005)


def test_without_an_ensemble_nothing_disagrees() -> None:
    assert uncertainty(None, [0.99, 0.8]) == uncertainty([[0.99, 0.8]]) == pytest.approx(4)


def test_the_ensemble_counts_where_there_is_one() -> None:
    assert uncertainty([[0.99]], [0.5]) == pytest.approx(0.2)


def test_what_follows_the_first_predicted_mistake_does_not_count() -> None:
    """The mean decides what is a mistake: one head alone sees none at the first step."""
    assert uncertainty([[0.99, 0.01, 0.5], [0.99, 0.01, 0.5]]) == pytest.approx(0.2)
    assert uncertainty([[0.99, 0.5, 0.01], [0.99, 0.5, 0.01]]) == pytest.approx(10)  # a half is no mistake yet


def test_the_first_predicted_mistake_itself_counts() -> None:
    assert uncertainty(None, [1.0, 0.4, 0.5]) == pytest.approx(8)


@given(ensembles(), st.lists(probabilities, min_size=3, max_size=3))
def test_steps_after_a_predicted_mistake_never_change_it(heads: list[list[float]], after: list[float]) -> None:
    known = [[*head, 0.1] for head in heads]
    assert uncertainty([[*head, *after] for head in known]) == uncertainty(known)


@given(ensembles())
def test_the_order_of_the_heads_makes_no_difference(heads: list[list[float]]) -> None:
    assert uncertainty(heads[::-1]) == pytest.approx(uncertainty(heads))


@given(ensembles())
def test_it_exceeds_one_exactly_where_the_paper_has_a_solution_labelled(heads: list[list[float]]) -> None:
    def uncertain_step(probs: tuple[float, ...]) -> bool:
        mean = math.fsum(probs) / len(probs)
        sigma = math.sqrt(math.fsum((p - mean) ** 2 for p in probs) / (len(probs) - 1))
        return max(mean, 1 - mean) < 0.95 - 1e-9 or sigma > 0.005 + 1e-9

    def certain_step(probs: tuple[float, ...]) -> bool:
        mean = math.fsum(probs) / len(probs)
        sigma = math.sqrt(math.fsum((p - mean) ** 2 for p in probs) / (len(probs) - 1))
        return max(mean, 1 - mean) > 0.95 + 1e-9 and sigma < 0.005 - 1e-9

    steps = list(zip(*heads, strict=True))
    means = [math.fsum(step) / len(step) for step in steps]
    seen = steps[: next((i for i, mean in enumerate(means) if mean < 0.5), len(steps)) + 1]
    if any(map(uncertain_step, seen)):
        assert uncertainty(heads) > 1
    if all(map(certain_step, seen)):
        assert uncertainty(heads) <= 1


def test_without_probabilities_there_is_no_uncertainty() -> None:
    with pytest.raises(NoStepProbs, match="needs head_step_probs or step_probs"):
        uncertainty(None, None)


@pytest.mark.parametrize("heads", [[], [[]], [[0.5], []], [[0.5, 0.5], [0.5]]])
def test_heads_that_do_not_fit_each_other_are_refused(heads: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="heads of an ensemble"):
        uncertainty(heads)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        uncertainty([[0.5], [p]])
