import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.prm.aggregate import AGGREGATES, Aggregate, aggregate, log_score, p_correct
from selector.types import CLASS_INDEX

# A sample that OpenAI scored: P(+1), P(0), P(-1) of each step, and the score that they published with it.
SCORED_SAMPLE = [
    (0.387681464904673, 0.01925049232449113, 0.593068042770836),
    (0.9101000509718192, 0.0327972565325028, 0.05710269249567796),
    (0.9291714977657496, 0.028413614709511318, 0.04241488752473914),
    (0.1384993425138924, 0.11073959768554346, 0.7507610598005641),
]
PUBLISHED_SCORE = 0.09157553704097245

hows = st.sampled_from(AGGREGATES)
step_probs = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def classes(great: float, okay: float, bad: float) -> list[float]:
    probs = [0.0, 0.0, 0.0]
    probs[CLASS_INDEX[1]], probs[CLASS_INDEX[0]], probs[CLASS_INDEX[-1]] = great, okay, bad
    return probs


def test_the_order_of_the_classes_is_fixed() -> None:
    assert CLASS_INDEX == {-1: 0, 0: 1, 1: 2}


def test_the_product_of_great_and_okay_is_the_published_score_to_the_last_bit() -> None:
    assert aggregate([p_correct(classes(*probs)) for probs in SCORED_SAMPLE]) == PUBLISHED_SCORE


def test_neutral_may_count_as_wrong() -> None:
    negative = [p_correct(classes(*probs), neutral_as="negative") for probs in SCORED_SAMPLE]
    assert aggregate(negative) == pytest.approx(0.04540542735872218, rel=1e-15)


def test_min_last_and_geometric_mean() -> None:
    positive = [p_correct(classes(*probs)) for probs in SCORED_SAMPLE]
    assert aggregate(positive, "min") == 0.24923894019943588
    assert aggregate(positive, "last") == positive[-1]
    assert aggregate(positive, "geometric_mean") == pytest.approx(PUBLISHED_SCORE**0.25)


@given(step_probs, hows)
def test_a_score_is_a_probability_and_its_logarithm_agrees(probs: list[float], how: Aggregate) -> None:
    score = aggregate(probs, how)
    assert 0 <= score <= 1
    assert math.exp(log_score(probs, how)) == pytest.approx(score, rel=1e-9, abs=1e-300)


@given(step_probs, hows, st.data())
def test_a_surer_step_never_lowers_a_score(probs: list[float], how: Aggregate, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(probs) - 1))
    surer = [*probs[:at], data.draw(st.floats(probs[at], 1)), *probs[at + 1 :]]
    assert log_score(surer, how) >= log_score(probs, how) - 1e-9


def test_two_long_solutions_that_underflow_still_rank() -> None:
    worse, better = [1e-3] * 400, [1.1e-3] * 400
    assert aggregate(worse) == aggregate(better) == 0
    assert log_score(worse) < log_score(better)


@pytest.mark.parametrize("how", ["product", "min", "geometric_mean"])
def test_an_impossible_step_scores_minus_infinity(how: Aggregate) -> None:
    assert aggregate([0.9, 0.0], how) == 0
    assert log_score([0.9, 0.0], how) == -math.inf


@pytest.mark.parametrize("probs", [[], [math.nan], [0.5, 1.5], [-0.1]])
@pytest.mark.parametrize("how", AGGREGATES)
def test_what_is_no_probability_is_refused(probs: list[float], how: Aggregate) -> None:
    with pytest.raises(ValueError, match=r"Probabilities lie|without steps"):
        log_score(probs, how)
    with pytest.raises(ValueError, match=r"Probabilities lie|without steps"):
        aggregate(probs, how)


def test_class_probabilities_are_three_probabilities() -> None:
    with pytest.raises(ValueError, match="3 class probabilities"):
        p_correct([0.5, 0.5])
    with pytest.raises(ValueError, match="Probabilities lie"):
        p_correct([math.nan, 0.5, 0.5])


def test_rounding_of_a_softmax_does_not_lift_p_correct_above_one() -> None:
    assert p_correct(classes(0.7, 0.3000001, 0.0)) == 1.0


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ValueError, match="neutral_as"):
        p_correct([0.1, 0.2, 0.7], neutral_as="maybe")  # type: ignore[arg-type]  # no such word
    with pytest.raises(ValueError, match="aggregate"):
        aggregate([0.5], "mean")  # type: ignore[arg-type]  # no such word
