"""Whether labelers agree with each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from labelhub.models import Project
from labelhub.queries.quality import overlap
from selector.labels.steps import UNKNOWN, first_mistake, main_ratings
from selector.quality import agreement as measures

KEPT = 300  # seconds: half a thousand resamples of four figures take a second or two, and move little in a minute


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval, by percentile bootstrap over solutions."""

    value: float | None
    low: float | None
    high: float | None
    n: Annotated[int, "Pairs of passes; of alpha, steps that two or more labelers rated."]
    undefined: Annotated[str | None, "Why there is no figure, or no interval around it."]


@dataclass(frozen=True)
class Agreement:
    solutions: Annotated[int, "That several labelers finished, the newest of them."]
    unknown: Annotated[
        int, "Passes over them with a step left unsure before any Bad: alpha alone counts what they rate."
    ]
    newest: Annotated[int, "At most so many are measured."]
    resamples: Annotated[int, "Of the solutions, for each interval."]
    measured_at: Annotated[datetime, "At most five minutes ago."]
    exact: Annotated[Figure, "Share of pairs that name the same first mistake, or both find none."]
    within_one: Annotated[Figure, "The same, or first mistakes one step apart."]
    alpha: Annotated[Figure, "Krippendorff's ordinal alpha over steps; what nobody rated is missing."]
    kappa: Annotated[Figure, "Cohen's kappa over pairs: whether each found a mistake."]


def agreement(*, project: Project) -> Agreement:
    """`measure`, as it was found at most five minutes ago."""
    return cache.get_or_set(f"agreement:{project.pk}", lambda: measure(project=project), KEPT)  # type: ignore[return-value]


def measure(*, project: Project) -> Agreement:
    """How far labelers agree on the newest solutions that several labelled (see `selector.quality.reliability`)."""
    # In here, since it brings scikit-learn along: a second and 80 MB, for those alone who look at this page.
    from selector.quality import reliability

    solutions = [[_pass(*row) for row in rows] for rows in overlap.of_several(project)]
    return Agreement(
        solutions=len(solutions),
        unknown=sum(each.mistake is UNKNOWN for passes in solutions for each in passes),
        newest=overlap.NEWEST,
        resamples=reliability.RESAMPLES,
        measured_at=timezone.now(),
        exact=_told(reliability.same_mistake(solutions)),
        within_one=_told(reliability.same_mistake(solutions, within=1)),
        alpha=_told(reliability.alpha(solutions)),
        kappa=_told(reliability.kappa(solutions)),
    )


def _pass(solution: int, labeler: UUID, steps: list[Any], step_count: int) -> measures.Pass:
    ratings = main_ratings(steps)
    return measures.Pass(str(labeler), first_mistake(ratings, step_count), ratings)


def _told(figure: measures.Figure) -> Figure:
    low, high = figure.interval or (None, None)
    return Figure(figure.value, low, high, figure.n, figure.undefined)
