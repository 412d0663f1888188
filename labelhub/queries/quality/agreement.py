"""Whether labelers agree with each other."""

from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from labelhub.models import Project
from labelhub.queries.quality import overlap
from selector.labels.steps import UNKNOWN, first_mistake, main_ratings
from selector.quality.agreement import Figure, Pass

KEPT = 300  # seconds: half a thousand resamples of four figures take a second or two, and move little in a minute


def agreement(*, project: Project) -> dict[str, Any]:
    """`measure`, as it was found at most five minutes ago."""
    return cache.get_or_set(f"agreement:{project.pk}", lambda: measure(project=project), KEPT)  # type: ignore[return-value]


def measure(*, project: Project) -> dict[str, Any]:
    """How far labelers agree on the newest solutions that several labelled (see `selector.quality.reliability`)."""
    # In here, since it brings scikit-learn along: a second and 80 MB, for those alone who look at this page.
    from selector.quality import reliability

    solutions = [[_pass(*row) for row in rows] for rows in overlap.of_several(project)]
    figures = {
        "exact": reliability.same_mistake(solutions),
        "within_one": reliability.same_mistake(solutions, within=1),
        "alpha": reliability.alpha(solutions),
        "kappa": reliability.kappa(solutions),
    }
    return {
        "solutions": len(solutions),
        "unknown": sum(each.mistake is UNKNOWN for passes in solutions for each in passes),
        "newest": overlap.NEWEST,
        "resamples": reliability.RESAMPLES,
        "measured_at": timezone.now(),
        **{name: _told(figure) for name, figure in figures.items()},
    }


def _pass(solution: int, labeler: UUID, steps: list[Any], step_count: int) -> Pass:
    ratings = main_ratings(steps)
    return Pass(str(labeler), first_mistake(ratings, step_count), ratings)


def _told(figure: Figure) -> dict[str, Any]:
    low, high = figure.interval or (None, None)
    return {"value": figure.value, "low": low, "high": high, "n": figure.n, "undefined": figure.undefined}
