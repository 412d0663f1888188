"""How a project's checkpoints are trained, what may be chosen instead, and what that would take."""

from dataclasses import dataclass
from statistics import fmean
from typing import get_args

from django.conf import settings

from labelhub.models import Project, Solution
from labelhub.queries.loop import eligible
from selector.prm import cost
from selector.prm.config import BASED, FIXED, Kind, Setting, TrainConfig, Way

WAYS: tuple[Way, ...] = get_args(Way)
SAMPLE = 200  # solutions whose length stands for all
USUAL = 900.0  # characters of a solution with its problem, where there is none yet


@dataclass(frozen=True, slots=True)
class WaySettings:
    """A way of training and the settings that apply to it."""

    way: str
    settings: list[Setting]


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """What a training by this way takes, estimated: bytes, and seconds of one core; null where nobody knows the base.

    `reading` is the time to read 1,000 solutions, to score them or to keep what a frozen base makes of them.
    """

    way: str
    base_model: str
    memory: int | None
    training: float | None
    reading: float | None


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What a project may choose, and how many labelled solutions a training would learn from now."""

    base_models: list[str]
    ways: list[WaySettings]
    solutions: int
    costs: list[TrainingCost]


def config_of(project: Project, kind: str = "prm", seed: int = 0) -> TrainConfig:
    """The settings that the project's next training has. Raises ValueError with a sentence for those that won't do."""
    if fixed := sorted(project.training.keys() & set(FIXED)):
        raise ValueError(f"{fixed[0]} is no setting of training that a project chooses.")
    named: Kind = "orm" if kind == "orm" else "prm"
    way: Way = project.way  # type: ignore[assignment]  # the column's choices are the ways
    return TrainConfig.for_base(project.base_model, named, way, seed=seed, **project.training)


def options(project: Project) -> TrainingOptions:
    """Costs are those of the ways' own settings on the labels that would train now."""
    solutions = eligible.to_train(project=project).values("solution").distinct().count()
    characters = _characters(project)
    bases = {name: cost.weights_of(name) for name in settings.BASE_MODELS}
    costs = []
    for way in WAYS:
        for name, weights in bases.items() if way in BASED else [("", None)]:
            spent = cost.estimate(TrainConfig.for_base(name, way=way), weights, solutions, characters)
            costs.append(TrainingCost(way, name, spent.memory, spent.training, spent.reading))
    ways = [WaySettings(way, TrainConfig.choosable(way)) for way in WAYS]
    return TrainingOptions(list(bases), ways, solutions, costs)


def _characters(project: Project) -> float:
    """Of a solution with its problem, on average; those that came in first stand for all."""
    some = Solution.objects.filter(problem__project=project).select_related("problem").order_by("pk")[:SAMPLE]
    return fmean([len(one.problem.text) + sum(map(len, one.steps)) for one in some] or [USUAL])
