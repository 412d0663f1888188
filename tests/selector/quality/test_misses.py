"""What goes wrong in passes over gold labels: each outcome by example, and what must hold of all of them."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.labels.steps import UNKNOWN
from selector.quality import gold, misses
from selector.quality.misses import Answer


def answer(mistake, first_mistakes, finish=None, *, steps=6, labeler="ann", number=1):
    finish = finish or ("solution" if mistake is None else "found_error")
    return Answer(labeler, number, finish, mistake, first_mistakes, steps)


@st.composite
def passes(draw):
    """Any pass over any gold label: finished or not, at a step or at none."""
    steps = draw(st.integers(1, 9))
    first_mistakes = sorted(draw(st.sets(st.integers(0, steps - 1), max_size=3)))
    finish = draw(st.sampled_from(["found_error", "solution", "give_up", "bad_problem"]))
    found = {"found_error": st.integers(0, steps - 1) | st.just(UNKNOWN), "solution": st.sampled_from([None, UNKNOWN])}
    mistake = draw(found.get(finish, st.just(UNKNOWN)))
    labeler, number = draw(st.sampled_from(["ann", "bob"])), draw(st.integers(1, 4))
    return Answer(labeler, number, finish, mistake, first_mistakes, steps)


ANSWERS = st.lists(passes(), max_size=40)


@pytest.mark.parametrize(
    ("mistake", "first_mistakes", "outcome"),
    [
        (1, [1], "agreed"),
        (3, [1, 3], "agreed"),
        (None, [], "agreed"),
        (None, [1], "said_none"),
        (2, [1], "too_late"),
        (2, [1, 3], "too_late"),  # the first acceptable one was passed
        (0, [1, 3], "too_early"),
        (0, [], "false_alarm"),
        (UNKNOWN, [1], "unsure"),
        (UNKNOWN, [], "unsure"),
    ],
)
def test_a_finished_pass_agrees_or_goes_wrong_in_one_way(mistake, first_mistakes, outcome):
    assert answer(mistake, first_mistakes).outcome == outcome


@pytest.mark.parametrize("finish", ["give_up", "bad_problem"])
@pytest.mark.parametrize("first_mistakes", [[], [1]])
def test_half_a_pass_is_not_finished_whatever_there_was_to_find(finish, first_mistakes):
    assert answer(UNKNOWN, first_mistakes, finish).outcome == "not_finished"


@given(passes())
def test_a_pass_agrees_here_exactly_where_screening_and_checks_say_so(given_answer):
    step, steps = given_answer.mistake, given_answer.step_count
    without: dict[Any, list[int | None]] = {None: [1] * steps, UNKNOWN: [None] * steps}
    ratings = without.get(step) or [*[1] * step, -1]
    agrees = gold.agrees(given_answer.finish_reason, ratings, steps, given_answer.first_mistakes)
    assert (given_answer.outcome == "agreed") == agrees


def test_each_outcome_is_a_share_of_the_passes_in_which_it_could_have_happened():
    told = misses.tally(
        [
            answer(1, [1]), answer(None, [1]), answer(4, [1]), answer(0, [1]),
            answer(0, []), answer(None, []), answer(UNKNOWN, [], "give_up"), answer(UNKNOWN, [1]),
        ]
    )  # fmt: skip
    assert {name: (share.hits, share.n) for name, share in told.items()} == {
        "agreed": (2, 8),
        "said_none": (1, 5),
        "too_late": (1, 5),
        "too_early": (1, 5),
        "false_alarm": (1, 3),
        "unsure": (1, 8),
        "not_finished": (1, 8),
        "missed": (2, 5),
        "alarmed": (2, 8),
    }


@given(ANSWERS)
def test_every_pass_has_one_outcome(answers):
    told = misses.tally(answers)
    assert sum(told[outcome].hits for outcome in misses.OUTCOMES) == len(answers)
    assert all(0 <= share.hits <= share.n for share in told.values())
    assert told["missed"].hits == told["said_none"].hits + told["too_late"].hits
    assert told["alarmed"].hits == told["too_early"].hits + told["false_alarm"].hits


def test_without_passes_a_share_is_undefined_and_not_nought():
    assert misses.tally([])["missed"].interval is None


@pytest.mark.parametrize(
    ("mistake", "first_mistakes", "off"),
    [
        (0, [1], -1),
        (0, [2, 4], -2),
        (2, [1], 1),
        (3, [1, 4], 2),  # though 4 is nearer: the pass went on too far
        (5, [1], 3),  # told with all that are farther
        (0, [5], -3),
    ],
)
def test_how_far_off_a_pass_was_goes_by_the_mistake_it_passed_or_did_not_wait_for(mistake, first_mistakes, off):
    assert misses.offsets([answer(mistake, first_mistakes)]) == Counter({off: 1})


@given(ANSWERS)
def test_what_is_too_early_is_off_to_the_front_and_what_is_too_late_to_the_back(answers):
    off, told = misses.offsets(answers), misses.tally(answers)
    assert sum(count for steps, count in off.items() if steps < 0) == told["too_early"].hits
    assert sum(count for steps, count in off.items() if steps > 0) == told["too_late"].hits
    assert off[0] == 0


@pytest.mark.parametrize(
    ("first_mistakes", "part"),
    [([0], "first"), ([1], "first"), ([2], "middle"), ([3], "middle"), ([4], "last"), ([5], "last"), ([1, 5], "first")],
)
def test_a_miss_counts_for_the_third_in_which_the_first_acceptable_mistake_lies(first_mistakes, part):
    told = misses.missed_by_part([answer(None, first_mistakes)])
    assert {name for name, share in told.items() if share.hits} == {part}


@given(ANSWERS)
def test_the_thirds_add_up_to_all_that_was_missed(answers):
    parts = misses.missed_by_part(answers)
    assert list(parts) == ["first", "middle", "last"]
    missed = misses.tally(answers)["missed"]
    assert sum(share.hits for share in parts.values()) == missed.hits
    assert sum(share.n for share in parts.values()) == missed.n


def test_most_missed_is_what_is_missed_most_surely_and_not_what_was_met_once():
    often = [answer(None, [1], number=1)] * 8 + [answer(1, [1], number=1)] * 2
    once = [answer(None, [1], number=2)]
    right = [answer(1, [1], number=3)] * 5
    found = misses.most_missed([*once, *right, *often], limit=10)
    assert [(number, share.hits, share.n) for number, share, *_ in found] == [(1, 8, 10), (2, 1, 1)]


def test_the_commonest_wrong_answer_is_told_with_how_often_it_was_given():
    given_answers = [*[answer(3, [1])] * 3, *[answer(None, [1])] * 2, *[answer(1, [1])] * 9]
    [(_, share, commonest, times)] = misses.most_missed(given_answers, limit=10)
    assert ((share.hits, share.n), commonest, times) == ((5, 14), ("found_error", 3), 3)


@given(ANSWERS, st.integers(0, 4), st.randoms())
def test_the_order_of_the_passes_changes_nothing(answers, limit, random):
    shuffled = random.sample(answers, len(answers))
    assert misses.tally(shuffled) == misses.tally(answers)
    assert misses.offsets(shuffled) == misses.offsets(answers)
    assert misses.most_missed(shuffled, limit) == misses.most_missed(answers, limit)
    assert len(misses.most_missed(answers, limit)) <= limit


@given(ANSWERS)
def test_grouped_answers_are_all_of_them_each_once(answers):
    groups = misses.grouped(answers, lambda each: each.labeler)
    assert sum(map(len, groups.values())) == len(answers)
    assert all(each.labeler == labeler for labeler, group in groups.items() for each in group)
