"""Where a project stands, in numbers that are true when asked for; `standing` says which are counted anew."""

from dataclasses import dataclass, replace
from statistics import median
from typing import Annotated, Any

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Generation, Label, Labeler, Problem, Project
from labelhub.queries import jobs
from labelhub.queries.loop import generations, standing, workers
from labelhub.queries.loop.eligible import asked_for_training
from labelhub.queries.loop.generations import ItemCounts
from labelhub.queries.quality import judging
from labelhub.queries.rows import names_of

LATEST = 100  # a labeler's median is of this many passes: it should follow how fast the person is now


@dataclass(frozen=True)
class Mine:
    today: Annotated[int, "Passes finished since midnight UTC."]
    median_ms: Annotated[int | None, "Active time of the latest hundred passes."]


@dataclass(frozen=True)
class SplitCounts:
    train: int
    gate: int
    test: int


@dataclass(frozen=True)
class GradeCounts:
    right: int
    wrong: int
    unknown: int
    ungraded: int


@dataclass(frozen=True)
class SourceCounts:
    human: int
    simulated: int
    imported: int
    model: int
    reviewed: Annotated[int, "Merged by a reviewer out of others' labels."]


@dataclass(frozen=True)
class Needs:
    failed_jobs: list[jobs.JobRow]
    contradictions: int
    paused: Annotated[int, "Labelers whom running checks paused, or whose labels are held back."]


@dataclass(frozen=True)
class Progress:
    """A labeler gets `my` and `batch` alone: how many solutions are wrong, and how they were picked, would bias."""

    my: Mine
    batch: Annotated[ItemCounts | None, "Items of the generation in labeling; null without one."]
    problems: int | None = None
    solutions: int | None = None
    by_split: SplitCounts | None = None
    grades: GradeCounts | None = None
    labels: SourceCounts | None = None
    labels_today: int | None = None
    generation: Annotated[generations.GenerationRow | None, "The active one."] = None
    worker: workers.Worker | None = None
    needs: Needs | None = None


def for_labeler(project: Project, labeler: Labeler) -> Progress:
    return Progress(of_labeler(project, labeler), of_batch(project))


def for_reviewer(project: Project, labeler: Labeler) -> Progress:
    """What those who run the project watch: the corpus, the labels, the loop, the workers, what waits for a person."""
    live = list(generations.live(project))
    under_way = next((each for each in live if each.state in Generation.ACTIVE), None)
    stands, now_made = standing.of(project, live), standing.labels_of(live)
    labels = stands.labels + now_made
    grades = {grade or "ungraded": count for grade, count in stands.grades.items()}
    return replace(
        for_labeler(project, labeler),
        problems=sum(stands.splits.values()),
        solutions=sum(grades.values()),
        by_split=SplitCounts(**{split: stands.splits.get(split, 0) for split in Problem.Split.values}),
        grades=GradeCounts(**{grade: grades.get(grade, 0) for grade in names_of(GradeCounts)}),
        labels=SourceCounts(**{source: labels.by_source[source] for source in Label.Source.values}),
        labels_today=_made_today(project),
        generation=generations.tell([under_way])[0] if under_way else None,
        worker=workers.ask(),
        needs=Needs(
            failed_jobs=[jobs.tell(job) for job in jobs.waiting_for_someone(project)[:20]],
            contradictions=labels.contradictions,
            paused=judging.waiting(project),
        ),
    )


def of_batch(project: Project) -> ItemCounts | None:
    """Items by state of the generation that people are served; all that a labeler is told of it."""
    items = BatchItem.objects.filter(
        generation__project=project, generation__state__in=Generation.SERVED, state__in=BatchItem.IN_BATCH
    ).order_by()
    counted = dict(items.values_list("state").annotate(n=Count("pk")))
    return ItemCounts(**{state: counted.get(state, 0) for state in BatchItem.IN_BATCH}) if counted else None


def of_labeler(project: Project, labeler: Labeler) -> Mine:
    """The labeler's own: passes finished today (UTC), and the median active time of the latest hundred in ms."""
    mine = Label.objects.filter(labeler=labeler, revision=1, solution__problem__project=project)
    latest = mine.order_by("-submitted_at").values_list("total_time", flat=True)[:LATEST]
    times = list(latest)
    today = mine.filter(submitted_at__gte=_midnight()).count()
    return Mine(today, round(median(times)) if times else None)


def _made_today(project: Project) -> int:
    """Passes finished here today (UTC); neither screening nor running checks are throughput."""
    # Today's labels, and of each whether it is of this project: joined the other way round, SQLite goes through every
    # label of the project for those of today.
    ours = Assignment.objects.filter(pk=OuterRef("assignment"), item__generation__project=project)
    today = asked_for_training(Label.objects.filter(submitted_at__gte=_midnight(), revision=1))
    return today.filter(Exists(ours), source__in=[Label.Source.HUMAN, Label.Source.SIMULATED]).count()


def _midnight() -> Any:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
