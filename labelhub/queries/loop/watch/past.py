"""What a pass has cost so far in this project: what the next ones may cost."""

from dataclasses import dataclass
from statistics import mean, quantiles
from typing import Annotated

from django.db.models import QuerySet

from labelhub.models import Label, Project
from labelhub.queries.data import browse
from labelhub.queries.loop.eligible import asked_for_training
from labelhub.queries.quality.contradictions import of_project

LATEST = 1000  # passes: as people work now, not as they did a year ago
FEWEST = 4  # passes that have quarters
HOUR = 3_600_000  # ms
NOBODY = "Nobody has labelled here yet."
TOO_FEW = "Fewer than four passes were made here yet."
NO_RATE = "The project's settings don't say yet what an hour of labeling costs, and in which currency."


@dataclass(frozen=True)
class Range:
    value: float | None
    low: float | None
    high: float | None
    undefined: Annotated[str | None, "Why there is no value."] = None


@dataclass(frozen=True)
class Effort:
    """By the mean active time of past passes here; the range by their quarters."""

    passes: Annotated[int, "Labels wanted of all items."]
    past: Annotated[int, "Past passes that this rests on, at most the latest thousand."]
    hours: Range
    cost: Range
    currency: str | None


def effort(project: Project, passes: int) -> Effort:
    """Hours and money that so many passes may take: by the mean active time of the latest thousand passes here.

    The range: if all were as quick as the quickest quarter's slowest, or as slow as the slowest quarter's quickest.
    """
    times = list(latest(project).values_list("total_time", flat=True))
    if len(times) < FEWEST:
        nothing = Range(None, None, None, TOO_FEW if times else NOBODY)
        return Effort(passes, len(times), hours=nothing, cost=nothing, currency=None)
    low, _, high = quantiles(times, n=4)
    value, low, high = (passes * ms / HOUR for ms in (mean(times), low, high))
    cost = Range(None, None, None, NO_RATE)
    if project.hourly_rate is not None and project.currency:
        rate = float(project.hourly_rate)
        cost = Range(value * rate, low * rate, high * rate)
    return Effort(passes, len(times), Range(value, low, high), cost, project.currency or None)


def latest(project: Project) -> QuerySet[Label]:
    """The newest passes made here, of those that could train."""
    made: QuerySet[Label] = Label.objects.filter(assignment__isnull=False)
    # By their time, or the project's own sorted: neither a million solutions are passed, nor a neighbour's labels.
    ours = made.filter(solution__problem__project=project) if browse.is_small(project) else of_project(made, project)
    return asked_for_training(ours).order_by("-submitted_at")[:LATEST]
