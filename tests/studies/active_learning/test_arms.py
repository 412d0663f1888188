"""Every arm picks as the product does, from a pool without what is labelled, and with the same de-duplication."""

from dataclasses import replace

import numpy as np
import pytest

from selector.selection import select
from selector.selection.uncertain import uncertainty
from selector.types import Candidate, Grade
from studies.active_learning import made
from studies.active_learning.arms import ARMS, CONVINCING, UNCERTAIN, UNIFORM, Arm, Picker
from studies.active_learning.cells import Shape
from studies.active_learning.solutions import Solutions

EVERY = (UNIFORM, *ARMS)
NOBODY = np.empty(0, np.int64)


@pytest.fixture(scope="module")
def pool() -> Solutions:
    chance = np.random.default_rng(0)
    world = made.world(Shape(verbs=12, ways=2), chance)
    return made.solutions(world, 6, 40, 0.0, chance)


@pytest.fixture(scope="module")
def heads(pool: Solutions) -> np.ndarray:
    return np.random.default_rng(1).uniform(0.2, 0.999, (3, pool.kind.max() + 1))


def picker(pool: Solutions) -> Picker:
    return Picker.of(pool, pool.right, seed=7)


def picked(pool: Solutions, arm: Arm, k: int, heads: np.ndarray, labelled: np.ndarray = NOBODY) -> np.ndarray:
    each = picker(pool)
    return each.pick(arm, k, each.free(arm, labelled, heads))


@pytest.mark.parametrize("arm", EVERY, ids=lambda arm: arm.name)
def test_an_arm_picks_what_the_products_own_batch_holds(pool: Solutions, heads: np.ndarray, arm: Arm) -> None:
    labelled = np.arange(0, 240, 40)
    texts = set(pool.distinct[labelled].tolist())
    candidates = [
        Candidate(
            int(pool.problem[at]),
            at,
            Grade.RIGHT if pool.right[at] else Grade.WRONG,
            float(pool.log_scores(heads.mean(axis=0))[at]),
            str(pool.text[at]),
            uncertainty=uncertainty(heads[:, pool.kind[at]].tolist()),
        )
        for at in range(240)
        if pool.distinct[at] not in texts and not (arm.only_wrong and pool.right[at])
    ]
    batch = select.compose(
        candidates,
        rule=arm.rule,
        scope="per_problem",
        k=5,
        wrong_share=arm.wrong_share,
        control_share=0,
        audit_share=0,
        seed=7,
    )
    assert set(picked(pool, arm, 5, heads, labelled)) == {pick.candidate.solution_id for pick in batch.picks}


@pytest.mark.parametrize("arm", EVERY, ids=lambda arm: arm.name)
def test_no_arm_labels_a_text_twice(pool: Solutions, heads: np.ndarray, arm: Arm) -> None:
    assert len(set(pool.distinct.tolist())) < len(pool.distinct)  # there are duplicates to fall for
    first = picked(pool, arm, 4, heads)
    second = picked(pool, arm, 40, heads, first)
    both = pool.distinct[np.concatenate([first, second])]
    assert len(set(both.tolist())) == len(both)


@pytest.mark.parametrize("arm", EVERY, ids=lambda arm: arm.name)
def test_as_many_are_picked_of_each_problem(pool: Solutions, heads: np.ndarray, arm: Arm) -> None:
    assert np.bincount(pool.problem[picked(pool, arm, 4, heads)]).tolist() == [4] * 6


def test_a_larger_uniform_set_holds_the_smaller_ones(pool: Solutions) -> None:
    each = picker(pool)
    free = each.free(UNIFORM, NOBODY)
    sets = [set(each.pick(UNIFORM, n, free).tolist()) for n in (1, 2, 4, 8)]
    assert sets[0] < sets[1] < sets[2] < sets[3]


def test_random_among_wrong_takes_wrong_answers_by_lot(pool: Solutions, heads: np.ndarray) -> None:
    (arm,) = (arm for arm in ARMS if arm.only_wrong)
    assert not pool.right[picked(pool, arm, 4, heads)].any()
    assert set(picked(pool, arm, 4, heads)) == set(picked(pool, arm, 4, 1 - heads))


def test_four_of_five_are_the_most_convincing_wrong_answers(pool: Solutions, heads: np.ndarray) -> None:
    scores = pool.log_scores(heads.mean(axis=0))
    rows = picked(pool, CONVINCING, 5, heads)
    for problem in range(6):
        wrong = np.flatnonzero((pool.problem == problem) & ~pool.right)
        best = {pool.text[row] for row in wrong[np.argsort(-scores[wrong])]}
        assert len(best & set(pool.text[rows[pool.problem[rows] == problem]].tolist())) >= 4


def test_what_the_grader_calls_wrong_is_what_is_convincing(pool: Solutions, heads: np.ndarray) -> None:
    none = Picker.of(pool, np.zeros_like(pool.right), seed=7)
    rows = none.pick(CONVINCING, 4, none.free(CONVINCING, NOBODY, heads))
    scores = pool.log_scores(heads.mean(axis=0))
    assert scores[rows].mean() >= scores[picked(pool, CONVINCING, 4, heads)].mean()


def test_uncertain_follows_the_heads_and_not_the_grade(pool: Solutions, heads: np.ndarray) -> None:
    turned = replace(pool, right=~pool.right)
    assert set(picked(pool, UNCERTAIN, 4, heads)) == set(picked(turned, UNCERTAIN, 4, heads))
