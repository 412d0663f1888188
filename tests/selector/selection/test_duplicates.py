from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from selector.selection.duplicates import joined, merged
from selector.selection.pool import Pool
from selector.selection.select import compose
from selector.types import Candidate, Grade

# Texts of few letters, so that many are alike.
texts = st.lists(st.text("ab", min_size=1, max_size=12), max_size=12)


def solutions(words: list[str]) -> list[Candidate]:
    """The first is the best scored."""
    return [Candidate("p", i, Grade.WRONG, -float(i), f"{i} {text}", steps=(text,)) for i, text in enumerate(words)]


@given(texts, st.sampled_from([0.5, 0.75, 0.9, 1.0]))
def test_every_text_is_stood_for_by_one_before_it_that_is_alike_and_stands_for_itself(
    words: list[str], likeness: float
) -> None:
    for index, leader in enumerate(joined(words, 100 * likeness)):
        assert leader <= index and joined(words, 100 * likeness)[leader] == leader
        assert Indel.normalized_similarity(words[index], words[leader]) >= likeness - 1e-12


@given(texts, st.sampled_from(["0.5", "0.75", "0.9", "1"]))
def test_no_two_picks_are_alike_and_what_is_left_out_is_like_a_better_scored_pick(
    words: list[str], likeness: str
) -> None:
    pool = solutions(words)
    batch = compose(
        pool, rule="convincing", scope="global", k=99, control_share=0, audit_share=0, near_duplicates=likeness
    )
    picked = [pick.candidate for pick in batch.picks]
    for index, candidate in enumerate(picked):
        assert all(not alike(candidate, other, likeness) for other in picked[:index])
    for candidate in pool:
        if candidate not in picked:
            assert any(alike(candidate, pick, likeness) and better(pick, candidate) for pick in picked)


def alike(one: Candidate, other: Candidate, likeness: str) -> bool:
    return Indel.normalized_similarity((one.steps or ("",))[0], (other.steps or ("",))[0]) >= float(likeness) - 1e-12


def better(one: Candidate, other: Candidate) -> bool:
    return (one.log_score or 0.0) > (other.log_score or 0.0)


@given(texts)
def test_the_order_of_the_pool_makes_no_difference(words: list[str]) -> None:
    pool = solutions(words)
    told: dict[str, Any] = {"rule": "uniform", "scope": "global", "k": 3, "near_duplicates": "0.75"}
    assert compose(pool[::-1], **told) == compose(pool, **told)


def test_a_chain_of_likeness_does_not_make_its_ends_alike() -> None:
    chain = ["aaaaaaaaaa", "aaaaaaaabb", "aaaaaabbbb"]
    assert all(Indel.normalized_similarity(one, other) >= 0.8 for one, other in pairwise(chain))
    assert joined(chain, 80) == [0, 0, 2]


def test_spacing_and_delimiters_make_no_difference_here_either() -> None:
    pool = [
        Candidate("p", 1, Grade.RIGHT, -1.0, "x", steps=("So $x$  = 2.",)),
        Candidate("p", 2, Grade.RIGHT, -2.0, "y", steps=("So \\(x\\) = 2.",)),
    ]
    assert len(set(merged(Pool.of(pool), Fraction(1)).text.tolist())) == 1


def test_without_a_bound_the_pool_stays_as_it_is() -> None:
    pool = Pool.of(solutions(["a", "ab"]))
    assert merged(pool, None) is pool


def test_other_problems_are_not_looked_at() -> None:
    pool = [Candidate(problem, 1, Grade.RIGHT, -1.0, f"{problem}", steps=("The same.",)) for problem in ("a", "b")]
    frozen = Pool.of(pool)
    assert merged(frozen, Fraction(1, 2)).text.tolist() == frozen.text.tolist()


def test_a_solution_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="solution 's' has none"):
        merged(Pool.of([Candidate("p", "s", Grade.RIGHT, -1.0, "x")]), Fraction(9, 10))
