"""Who labelled in a project, and how their passes ended."""

from collections import defaultdict
from statistics import mean
from typing import Any

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber

from labelhub.models import Label, Project
from labelhub.queries.loop.eligible import asked_for_training


def passes_by_labeler(project: Project) -> list[dict[str, Any]]:
    """Who labelled: how many passes, when last, how they ended, and the median active time in ms. Two queries."""
    passes = _passes(project)
    ended = {f"{reason}_count": Count("pk", filter=Q(finish_reason=reason)) for reason in Label.FinishReason.values}
    rows = (
        passes.order_by()
        .values("labeler")
        .annotate(
            labels=Count("pk"),
            last_at=Max("submitted_at"),
            username=F("labeler__user__username"),
            simulated=F("labeler__user__simulated"),
            **ended,
        )
    )
    medians = _median_times(passes)
    return [
        {name.removesuffix("_count"): value for name, value in row.items()} | {"median_ms": medians[row["labeler"]]}
        for row in rows.order_by("-labels", "labeler")
    ]


def _median_times(passes: Any) -> dict[Any, int]:
    """The median `total_time` by labeler, from the one or two passes in the middle: SQLite knows no percentile."""
    ranked = passes.annotate(
        rank=Window(RowNumber(), partition_by="labeler", order_by=["total_time", "pk"]),
        passes=Window(Count("pk"), partition_by="labeler"),
    )
    middle = ranked.filter(rank__gte=(F("passes") + 1) / 2, rank__lte=(F("passes") + 2) / 2)  # whole-number division
    times: dict[Any, list[int]] = defaultdict(list)
    for labeler, time in middle.values_list("labeler", "total_time"):
        times[labeler].append(time)
    return {labeler: round(mean(both)) for labeler, both in times.items()}


def _passes(project: Project) -> Any:
    made = Label.objects.current().exclude(source=Label.Source.REVIEWED)
    return asked_for_training(made.filter(solution__problem__project=project))
