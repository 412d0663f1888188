"""Agreement beyond chance: by known examples, and by what must hold of any."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from selector.evaluation.bootstrap import span
from selector.evaluation.intervals import Share
from selector.labels.steps import first_mistake
from selector.quality import reliability
from selector.quality.agreement import Pass
from tests.present import present

BAD = [1, -1]
GREAT = [1, 1, 1]


def solution(*ratings):
    """Passes over as many steps as the longest of them rates."""
    steps = max(map(len, ratings))
    return [Pass(str(who), first_mistake(each, steps), each) for who, each in enumerate(ratings)]


def many(*solutions, times=20):
    return list(solutions) * times


def test_first_mistakes_agree_exactly_or_one_step_apart_and_none_only_with_none():
    solutions = [solution([1, -1], [0, -1]), solution(GREAT, GREAT), solution(BAD, [1, 1, -1]), solution([-1], GREAT)]
    exact, near = reliability.same_mistake(solutions), reliability.same_mistake(solutions, within=1)
    assert (exact.value, exact.n, near.value) == (0.5, 4, 0.75)


def test_steps_behind_a_first_mistake_are_missing_and_not_agreement():
    """Were the unrated steps taken for agreement, the long tail behind the first would lift alpha."""
    short, long = solution([1, -1], [1, 1, 1, 1, 1, 1]), solution([1, 1], [1, 1])
    figure = reliability.alpha([short, long])
    assert figure.n == 4  # two steps of each that both rated
    table = [[0, 0, 2], [1, 0, 1], [0, 0, 2], [0, 0, 2]]
    assert figure.value == pytest.approx(krippendorff.alpha(value_counts=table, level_of_measurement="ordinal"))


def test_bad_against_great_weighs_more_than_okay_against_great():
    mild = many(solution([1, 0], [1, 1]), solution([0, -1], [0, -1]))
    grave = many(solution([1, -1], [1, 1]), solution([0, -1], [0, -1]))
    assert present(reliability.alpha(mild).value) > present(reliability.alpha(grave).value)


def test_an_unsure_step_is_missing():
    assert reliability.alpha([solution([None, 1], [1, 1]), solution([-1], [-1])]).n == 2


def test_kappa_is_scikit_learns_over_pairs_on_whether_a_mistake_was_found():
    solutions = [solution(BAD, BAD), solution(GREAT, BAD), solution(GREAT, GREAT), solution(BAD, [-1])]
    figure = reliability.kappa(solutions)
    assert figure.value == pytest.approx(cohen_kappa_score([1, 0, 0, 1], [1, 1, 0, 1]))
    assert figure.n == 4


@pytest.mark.parametrize("unsure", [[None, 1, 1], [1, None, 1], [None, -1], [1, 1]])
def test_a_pass_that_leaves_its_first_mistake_unknown_agrees_with_nobody_and_disagrees_with_nobody(unsure):
    known = many(solution(BAD, BAD), solution(GREAT, BAD), solution(GREAT, GREAT), times=4)
    beside = [[*passes, *solution(unsure, GREAT)[:1]] for passes in known]
    alone = solution(unsure, GREAT)
    for figure in (reliability.same_mistake, reliability.kappa):
        assert figure([*beside, alone]) == figure(known)
        assert (figure([alone]).value, figure([alone]).undefined) == (None, reliability.UNSURE)


def test_what_cannot_be_told_says_why():
    assert "two labelers" in present(reliability.same_mistake([]).undefined)
    assert "two labelers" in present(reliability.alpha([]).undefined)
    assert reliability.alpha(many(solution(GREAT, GREAT))).undefined == reliability.NO_VARIATION
    assert reliability.kappa(many(solution(BAD, BAD))).undefined == reliability.ONE_KIND
    few = reliability.same_mistake([solution(BAD, BAD)])
    assert (few.value, few.interval, few.undefined) == (1, None, reliability.TOO_FEW)


def test_intervals_hold_the_figure_and_are_the_same_for_the_same_seed():
    solutions = many(solution(BAD, BAD), solution(GREAT, [1, 1, -1]), solution(GREAT, GREAT), times=10)
    for measure in (reliability.same_mistake, reliability.alpha, reliability.kappa):
        figure = measure(solutions, seed=3)
        low, high = present(figure.interval)
        assert low < present(figure.value) < high
        assert measure(solutions, seed=3) == figure


ratings = st.lists(st.sampled_from([1, 0, None]), max_size=4).flatmap(
    lambda passed: st.sampled_from([[*passed, -1], [*passed, 1]])
)


@settings(max_examples=30)
@given(st.lists(st.lists(ratings, min_size=2, max_size=3), min_size=1, max_size=6), st.randoms())
def test_the_order_of_solutions_makes_no_difference(found, chance):
    solutions = [solution(*each) for each in found]
    turned = solutions[::-1]
    for measure in (reliability.same_mistake, reliability.alpha, reliability.kappa):
        one, other = measure(solutions), measure(turned)
        assert (one.n, one.undefined) == (other.n, other.undefined)
        assert one.value == pytest.approx(other.value) if one.value is not None else other.value is None


def test_wilson_stays_within_bounds_and_knows_no_share_of_nothing():
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert Share(8, 10).interval == pytest.approx((0.4902, 0.9433), abs=1e-4)  # Brown, Cai, DasGupta (2001)
    assert present(Share(0, 5).interval)[0] == 0 and present(Share(5, 5).interval)[1] == 1


def test_a_bootstrap_without_values_has_no_interval():
    assert span(lambda weights: float("nan"), 20) is None
    assert span(lambda weights: float(np.mean(weights)), 20) == (1, 1)
