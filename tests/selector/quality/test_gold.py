"""Gold labels: who agrees, where the bar is, and that nobody passes without reading."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from selector.quality import gold
from selector.quality.gold import Question, Unfit

BAR = Fraction(3, 4)


@pytest.mark.parametrize(
    ("finish", "ratings", "first_mistakes", "agrees"),
    [
        ("found_error", [1, -1], {1}, True),
        ("found_error", [1, 0, 1, -1], {1, 3}, True),
        ("found_error", [-1], {1}, False),  # stopped earlier
        ("found_error", [1, 1, -1], {1}, False),  # went on too far
        ("found_error", [1, -1], set(), False),  # a false alarm
        ("solution", [1, 1, 0, 1], set(), True),
        ("solution", [1, None, 0, 1], set(), False),  # unsure is not "no mistake"
        ("found_error", [None, 1, -1], {2}, False),
        ("found_error", [None, -1], {0, 1}, False),
        ("solution", [1, 1, 0], set(), False),  # the last step isn't rated
        ("solution", [1, 1, 1, 1], {2}, False),
        ("give_up", [1], set(), False),
        ("bad_problem", [], set(), False),
    ],
)
def test_a_pass_agrees_when_it_names_an_acceptable_first_mistake_or_none_where_none_is(
    finish, ratings, first_mistakes, agrees
):
    assert gold.agrees(finish, ratings, 4, first_mistakes) is agrees


@pytest.mark.parametrize(("agreed", "reaches"), [(22, False), (23, True), (30, True)])
def test_of_thirty_it_takes_twenty_three(agreed, reaches):
    assert gold.reaches(agreed, 30, BAR) is reaches


def test_the_bar_is_inclusive():
    assert gold.reaches(3, 4, BAR)


def questions(max_size=90):
    def question(key, steps, mistakes, right, stated):
        inside = frozenset(step for step in mistakes if step < steps)
        return Question(key, steps, inside, right, min(stated, steps - 1))

    one = st.builds(
        question,
        st.just(0),
        st.integers(1, 8),
        st.sets(st.integers(0, 7), max_size=3),
        st.sampled_from([True, False, None]),
        st.integers(0, 7),
    )
    numbered = st.lists(one, max_size=max_size)
    return numbered.map(
        lambda all: [
            Question(i, q.step_count, q.first_mistakes, q.answer_is_right, q.answer_step) for i, q in enumerate(all)
        ]
    )


def with_fit_ones(found):
    """Enough others that a fit set can be drawn: else nearly every example would be thrown away."""
    fit = [*(sound(i) for i in range(1000, 1030)), *(mistaken(i, step=i % 3) for i in range(2000, 2050))]
    return [*found, *fit]


def drawn(among, size, bar=BAR, seed="1"):
    try:
        return gold.draw(among, size=size, bar=bar, seed=seed)
    except Unfit:
        assume(False)


@given(
    questions().map(with_fit_ones),
    st.integers(2, 12),
    st.sampled_from([Fraction(1, 2), BAR, Fraction(9, 10), Fraction(1)]),
)
def test_whoever_does_not_read_never_passes_what_was_drawn(among, size, bar):
    """Always Bad, always Great, Bad exactly where the answer differs: each fails, whatever the set."""
    asked = drawn(among, size, bar)
    assert len({question.key for question in asked}) == size
    assert sum(not question.first_mistakes for question in asked) >= 0.4 * size
    for way, guess in gold.WITHOUT_READING.items():
        passes = [(guess(question), question) for question in asked]
        agreed = sum(
            gold.agrees(
                "solution" if step is None else "found_error",
                [1] * question.step_count if step is None else [*[1] * step, -1],
                question.step_count,
                question.first_mistakes,
            )
            for step, question in passes
        )
        assert not gold.reaches(agreed, size, bar), way


@given(questions().map(with_fit_ones), st.integers(2, 12), st.randoms())
def test_the_same_seed_asks_the_same_questions_in_whatever_order_they_come(among, size, random):
    asked = drawn(among, size)
    shuffled = random.sample(among, len(among))
    assert gold.draw(shuffled, size=size, bar=BAR, seed="1") == asked


def sound(key, right=True):
    return Question(key, 4, frozenset(), right, 3)


def mistaken(key, step=1, right=False):
    return Question(key, 4, frozenset({step}), right, 3)


def test_another_seed_asks_others():
    among = [*(sound(i) for i in range(30)), *(mistaken(i) for i in range(30, 80))]
    assert gold.draw(among, size=10, bar=BAR, seed="1") != gold.draw(among, size=10, bar=BAR, seed="2")


@pytest.mark.parametrize(
    ("among", "told"),
    [
        ([sound(0)], "There are 1 questions, and 10 are asked."),
        ([mistaken(i) for i in range(20)], "0 of the 20 questions have no mistake; of 10 asked, 4 must."),
        ([sound(i) for i in range(20)], "somebody who says Bad at the end exactly where the answer differs agrees"),
        ([*map(sound, range(4)), *(mistaken(i, step=0) for i in range(10, 20))], "says Bad at once exactly where"),
        ([*map(sound, range(4)), *(mistaken(i, step=3) for i in range(10, 20))], "without reading"),
    ],
)
def test_a_set_that_can_be_passed_without_reading_is_refused_with_the_reason(among, told):
    with pytest.raises(Unfit) as refusal:
        gold.draw(among, size=10, bar=BAR, seed="1")
    assert told in str(refusal.value)


def test_easy_questions_that_come_first_do_not_spoil_a_set_that_will_do():
    easy = [mistaken(i, step=3) for i in range(30, 60)]
    among = [*map(sound, range(4)), *easy, *(mistaken(i) for i in range(60, 63))]
    for seed in range(20):
        assert len(gold.draw(among, size=10, bar=BAR, seed=str(seed))) == 10


@pytest.mark.parametrize("sounds", [24, 27, 30])
def test_a_set_twice_as_large_as_a_screening_leaves_enough_for_a_retake(sounds):
    among = [*map(sound, range(sounds)), *(mistaken(i, step=i % 3) for i in range(sounds, 60))]
    for seed in range(20):
        first = gold.draw(among, size=30, bar=BAR, seed=f"{seed}:1")
        left = [question for question in among if question not in first]
        assert len(gold.draw(left, size=30, bar=BAR, seed=f"{seed}:2")) == 30


def test_a_set_with_too_few_sound_solutions_is_told_so():
    assert gold.shortcomings([sound(0), mistaken(1), mistaken(2)])
    assert not gold.shortcomings([sound(0), sound(1), mistaken(2), mistaken(3), mistaken(4)])


@given(questions().map(with_fit_ones), st.integers(2, 30))
def test_nobody_agrees_with_half_of_a_mix_without_reading(among, size):
    mixed = gold.mix(among, size=size)
    assert len(mixed) <= size
    assert len({question.key for question in mixed}) == len(mixed)
    assert sum(not question.first_mistakes for question in mixed) >= 0.4 * len(mixed)
    for way in gold.WITHOUT_READING:
        agreed = sum(way in gold.guessed(question) for question in mixed)
        assert 2 * agreed < len(mixed) or not mixed, way


def test_a_mix_takes_those_that_come_first_and_as_many_as_are_asked_for():
    among = [each for n in range(20) for each in (sound(n), mistaken(100 + n, step=1), mistaken(200 + n, step=2))]
    mixed = gold.mix(among, size=15)
    assert len(mixed) == 15
    assert {question.key % 100 for question in mixed} <= set(range(7))


@pytest.mark.parametrize("among", [[], [sound(1)], [sound(n) for n in range(9)], [mistaken(n, 3) for n in range(9)]])
def test_of_questions_that_can_all_be_guessed_there_is_no_mix(among):
    assert gold.mix(among, size=15) == []
