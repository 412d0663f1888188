"""Made problems are what the study says they are, and the model learns them from labels alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.evaluation import best_of_n
from selector.evaluation.best_of_n import Attempt
from studies.active_learning import learner, made
from studies.active_learning.cells import Shape, Training
from studies.active_learning.labels import Labels
from studies.active_learning.solutions import Solutions, best_of, majority

SMALL = Shape(verbs=10, ways=2)


def drawn(seed: int = 0, slips: float = 0.0, problems: int = 20, samples: int = 30) -> tuple[made.World, Solutions]:
    chance = np.random.default_rng(seed)
    world = made.world(SMALL, chance)
    return world, made.solutions(world, problems, samples, slips, chance)


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    assert (drawn()[1].kind == drawn()[1].kind).all() and (drawn()[1].answer == drawn()[1].answer).all()
    assert (drawn()[1].kind != drawn(1)[1].kind).any()


def test_mistakes_come_as_often_as_said_and_some_verbs_are_far_worse() -> None:
    world = made.world(Shape(), np.random.default_rng(0))
    wrong = world.rates[:, Shape().ways :]
    assert world.rates.sum(axis=1) == pytest.approx(np.ones(Shape().verbs))
    assert wrong.sum(axis=1).mean() == pytest.approx(Shape().mistakes, rel=0.02)
    assert wrong.max() > 10 * np.median(wrong)
    assert (world.rates[:, : Shape().ways] > 0).all()


def test_a_solution_without_a_mistake_is_right_and_one_with_a_mistake_hardly_ever() -> None:
    _, pool = drawn(problems=60, samples=100)
    mistaken = pool.wrong.any(axis=1)
    assert pool.right[~mistaken].all()
    assert 0 < pool.right[mistaken].mean() < 0.2


def test_a_slip_is_wrong_in_a_step_that_reads_like_a_right_one() -> None:
    _, pool = drawn(slips=0.2)
    _, clean = drawn()
    rule = pool.kind % SMALL.rules
    assert (pool.wrong & (rule < SMALL.ways)).any()
    assert not (clean.wrong & (clean.kind % SMALL.rules < SMALL.ways)).any()


def test_equal_texts_are_equal_solutions() -> None:
    _, pool = drawn()
    for text in range(int(pool.text.max()) + 1):
        same = pool.of((pool.problem == 0) & (pool.text == text))
        assert len(np.unique(same.kind, axis=0)) <= 1 and len(set(same.answer.tolist())) <= 1


def test_best_of_n_and_the_majority_are_those_of_the_projects_evaluation() -> None:
    world, pool = drawn()
    probs = np.random.default_rng(2).uniform(0.1, 1, world.kinds)
    scores = pool.log_scores(probs)
    tables = best_of_n.tabulate(
        Attempt(int(problem), at, float(scores[at]), int(pool.answer[at]), bool(pool.right[at]))
        for at, problem in enumerate(pool.problem)
    )
    means = best_of_n.exact(tables, [1, 5, 30]).right.mean(axis=0)
    assert best_of(pool, probs, [1, 5, 30]) == pytest.approx(means.tolist())
    assert best_of(pool, probs, [1])[0] == pytest.approx(pool.right.mean())
    voted = best_of_n.sampled(tables, [30], "majority_vote", trials=1).right.mean()
    assert majority(pool) == pytest.approx(voted, abs=0.1)  # equal votes are settled by another lot


def test_labels_of_everything_teach_which_steps_are_wrong() -> None:
    world, pool = drawn()
    labels = Labels.of(pool)
    counts = labels.counts(np.arange(len(pool.problem)), world.kinds)
    right, wrongly = counts
    (heads,) = learner.by_steps(world.features(), right[None], wrongly[None], 0, Training())
    seen = (counts[0] + counts[1]) > 0
    wrong = np.arange(world.kinds) % SMALL.rules >= SMALL.ways
    assert (heads.mean(axis=0)[seen & wrong] < 0.5).all() and (heads.mean(axis=0)[seen & ~wrong] > 0.5).all()
    assert best_of(pool, heads.mean(axis=0), [30])[0] > majority(pool)


def test_outcomes_alone_teach_too() -> None:
    world, pool = drawn()
    (heads,) = learner.by_outcomes(world.features(), pool.kind, pool.right[None], 0, Training())
    assert best_of(pool, heads.mean(axis=0), [30])[0] > pool.right.mean() + 0.2


@given(st.integers(0, 2**31))
def test_a_training_set_learns_the_same_whatever_is_trained_beside_it(seed: int) -> None:
    world, _ = drawn()
    chance, rule = np.random.default_rng(seed), Training(window=10, most=30)
    right, wrong = chance.integers(0, 5, (2, 2, world.kinds)).astype(np.float32)
    right += 1  # the same kinds are rated in each
    both = learner.by_steps(world.features(), right, wrong, seed, rule)
    alone = learner.by_steps(world.features(), right[1:], wrong[1:], seed, rule)
    assert both[1] == pytest.approx(alone[0], abs=1e-3)
    assert both.shape == (2, learner.HEADS, world.kinds)
