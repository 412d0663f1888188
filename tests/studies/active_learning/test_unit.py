"""One seed of one cell: all arms share its pool, worse labels are worse, and a retrained arm asks its newest model."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from studies.active_learning import learner, real, unit
from studies.active_learning.arms import CONVINCING, Picker
from studies.active_learning.cells import CLEAN, QUICK, Cell, Shape, Training
from studies.active_learning.solutions import Floats

SIZE = replace(
    QUICK,
    problems=6,
    samples=20,
    test_problems=8,
    test_samples=10,
    budgets=(1, 2, 4),
    shape=Shape(verbs=8),
    training=Training(width=4, window=5, most=10),
)


def test_cells_of_a_seed_differ_in_nothing_but_what_makes_them_worse() -> None:
    clean, noisy, misgraded = (
        unit._bench(cell, 3, SIZE) for cell in (CLEAN, Cell(noise=0.2), Cell(false_negatives=0.5))
    )
    for other in (noisy, misgraded):
        assert (clean.labels.solutions.kind == other.labels.solutions.kind).all()
        assert (clean.test.kind == other.test.kind).all() and (clean.features == other.features).all()
    everything = np.arange(len(clean.labels.ends))
    assert noisy.labels.steps(everything) > clean.labels.steps(everything)  # an overlooked mistake ends no label
    assert (noisy.picker.pool.grade == clean.picker.pool.grade).all()
    assert misgraded.labels.steps(everything) == clean.labels.steps(everything)
    assert (misgraded.picker.pool.grade != clean.picker.pool.grade).any()


def test_slips_are_made_in_the_same_world() -> None:
    clean, slipping = (unit._bench(cell, 3, SIZE) for cell in (CLEAN, Cell(slips=0.3)))
    assert (clean.labels.solutions.kind == slipping.labels.solutions.kind).all()
    assert slipping.labels.solutions.wrong.sum() > clean.labels.solutions.wrong.sum()


def test_retrained_each_round_ranks_by_its_newest_model_and_one_shot_by_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Floats] = []
    free = Picker.free

    def spy(self, arm, labelled, heads=None):
        if heads is not None:
            asked.append(heads)
        return free(self, arm, labelled, heads)

    bench = unit._bench(CLEAN, 0, SIZE)
    uniform = bench.drawn([1])
    first = bench.taught(uniform)[0]
    monkeypatch.setattr(Picker, "free", spy)
    unit._one_shot(bench, [CONVINCING], SIZE.budgets, uniform[0], first)
    assert [(heads == first).all() for heads in asked] == [True]
    asked.clear()
    unit._retrained(bench, [CONVINCING], SIZE.budgets, uniform[0], first)
    assert [bool((heads == first).all()) for heads in asked] == [True, False]


def test_what_training_keeps_is_the_mean_over_its_last_window() -> None:
    def kept(window: int, most: int) -> list[torch.Tensor]:
        rule = Training(width=3, window=window, most=most, gain=-np.inf)
        read = torch.eye(4)
        return learner._converged(
            learner._begun(4, 3, 0, rule), read, lambda logits: torch.nn.functional.softplus(logits).sum(1), rule
        )

    second, third, both = kept(1, 2), kept(1, 3), kept(2, 4)
    fourth = kept(1, 4)
    for one, other, mean in zip(third, fourth, both, strict=True):
        assert torch.allclose((one + other) / 2, mean, atol=1e-6)
    assert any(not torch.equal(one, other) for one, other in zip(second, third, strict=True))


def test_training_ends_where_a_window_gains_too_little_and_each_network_by_itself() -> None:
    updates = 0

    def loss(logits: torch.Tensor) -> torch.Tensor:
        nonlocal updates
        updates += 1
        return torch.nn.functional.softplus(logits).sum(1)

    rule = Training(width=3, window=2, most=100, gain=np.inf)
    learner._converged(learner._begun(4, 3, 0, rule), torch.eye(4), loss, rule)
    assert updates == 2  # nothing gains that much: the first window is the last


def test_a_part_of_the_real_problems_counts_by_how_many_they_are() -> None:
    def curve(accuracy: float, steps: int) -> list[unit.Point]:
        return [{"passes": 2, "steps": steps, "accuracy": accuracy}]

    (point,) = real._together([curve(0.5, 10), curve(0.8, 20)], np.array([0.75, 0.25]))
    assert point == {"passes": 2, "steps": 15, "accuracy": pytest.approx(0.75 * 0.5 + 0.25 * 0.8)}
