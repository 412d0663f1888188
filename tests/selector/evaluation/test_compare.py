"""A paired comparison says how much better, how surely, and what it could not have seen."""

import random

import pytest

from selector.evaluation import compare
from selector.evaluation.calibration import auc
from selector.evaluation.first_error import first_error


def flips(count: int, share: float, seed: int) -> dict[int, bool]:
    chance = random.Random(seed)
    return {n: chance.random() < share for n in range(count)}


def test_equal_results_differ_by_nothing_and_still_could_not_have_shown_everything():
    """All 40 agree, which leaves the next one up to 1 - 0.025^(1/40) to differ: no interval of width nothing."""
    same = flips(40, 0.5, 0)
    found = compare.compare_paired(same, same)
    assert found.difference == 0
    assert found.high == -found.low == pytest.approx(0.0881, abs=1e-4)
    assert found.detectable == pytest.approx(2.8 * 2**0.5 / 40)
    assert found.problems == 40


def test_the_difference_is_the_challengers_gain_and_its_interval_holds_it():
    champion, challenger = flips(200, 0.4, 1), flips(200, 0.7, 2)
    found = compare.compare_paired(champion, challenger, seed=3)
    assert found.difference == pytest.approx((sum(challenger.values()) - sum(champion.values())) / 200)
    assert 0 < found.low < found.difference < found.high
    assert compare.compare_paired(challenger, champion, seed=3).high == pytest.approx(-found.low, abs=0.03)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    covered = [compare.compare_paired(flips(80, 0.5, s), flips(80, 0.6, 1000 + s), resamples=400) for s in range(100)]
    assert 88 <= sum(one.low <= 0.1 <= one.high for one in covered) <= 100


def test_four_times_the_problems_detect_half_the_difference():
    few = compare.compare_paired(flips(100, 0.5, 1), flips(100, 0.5, 2)).detectable
    many = compare.compare_paired(flips(400, 0.5, 1), flips(400, 0.5, 2)).detectable
    assert many == pytest.approx(few / 2, rel=0.15)


def test_pairs_must_be_of_the_same_problems():
    for other in ({}, {2: True}):
        with pytest.raises(ValueError, match="same problems"):
            compare.compare_paired({1: True}, other)
    with pytest.raises(ValueError, match="at least one"):
        compare.compare_paired({}, {})


def test_the_same_seed_gives_the_same_interval_whatever_the_order():
    champion, challenger = flips(60, 0.4, 1), flips(60, 0.6, 2)
    turned = dict(reversed(champion.items()))
    assert compare.compare_paired(champion, challenger, seed=5) == compare.compare_paired(turned, challenger, seed=5)
    assert compare.compare_paired(champion, challenger, seed=5) != compare.compare_paired(champion, challenger, seed=6)


def test_first_error_gain_is_the_difference_of_the_two_f1():
    actual = [0, 1, None, None] * 10
    champion, challenger = [None, 1, None, 2] * 10, [0, 1, None, 2] * 10
    found = compare.compare_first_error([n // 2 for n in range(40)], actual, champion, challenger)
    assert found
    f1 = [first_error(guess, actual)["f1"] for guess in (champion, challenger)]
    assert found.difference == pytest.approx(f1[1] - f1[0])
    assert found.low <= found.difference <= found.high
    assert found.problems == 20


def test_first_error_gain_is_undefined_without_both_kinds():
    assert compare.compare_first_error([1, 2], [0, 1], [0, 1], [0, 0]) is None


def test_auc_gain_is_the_difference_of_the_two_aucs():
    correct, scores, baseline = [True, True, False, False] * 9, [0.9, 0.4, 0.3, 0.5] * 9, [0.5, 0.1, 0.5, 0.5] * 9
    found = compare.auc_gain([n // 4 for n in range(36)], correct, scores, baseline)
    assert found
    assert found.difference == pytest.approx((auc(correct, scores) or 0) - (auc(correct, baseline) or 0))
    assert compare.auc_gain([1, 1], [True, True], [0.1, 0.2], [0.1, 0.2]) is None


def test_steps_of_one_problem_are_drawn_together():
    """Ten copies of each step inside its problem look like ten times the steps, but are worth no more."""
    chance = random.Random(0)
    correct = [n % 3 > 0 for n in range(30)]
    scores = [right + chance.gauss(0, 1) for right in correct]
    once = compare.auc_gain(range(30), correct, scores, [0.0] * 30)
    tenfold = compare.auc_gain([n % 30 for n in range(300)], correct * 10, scores * 10, [0.0] * 300)
    assert once and tenfold
    assert (tenfold.low, tenfold.high) == pytest.approx((once.low, once.high))


def comparison(low: float, high: float) -> compare.Comparison:
    return compare.Comparison((low + high) / 2, low, high, detectable=0.05, problems=100)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.05, "better"),
        (-0.01, 0.05, "not_worse"),
        (-0.019, -0.001, "not_worse"),
        (-0.02, 0.05, "undecided"),
        (-0.05, 0.05, "undecided"),
        (-0.05, -0.01, "worse"),
    ],
)
def test_the_whole_interval_decides_and_not_the_point(low, high, said):
    assert compare.verdict(comparison(low, high), margin=0.02) == said


def test_a_challenger_that_never_differed_on_a_few_problems_is_not_yet_proven():
    few, many = (compare.compare_paired(flips(n, 0.5, 0), flips(n, 0.5, 0)) for n in (20, 400))
    assert compare.verdict(few, margin=0.02) == "undecided"
    assert compare.verdict(many, margin=0.02) == "not_worse"


@pytest.mark.parametrize("problems", [4, 20, 40])
def test_a_few_problems_of_which_none_was_lost_do_not_show_that_none_will_be(problems):
    champion = {n: 0.0 for n in range(problems)}
    found = compare.compare_paired(champion, champion | {0: 1.0})
    assert compare.verdict(found, margin=0.02) == "undecided"


@pytest.mark.parametrize(("problems", "lost"), [(30, 0.1), (60, 0.05), (200, 0.05)])
def test_one_that_loses_the_margin_is_hardly_ever_shown_not_to(problems, lost):
    """At a true loss of the margin itself, at most one in twenty is let through, sparse as the losses are."""
    champion = {n: 1.0 for n in range(problems)}
    shown = 0
    for seed in range(200):
        kept = flips(problems, 1 - lost, seed)
        shown += compare.verdict(compare.compare_paired(champion, kept, resamples=200), margin=lost).shown
    assert shown <= 10


@pytest.mark.parametrize(("problems", "able"), [(20, False), (2000, True)])
def test_a_set_can_show_or_is_too_small_to(problems, able):
    champion, challenger = flips(problems, 0.9, 1), flips(problems, 0.9, 2)
    assert compare.compare_paired(champion, challenger).can_show(0.03) is able


def test_a_verdict_is_told_in_words_with_its_interval():
    said = compare.verdict_sentence(comparison(-0.05, 0.01), margin=0.02)
    assert said == (
        "Undecided: it may be worse than the champion by 2 points or more (95% interval -5.0 to +1.0 points); "
        "100 problems show a difference of 5.0 points."
    )
    assert compare.verdict_sentence(comparison(-0.01, 0.01), 0.02).startswith("Not worse than the champion by 2 points")


@pytest.mark.parametrize("margin", [-0.01, float("nan")])
def test_a_margin_is_no_gain(margin):
    with pytest.raises(ValueError, match="margin"):
        compare.verdict(comparison(0, 1), margin)


def test_the_problems_to_detect_a_difference_detect_it():
    champion, challenger = flips(100, 0.5, 1), flips(100, 0.5, 2)
    found = compare.compare_paired(champion, challenger)
    needed = found.problems_to_detect(0.1)
    more = compare.compare_paired(flips(needed, 0.5, 1), flips(needed, 0.5, 2))
    assert more.detectable == pytest.approx(0.1, rel=0.15)


def test_chances_compare_as_outcomes_do():
    found = compare.compare_paired({n: 0.25 for n in range(30)}, {n: 0.25 + n % 2 / 2 for n in range(30)})
    assert found.difference == pytest.approx(0.25)
    assert found.low < 0.25 < found.high
