"""Where a project stands, in numbers that are counted when asked for."""

from statistics import median
from typing import Any

from django.db.models import Count
from django.utils import timezone

from labelhub.models import BatchItem, Generation, Label, Labeler, Problem, Project, Solution
from labelhub.queries import generations, jobs, quality, workers

LATEST = 100  # a labeler's median is of this many passes: it should follow how fast the person is now


def of_batch(project: Project) -> dict[str, int] | None:
    """Items by state of the generation in labeling; all that a labeler is told of it."""
    items = BatchItem.objects.filter(
        generation__project=project, generation__state=Generation.State.LABELING
    ).order_by()
    counted = dict(items.values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in BatchItem.State.values} if counted else None


def of_labeler(project: Project, labeler: Labeler) -> dict[str, Any]:
    """The labeler's own: passes finished today (UTC), and the median active time of the latest hundred in ms."""
    mine = Label.objects.filter(labeler=labeler, revision=1, solution__problem__project=project)
    latest = mine.order_by("-submitted_at").values_list("total_time", flat=True)[:LATEST]
    times = list(latest)
    return {
        "today": mine.filter(submitted_at__gte=_midnight()).count(),
        "median_ms": round(median(times)) if times else None,
    }


def of_corpus(project: Project) -> dict[str, Any]:
    """Problems by split, solutions by grade."""
    splits = dict(Problem.objects.filter(project=project).order_by().values_list("split").annotate(n=Count("pk")))
    graded = Solution.objects.filter(problem__project=project).order_by().values_list("grade").annotate(n=Count("pk"))
    grades = {grade or "ungraded": count for grade, count in graded}
    return {
        "problems": sum(splits.values()),
        "solutions": sum(grades.values()),
        "by_split": {split: splits.get(split, 0) for split in Problem.Split.values},
        "grades": {grade: grades.get(grade, 0) for grade in (*Solution.Grade.values, "ungraded")},
    }


def of_labels(project: Project) -> dict[str, Any]:
    """Current labels by source, and how many passes were finished today (UTC)."""
    labels = Label.objects.filter(solution__problem__project=project)
    by_source = dict(labels.current().order_by().values_list("source").annotate(n=Count("pk")))
    made_here = labels.filter(revision=1, source__in=[Label.Source.HUMAN, Label.Source.SIMULATED])
    return {
        "labels": {source: by_source.get(source, 0) for source in Label.Source.values},
        "labels_today": made_here.filter(submitted_at__gte=_midnight()).count(),
    }


def of_operation(project: Project) -> dict[str, Any]:
    """What those who run the project watch: the loop, the workers, and what waits for a person."""
    under_way = generations.active(project)
    answer = workers.ask()
    return {
        "generation": generations.tell([under_way])[0] if under_way else None,
        "worker": {"alive": answer.alive, "sentence": answer.sentence},
        "needs": {
            "failed_jobs": [jobs.tell(job) for job in jobs.waiting_for_someone(project)[:20]],
            "contradictions": quality.contradictions(project).count(),
        },
    }


def _midnight() -> Any:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
