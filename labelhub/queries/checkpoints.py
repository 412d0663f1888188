"""Checkpoints as people judge them."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from labelhub.models import Checkpoint, Job, Project
from labelhub.queries import jobs

FIELDS = (
    "number",
    "kind",
    "state",
    "base_model",
    "config",
    "measures",
    "decision",
    "report",
    "created_at",
    "promoted_at",
)


def of_project(project: Project) -> QuerySet[Any]:
    """The project's checkpoints, newest first, each with how many labels it saw and the generation it closed."""
    return (
        Checkpoint.objects.filter(project=project)
        .select_related("generation")
        .prefetch_related(Prefetch("jobs", Job.objects.order_by("pk")))
        .annotate(label_count=Count("labels"))
        .order_by("-number")
    )


def tell(checkpoint: Any, project: Project) -> dict[str, Any]:
    """The checkpoint as a page shows it."""
    generation = getattr(checkpoint, "generation", None)
    return {name: getattr(checkpoint, name) for name in FIELDS} | {
        "is_champion": checkpoint.pk == project.champion_id,
        "labels": checkpoint.label_count,
        "generation": generation.number if generation else None,
        "jobs": [jobs.tell(job) for job in checkpoint.jobs.all()],
    }
