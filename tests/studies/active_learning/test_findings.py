"""What all seeds come to, and how the page says it: every seed beside its own uniform, and a budget by its own name."""

import pytest

from studies.active_learning import findings, report
from studies.active_learning.cells import CLEAN, FIRST_SEED, QUICK, WHOLE, Cell, Size
from studies.active_learning.run import Result

ARM = "80/20 convincing, retrained"


def result(seed: int, uniform: list[float], arm: list[float], steps: int = 100, cell: Cell = CLEAN) -> Result:
    """Both double their steps from budget to budget; `steps` is the first one's cost."""

    def points(accuracies: list[float]) -> list[dict[str, float]]:
        return [
            {"passes": 2**at, "steps": steps * 2**at, "accuracy": accuracy} for at, accuracy in enumerate(accuracies)
        ]

    told = {"slips": cell.slips, "noise": cell.noise, "false_negatives": cell.false_negatives}
    arms = {"uniform": points(uniform), ARM: points(arm)}
    return {"cell": told, "seed": seed, "majority": 0.7, "pass_rate": 0.5, "arms": arms}


def test_a_seed_is_compared_with_its_own_uniform_whatever_its_steps_cost() -> None:
    results = [result(seed, [0.5, 0.7, 0.9], [0.5, 0.9, 0.95], steps=100 * 10**seed) for seed in range(3)]
    spread = findings.data_efficiency(results, ARM, "steps", [0.9])
    assert spread and (spread.value, spread.low, spread.high) == pytest.approx((2, 2, 2))


def test_the_lead_is_over_uniform_at_as_many_steps_and_not_at_the_same_budget() -> None:
    short = result(0, [0.5, 0.6, 0.8], [0.5, 0.7, 0.9])
    short["arms"][ARM][1]["steps"] = 400  # as much as uniform's third
    lead = findings.lead([short], ARM, 1)
    assert lead and lead.value == pytest.approx(0.7 - 0.8)


def test_slopes_are_compared_over_the_budgets_that_both_have() -> None:
    """Uniform's fourth budget, where it is flat, would make its slope smaller and the arm's look larger."""
    spread = findings.slope_ratio([result(0, [0.5, 0.6, 0.7, 0.7], [0.5, 0.7, 0.9])], ARM)
    assert spread and spread.value == pytest.approx(2)


@pytest.mark.parametrize(("third", "is_monotone"), [(0.80, True), (0.69, True), (0.60, False)])
def test_a_curve_that_falls_below_an_earlier_interval_is_not_monotone(third: float, is_monotone: bool) -> None:
    around = (-0.05, 0.0, 0.05)  # over seeds; the second budget's interval reaches from 0.65 to 0.75
    results = [result(seed, [0.5, 0.7 + off, third + off], [0.5]) for seed, off in enumerate(around)]
    assert findings.is_monotone(findings.accuracy(results, "uniform")) is is_monotone


@pytest.mark.parametrize(("size", "most"), [(QUICK, 8), (WHOLE, 16)])
def test_the_grid_names_the_budget_that_its_lead_is_taken_at(size: Size, most: int) -> None:
    curve = [0.5, 0.6, 0.8, 0.9, 0.95, 0.99]
    one = result(0, curve[: len(size.budgets)], curve[: size.arm_budgets])
    *_, words, table = report.grid([one], size)
    assert f"4 and at {most} labelled" in " ".join(words.split())
    assert f"uniform at {most} " in table and f"lead at {most} " in table


def test_the_reported_seeds_begin_beyond_those_that_anything_was_settled_on() -> None:
    settled = {*range(7), *range(100, 104), *range(1000, 1005)}
    assert settled.isdisjoint(range(FIRST_SEED, FIRST_SEED + 100))


def test_the_tables_say_how_many_seeds_are_a_bound_only() -> None:
    never, soon = [0.5, 0.6, 0.7, 0.75], [0.5, 0.85, 0.9, 0.99]
    results = [result(0, never, soon), result(1, soon, never), result(2, never, soon)]
    *_, grid = report.grid(results, QUICK)
    for told in (grid, report.ratios(results, [0.9])):
        (line,) = (line for line in told.splitlines() if f"| {ARM} |" in line)
        assert "| > 2, < 1 |" in line
