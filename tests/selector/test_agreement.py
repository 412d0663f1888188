import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.agreement import agreements_to_admit, agrees_with_gold, majority

mistakes = st.none() | st.integers(0, 3)


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
    ],
)
def test_the_majority_is_more_than_half(named: list[int | None], stands: int | None) -> None:
    assert majority(named) == stands


@given(st.lists(mistakes, min_size=1, max_size=9))
def test_a_majority_outnumbers_all_others_together(named: list[int | None]) -> None:
    at = majority(named)
    counts = [named.count(each) for each in set(named)]
    if at is None:
        assert max(counts) * 2 <= len(named)
    else:
        assert named.count(named[at]) * 2 > len(named)
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
    ],
)
def test_gold_is_a_set_of_acceptable_steps_and_an_empty_one_means_no_mistake(
    mistake: int | None, gold: set[int], agrees: bool
) -> None:
    assert agrees_with_gold(mistake, gold) is agrees


def test_three_quarters_of_the_screening_questions_admit() -> None:
    assert agreements_to_admit(30) == 23  # 22 are 73.3%
    assert agreements_to_admit(40) == 30
    assert agreements_to_admit(1) == 1
