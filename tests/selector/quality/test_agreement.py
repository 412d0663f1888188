import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.labels.steps import UNKNOWN, FirstMistake
from selector.quality.agreement import agreements_to_admit, agrees_with_gold, majority

mistakes = st.none() | st.integers(0, 3) | st.just(UNKNOWN)


@pytest.mark.parametrize(
    "named, stands",
    [
        ([3], 0),
        ([None], 0),
        ([1, 1], 0),
        ([1, 2], None),
        ([2, 1, 1], 1),
        ([1, 2, 3], None),
        ([None, 0, None], 0),
        ([], None),
        ([UNKNOWN], None),
        ([UNKNOWN, UNKNOWN, 1], 2),  # of those who know
        ([UNKNOWN, None, None, 1], 1),
        ([UNKNOWN, None, 1], None),
    ],
)
def test_the_majority_is_more_than_half_of_those_who_know(named: list[FirstMistake], stands: int | None) -> None:
    assert majority(named) == stands


@given(st.lists(mistakes, min_size=1, max_size=9))
def test_a_majority_outnumbers_all_others_together(named: list[FirstMistake]) -> None:
    at = majority(named)
    votes = [each for each in named if each is not UNKNOWN]
    if at is None:
        assert all(votes.count(each) * 2 <= len(votes) for each in votes)
    else:
        chosen = named[at]
        assert chosen is not UNKNOWN
        assert votes.count(chosen) * 2 > len(votes)
        assert at == named.index(named[at])


@pytest.mark.parametrize(
    "mistake, gold, agrees",
    [
        (2, {2, 3}, True),
        (3, {2, 3}, True),
        (1, {2, 3}, False),
        (None, {2, 3}, False),
        (None, set(), True),
        (0, set(), False),
        (UNKNOWN, set(), False),
        (UNKNOWN, {2, 3}, False),
    ],
)
def test_gold_is_a_set_of_acceptable_steps_and_an_empty_one_means_no_mistake(
    mistake: FirstMistake, gold: set[int], agrees: bool
) -> None:
    assert agrees_with_gold(mistake, gold) is agrees


def test_three_quarters_of_the_screening_questions_admit() -> None:
    assert agreements_to_admit(30) == 23  # 22 are 73.3%
    assert agreements_to_admit(40) == 30
    assert agreements_to_admit(1) == 1
