"""What a pass has cost so far in this project: what the next ones may cost."""

from statistics import mean, quantiles
from typing import Any

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


def effort(project: Project, passes: int) -> dict[str, Any]:
    """Hours and money that so many passes may take: by the mean active time of the latest thousand passes here.

    The range: if all were as quick as the quickest quarter's slowest, or as slow as the slowest quarter's quickest.
    """
    times = list(latest(project).values_list("total_time", flat=True))
    if len(times) < FEWEST:
        nothing = {"value": None, "low": None, "high": None, "undefined": TOO_FEW if times else NOBODY}
        return {"passes": passes, "past": len(times), "hours": nothing, "cost": nothing, "currency": None}
    low, _, high = quantiles(times, n=4)
    typical = mean(times)
    hours = {name: passes * ms / HOUR for name, ms in (("value", typical), ("low", low), ("high", high))}
    return {
        "passes": passes,
        "past": len(times),
        "hours": hours | {"undefined": None},
        "cost": _cost(project, hours),
        "currency": project.currency or None,
    }


def latest(project: Project) -> QuerySet[Label]:
    """The newest passes made here, of those that could train."""
    made: QuerySet[Label] = Label.objects.filter(assignment__isnull=False)
    # By their time, or the project's own sorted: neither a million solutions are passed, nor a neighbour's labels.
    ours = made.filter(solution__problem__project=project) if browse.is_small(project) else of_project(made, project)
    return asked_for_training(ours).order_by("-submitted_at")[:LATEST]


def _cost(project: Project, hours: dict[str, float]) -> dict[str, Any]:
    if project.hourly_rate is None or not project.currency:
        return {"value": None, "low": None, "high": None, "undefined": NO_RATE}
    rate = float(project.hourly_rate)
    return {name: value * rate for name, value in hours.items()} | {"undefined": None}
