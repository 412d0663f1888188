"""What the results of all seeds come to: curves, ratios and leads, each with its interval over seeds."""

from collections.abc import Sequence
from typing import Any, Literal

from studies.active_learning import efficiency
from studies.active_learning.cells import TARGETS, Cell
from studies.active_learning.efficiency import Curve, Spread
from studies.active_learning.run import Result

Cost = Literal["steps", "passes"]
PRODUCT = "80/20 convincing, retrained"  # the method that the product follows, whose figures come first
UNIFORM = "uniform"


def of_cell(results: Sequence[Result], cell: Cell) -> list[Result]:
    return [result for result in results if Cell(**result["cell"]) == cell]


def curve(result: Result, arm: str, cost: Cost = "steps") -> Curve:
    return [(point[cost], point["accuracy"]) for point in result["arms"][arm]]


def data_efficiency(results: Sequence[Result], arm: str, cost: Cost, targets: Sequence[float]) -> Spread | None:
    """Uniform's cost over the arm's, the geometric mean over the targets, the median over seeds."""
    return efficiency.median_ratio(
        [efficiency.over_targets(curve(one, UNIFORM, cost), curve(one, arm, cost), targets) for one in results]
    )


def slope_ratio(results: Sequence[Result], arm: str) -> Spread | None:
    """The arm's slope over uniform's, by steps and over the budgets that both have."""
    ratios = []
    for one in results:
        ours = curve(one, arm)
        ratios.append(efficiency.slope(ours) / efficiency.slope(curve(one, UNIFORM)[: len(ours)]))
    return efficiency.median(ratios)


def lead(results: Sequence[Result], arm: str, budget: int) -> Spread | None:
    """Mean accuracy of an arm at its budget's place (from 0) minus uniform's for as many steps."""
    gains = []
    for one in results:
        cost, accuracy = curve(one, arm)[budget]
        gains.append(accuracy - efficiency.accuracy_at(curve(one, UNIFORM), cost))
    return efficiency.mean(gains)


def accuracy(results: Sequence[Result], arm: str) -> list[Spread]:
    """Mean accuracy by budget."""
    by_budget = zip(*([point["accuracy"] for point in one["arms"][arm]] for one in results), strict=True)
    return [spread for values in by_budget if (spread := efficiency.mean(values))]


def is_monotone(spreads: Sequence[Spread]) -> bool:
    """Whether no budget's mean lies below an earlier one's interval."""
    return all(after.value >= before.low for at, before in enumerate(spreads) for after in spreads[at:])


def summary(results: Sequence[Result], cell: Cell) -> dict[str, Any]:
    """The command's last line: the product's method first, then every arm's."""
    of = of_cell(results, cell)
    arms = {name: _arm(of, name, TARGETS[cell.slips]) for name in of[0]["arms"]}
    headline = {key: _span(arms[PRODUCT][key]) for key in ("steps", "passes", "slope")}
    return {"data_efficiency": headline, "arms": arms, "seeds": len(of)}


def _arm(results: Sequence[Result], name: str, targets: Sequence[float]) -> dict[str, Any]:
    ratios: dict[str, Spread | None] = {
        "steps": data_efficiency(results, name, "steps", targets),
        "passes": data_efficiency(results, name, "passes", targets),
        "slope": slope_ratio(results, name),
    }
    told = {key: spread.to_dict() if spread else None for key, spread in ratios.items()}
    return told | {"accuracy": [spread.to_dict("mean") for spread in accuracy(results, name)]}


def _span(told: dict[str, Any] | None) -> dict[str, Any] | None:
    return told and {key: told[key] for key in ("median", "low", "high")}
